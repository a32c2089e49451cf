package cluster

import (
	"bytes"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// watching is the table of watches of this server. It is not replicated: a watch of a stream that broke is made again
// by its client, from the revision behind the last that it was told of.
type watching struct {
	points map[string][]*watcher // of one key each
	ranges []*watcher
	// behind are those that are told of the past: they have not come to the present, or their client reads too slowly.
	behind []*watcher
	// touched are those that the revision under way is told to, in order.
	touched []*watcher
}

func newWatching() watching { return watching{points: map[string][]*watcher{}} }

// watchStream is a stream of watches.
type watchStream struct {
	call   *EtcdCall
	byID   map[int64]*watcher
	order  []*watcher
	lastID int64
	toldAt uint64 // the tick at which progress was last told
}

// watcher is one watch.
type watcher struct {
	stream          *watchStream
	id              int64
	key, end        string
	point, open     bool
	noPut, noDelete bool
	prev, fragment  bool
	progress, told  bool  // whether progress is wanted, and whether an event has said it since it was last told
	next            int64 // the revision that it is told of next, at the earliest
	synced, gone    bool
	events          []etcdwire.Event
}

// anyWatch is the id in answers that are about no watch, or about all.
const anyWatch = -1

// The texts of etcd for a watch that can't begin.
const (
	emptyRangeText   = "mvcc: watcher range is empty"
	duplicateIDText  = "mvcc: duplicate watch ID provided on the WatchStream"
	streamBacklogMax = 1 << 20  // bytes: above, a watch is told no more until its client has read
	streamBytesMax   = 64 << 20 // above, a stream that never reads is ended
	catchUpChanges   = 20_000   // looked at in one go
	catchUpEvents    = 1_000    // in a message, about
	catchUpBytes     = 1 << 20  // of these, about
)

func (c *EtcdCall) watch(r *etcdwire.WatchRequest) {
	if c.stream == nil {
		c.stream = &watchStream{call: c, byID: map[int64]*watcher{}, toldAt: c.n.ticks}
	}
	s := c.stream
	switch {
	case c.sink.Backlog() > streamBytesMax:
		c.fail(etcdwire.Status{Code: etcdwire.ResourceExhausted, Text: "ordeal: the stream is not read from"})
	case r.Create != nil:
		c.authorizedAs(func(who kv.Who, status etcdwire.Status) { s.create(who, status, r.Create) })
	case r.Cancel != nil:
		if w := s.byID[r.Cancel.WatchID]; w != nil {
			w.drop()
			s.send(&etcdwire.WatchResponse{Header: c.n.header(), WatchID: w.id, Canceled: true})
		}
	case r.Progress != nil:
		s.tellProgress()
	}
}

func (s *watchStream) send(r *etcdwire.WatchResponse) { s.call.sink.Send(etcdwire.Append(nil, r)) }

// refuse answers a watch that can't begin.
func (s *watchStream) refuse(reason string) {
	s.send(&etcdwire.WatchResponse{
		Header: s.call.n.header(), WatchID: anyWatch, Created: true, Canceled: true, CancelReason: reason,
	})
}

func (s *watchStream) create(who kv.Who, status etcdwire.Status, r *etcdwire.WatchCreateRequest) {
	n := s.call.n
	store := n.keys()
	if len(r.Key) == 0 {
		r.Key = []byte{0}
	}
	if r.StartRevision < 0 {
		s.refuse(etcdwire.ErrCompacted.Text)
		return
	}
	if status.Code == etcdwire.OK {
		status = store.MayRead(who, r.Key, r.RangeEnd)
	}
	if status.Code != etcdwire.OK {
		s.refuse(status.Error())
		return
	}
	w := &watcher{
		stream: s, id: r.WatchID, key: string(r.Key), end: string(r.RangeEnd), point: len(r.RangeEnd) == 0,
		open: len(r.RangeEnd) == 1 && r.RangeEnd[0] == 0, prev: r.PrevKV, fragment: r.Fragment, progress: r.ProgressNotify,
		next: bendStart(r.StartRevision, store.Revision()+1),
	}
	for _, f := range r.Filters {
		w.noPut, w.noDelete = w.noPut || f == etcdwire.FilterNoPut, w.noDelete || f == etcdwire.FilterNoDelete
	}
	switch {
	case !w.point && !w.open && bytes.Compare(r.Key, r.RangeEnd) >= 0:
		s.refuse(emptyRangeText)
		return
	case w.id == 0:
		for s.byID[s.lastID] != nil {
			s.lastID++
		}
		w.id = s.lastID
		s.lastID++
	case s.byID[w.id] != nil:
		s.refuse(duplicateIDText)
		return
	}
	s.byID[w.id] = w
	s.order = append(s.order, w)
	s.send(&etcdwire.WatchResponse{Header: n.header(), WatchID: w.id, Created: true})
	if now := store.Revision() + 1; w.next == 0 || w.next >= now {
		w.next = bendFuture(max(w.next, now), now)
		n.etcd.watching.sync(w)
		return
	}
	n.etcd.watching.behind = append(n.etcd.watching.behind, w)
	w.catchUp(n)
	n.etcd.watching.tidy()
}

// sync has a watch told of every revision from now on, when it comes.
func (t *watching) sync(w *watcher) {
	w.synced = true
	if w.point {
		t.points[w.key] = append(t.points[w.key], w)
	} else {
		t.ranges = append(t.ranges, w)
	}
}

// unsync takes a watch out of those that are told of every revision.
func (t *watching) unsync(w *watcher) {
	if !w.synced {
		return
	}
	w.synced = false
	if !w.point {
		t.ranges = without(t.ranges, w)
		return
	}
	if left := without(t.points[w.key], w); len(left) > 0 {
		t.points[w.key] = left
	} else {
		delete(t.points, w.key)
	}
}

// without takes one out of a list, whose order stays.
func without(list []*watcher, w *watcher) []*watcher {
	for i, one := range list {
		if one == w {
			return append(list[:i], list[i+1:]...)
		}
	}
	return list
}

// drop ends a watch.
func (w *watcher) drop() {
	w.gone = true
	s := w.stream
	delete(s.byID, w.id)
	s.order = without(s.order, w)
	t := &s.call.n.etcd.watching
	t.unsync(w)
	t.behind = without(t.behind, w)
}

// close ends the watches of a stream.
func (s *watchStream) close() {
	for len(s.order) > 0 {
		s.order[len(s.order)-1].drop()
	}
}

func (w *watcher) wants(c kv.Change) bool {
	if c.Revision() < w.next || c.Deleted() && w.noDelete || !c.Deleted() && w.noPut {
		return false
	}
	key := c.Key()
	return w.point && key == w.key || !w.point && key >= w.key && (w.open || key < w.end)
}

// changed tells of the newest revision: each watch of all its events in one message, in their order.
func (t *watching) changed(n *Node) {
	if len(t.points) == 0 && len(t.ranges) == 0 {
		return
	}
	store := n.state.kv
	revision := store.Revision()
	t.touched = t.touched[:0]
	store.History(revision, func(c kv.Change) bool {
		for _, w := range t.points[c.Key()] {
			t.note(store, w, c)
		}
		for _, w := range t.ranges {
			t.note(store, w, c)
		}
		return true
	})
	if t.bendTold(n, revision) {
		return
	}
	for _, w := range t.touched {
		if w.stream.call.sink.Backlog() > streamBacklogMax {
			// It is told from here on when its client has read what it has.
			w.events, w.next = nil, revision
			t.unsync(w)
			t.behind = append(t.behind, w)
			continue
		}
		w.tell(n, revision)
	}
}

func (t *watching) note(store *kv.Store, w *watcher, c kv.Change) {
	if !w.wants(c) {
		return
	}
	if len(w.events) == 0 {
		t.touched = append(t.touched, w)
	}
	w.events = bendEvents(w.events, store.Event(c, w.prev))
}

// tell sends the events that were gathered, as of a revision.
func (w *watcher) tell(n *Node, revision int64) {
	h := n.header()
	h.Revision = revision
	r := &etcdwire.WatchResponse{Header: h, WatchID: w.id, Events: w.events}
	w.events, w.told = nil, true
	if !w.fragment && !bendWhole() {
		w.stream.send(r)
		return
	}
	sendFragments(r, n.config.Etcd.RequestBytesMax, w.stream.send)
}

// sendFragments divides a message that is too large, if it can be: all parts but the last say that more belongs to it.
func sendFragments(r *etcdwire.WatchResponse, most int, send func(*etcdwire.WatchResponse)) {
	events := r.Events
	for {
		part := *r
		size, count := 0, 0
		for count < len(events) {
			size += len(etcdwire.Append(nil, &events[count])) + 8
			if count > 0 && size+64 >= most {
				break
			}
			count++
		}
		part.Events, events = events[:count], events[count:]
		part.Fragment = len(events) > 0
		bendPart(&part)
		send(&part)
		if len(events) == 0 {
			return
		}
	}
}

// catchUp tells a watch of the past, up to now or until its client has enough to read. No revision is divided but by
// fragments. A watch whose next revision was compacted is ended.
func (w *watcher) catchUp(n *Node) {
	store := n.keys()
	for looked := 0; !w.gone && w.stream.call.sink.Backlog() <= streamBacklogMax && looked < catchUpChanges; {
		if w.next < store.Compacted() && !w.bendBehind(store.Compacted()) {
			w.drop()
			h := n.header()
			h.Revision = 0
			w.stream.send(&etcdwire.WatchResponse{
				Header: h, WatchID: w.id, Canceled: true, CompactRevision: store.Compacted(),
			})
			return
		}
		last, whole, bytes := int64(0), true, 0
		store.History(w.next, func(c kv.Change) bool {
			if c.Revision() != last && (len(w.events) >= catchUpEvents || bytes >= catchUpBytes ||
				looked >= catchUpChanges) {
				whole = false
				return false
			}
			last = c.Revision()
			looked++
			if w.wants(c) {
				e := store.Event(c, w.prev)
				bytes += len(e.KV.Key) + len(e.KV.Value)
				w.events = append(w.events, e)
			}
			return true
		})
		if whole {
			last = store.Revision()
		}
		if len(w.events) > 0 {
			w.tell(n, last)
		}
		w.next = max(w.next, last+1)
		if whole {
			n.etcd.watching.sync(w)
			return
		}
	}
}

// tidy takes those out of behind that are no more.
func (t *watching) tidy() {
	left := t.behind[:0]
	for _, w := range t.behind {
		if !w.gone && !w.synced {
			left = append(left, w)
		}
	}
	clear(t.behind[len(left):])
	t.behind = left
}

// replaced is called when a snapshot has taken the state's place: what it skipped, from the revision behind told on, is
// told from its history.
func (t *watching) replaced(n *Node, told int64) {
	var all []*watcher
	if bendReplaced() {
		return
	}
	for _, c := range n.etcd.calls {
		if c.stream != nil && !c.ended {
			all = append(all, c.stream.order...)
		}
	}
	for _, w := range all {
		if w.synced {
			w.next = max(w.next, told+1)
			t.unsync(w)
			t.behind = append(t.behind, w)
		}
	}
	n.tickWatches()
}

// tickWatches goes on with those that are behind, and tells progress.
func (n *Node) tickWatches() {
	t := &n.etcd.watching
	n.bendTellHeld()
	for _, w := range append([]*watcher(nil), t.behind...) {
		w.catchUp(n)
	}
	t.tidy()
	every := uint64(n.config.Etcd.ProgressEvery / n.tick)
	for _, c := range n.etcd.calls {
		if s := c.stream; s != nil && !c.ended && n.ticks-s.toldAt >= every {
			s.toldAt = n.ticks
			s.tellEach(n)
		}
	}
}

// tellEach tells the watches that want it how far they are, but for those that an event has told.
func (s *watchStream) tellEach(n *Node) {
	for _, w := range s.order {
		if w.progress && w.synced && !w.told && w.next <= n.keys().Revision()+1 {
			s.send(&etcdwire.WatchResponse{Header: n.header(), WatchID: w.id})
		}
		w.told = false
	}
}

// tellProgress answers a client that wants to know how far all watches of the stream are. While one is behind it says
// nothing: the revision would be a promise.
func (s *watchStream) tellProgress() {
	n := s.call.n
	for _, w := range s.order {
		if !w.synced || w.next > n.keys().Revision()+1 {
			return
		}
	}
	if len(s.order) > 0 {
		s.send(&etcdwire.WatchResponse{Header: n.header(), WatchID: anyWatch})
	}
}
