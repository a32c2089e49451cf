package checker

import (
	"cmp"
	"container/heap"
	"fmt"
	"math"
	"slices"
	"sort"

	"ordeal/model/znode"
)

// promise is an event that a connection will be sent, because a watch was set.
type promise struct {
	*trigger
	of watchSpot
	// at is its place among all that fires such a watch.
	at int
}

// promises is a heap, the next one first.
type promises []promise

func (p promises) Len() int { return len(p) }
func (p promises) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(p[i].zxid, p[j].zxid), cmp.Compare(p[i].seq, p[j].seq)) < 0
}
func (p promises) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push and Pop are what heap.Interface asks for; add and take do the same with promises that are not put into an any.
func (p *promises) Push(x any) { *p = append(*p, x.(promise)) }
func (p *promises) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

func (p *promises) add(one promise) {
	*p = append(*p, one)
	heap.Fix(p, len(*p)-1)
}

func (p *promises) take(at int) promise {
	last := len(*p) - 1
	p.Swap(at, last)
	one := (*p)[last]
	*p = (*p)[:last]
	if at < last {
		heap.Fix(p, at)
	}
	return one
}

// clientWatch is a watch as a client keeps it over its connections.
type clientWatch struct {
	kind watchKind
	path string
}

type watchKind uint8

const (
	watchData watchKind = iota
	watchExist
	watchChild
	watchPersistent
	watchRecursive

	watchKinds = watchRecursive + 1
)

// spot is what a server sets a client's watch on.
func (k watchKind) spot() spotKind {
	return [watchKinds]spotKind{spotData, spotData, spotChild, spotPersistent, spotRecursive}[k]
}

// watcher is a session with its present connection.
type watcher struct {
	changes *triggers
	session int64
	// others are other sessions' watches, where those count.
	others others
	// threeTypes says that the server knows no more types of watches to ask for.
	threeTypes bool
	// refused says of an answer that it tells of the session only.
	refused func(*treeHeard) bool
	// pending are the watches that have not fired as far as the client knows; owed those that it has yet to set again.
	pending, owed map[clientWatch]bool
	armed         map[watchSpot]bool
	due           promises
	// ids are whom the server takes the client for, and was whom it took it for since the last answer.
	ids []string
	was [][]string
	// heard are the events and the answers to claims since the last answer.
	heard []*treeHeard
	told  int64
	// barred are events since the last answer that the client was not to see, since it may not read the znode.
	barred []znode.Event
}

func newWatcher(changes *triggers, session int64) *watcher {
	return &watcher{changes: changes, session: session, pending: map[clientWatch]bool{}, armed: map[watchSpot]bool{}}
}

// judgeWatches follows every session's watches.
func (l *treeLog) judgeWatches(changes *triggers) Verdict {
	sessions := make([]*watcher, len(l.clients))
	var order []*watcher
	var asked others
	if l.lets(watchOfAnother) {
		asked = l.watchesAsked()
	}
	for _, h := range l.heard {
		w := sessions[h.client]
		if w == nil {
			w = newWatcher(changes, h.session)
			w.others, w.refused, w.threeTypes = asked, l.refused, l.serves == zooKeeper38
			sessions[h.client] = w
			order = append(order, w)
		}
		if c := w.take(h); c != nil {
			return l.verdict(treeWatches, cmp.Or(h.zxid, math.MaxInt64), c)
		}
	}
	var told int64
	for _, w := range order {
		if c := w.attach(); c != nil {
			return l.verdict(treeWatches, math.MaxInt64, c)
		}
		told += w.told
	}
	v := l.verdict(treeWatches, 0, nil)
	v.Measures = []Measure{{"events", told, ""}}
	return v
}

func (w *watcher) take(h *treeHeard) *objection {
	switch h.kind {
	case heardAttach:
		c := w.attach()
		if w.ids = h.ids; h.anew {
			w.pending, w.owed = map[clientWatch]bool{}, nil
		}
		return c
	case heardClaim:
		w.heard = append(w.heard, h)
		return nil
	case heardEvent:
		w.told++
		w.heard = append(w.heard, h)
		return nil
	case heardWatches:
		return w.restored(h)
	}
	return w.answered(h)
}

// attach ends what was with the old connection, whose last events may be lost, and begins with a new one.
func (w *watcher) attach() *objection {
	w.cutShort()
	if c := w.fired(math.MaxInt64); c != nil {
		return c
	}
	w.armed, w.due = map[watchSpot]bool{}, nil
	w.ids, w.was = nil, nil
	w.owed = make(map[clientWatch]bool, len(w.pending))
	for one := range w.pending { //house:unordered into a map
		w.owed[one] = true
	}
	return nil
}

// answered takes an answer: everything that was due before it must have come, and it may set a watch.
func (w *watcher) answered(h *treeHeard) *objection {
	if len(w.owed) > 0 {
		return against(shown(h.op), "session 0x%x came back and asked for something before it had set its %d watches again",
			uint64(w.session), len(w.owed))
	}
	if c := w.fired(h.zxid); c != nil {
		return c
	}
	if c := w.late(h); c != nil {
		return c
	}
	switch {
	case h.is(aboutOwnWatches):
		return w.asked(h)
	case h.is(aboutWatch | aboutStanding):
		w.watches(h)
	}
	return nil
}

// watches takes the answer to what sets a watch.
func (w *watcher) watches(h *treeHeard) {
	op := h.op.F
	switch {
	case op == "addWatch" && h.code == znode.CodeOK:
		r := h.call().Request
		w.set(clientWatch{watchPersistent + watchKind(r.Flags), r.Path}, h.zxid)
	case op == "addWatch":
	case op == "exists" && h.code == znode.CodeNoNode:
		w.set(clientWatch{watchExist, h.path()}, h.zxid)
	case h.code != znode.CodeOK:
	case op == "exists" || op == "getData":
		w.set(clientWatch{watchData, h.path()}, h.zxid)
	default:
		w.set(clientWatch{watchChild, h.path()}, h.zxid)
	}
}

func (w *watcher) set(one clientWatch, zxid int64) {
	w.pending[one] = true
	w.arm(watchSpot{one.kind.spot(), one.path}, zxid)
}

// arm looks up what will fire a watch that is set behind a zxid.
func (w *watcher) arm(on watchSpot, zxid int64) {
	if w.armed[on] {
		return
	}
	w.armed[on] = true
	list := w.changes.of(on)
	w.expect(on, sort.Search(len(list), func(i int) bool { return list[i].zxid > zxid }))
}

// expect promises the i-th change of those that fire a watch; if it comes in no certain order with others of its
// transaction, and the watch stays, then those as well.
func (w *watcher) expect(on watchSpot, i int) {
	list := w.changes.of(on)
	for ; i < len(list); i++ {
		w.due.add(promise{list[i], on, i})
		if !on.stays() || endsGroup(list, i) {
			return
		}
	}
}

// endsGroup says whether a change is the last of those that may come in any order.
func endsGroup(list []*trigger, i int) bool {
	return !list[i].loose || i+1 == len(list) || list[i+1].zxid != list[i].zxid
}

// fired holds the events since the last answer against those that are due up to a zxid, in their order; and, among
// them, the answers to claims: from there on the client is another user.
func (w *watcher) fired(upTo int64) *objection {
	for _, h := range w.heard {
		if h.kind == heardClaim {
			w.is(h.ids)
			continue
		}
		if !w.keep(h, upTo) {
			return against(shown(h.op), "%s came to session 0x%x, and %s", eventText(h.event), uint64(w.session),
				w.next(h.event, upTo)).
				of(h.event).of(w.nextEvents()...)
		}
		w.forget(h.event)
	}
	for len(w.due) > 0 && w.due[0].zxid <= upTo && w.hidden(w.due[0]) {
		w.drop(0, func(promise) {})
	}
	w.heard, w.was, w.barred = w.heard[:0], w.was[:0], nil
	return nil
}

// is notes whom the server takes the client for now.
func (w *watcher) is(ids []string) { w.was, w.ids = append(w.was, w.ids), ids }

// hidden says whether a change may have been kept from the client, since it may not read the znode: as whoever it is
// now, or was since the last answer. The watch is gone then, and the client does not know.
func (w *watcher) hidden(p promise) bool {
	return !p.event.Tells(w.ids) || slices.ContainsFunc(w.was, func(ids []string) bool { return !p.event.Tells(ids) })
}

// nextEvents is the event that is due next, if there is one.
func (w *watcher) nextEvents() []znode.Event {
	if len(w.due) == 0 {
		return nil
	}
	return []znode.Event{w.due[0].event.Event}
}

// next says what was to come in the place of an event.
func (w *watcher) next(e znode.Event, upTo int64) string {
	if slices.Contains(w.barred, e) {
		return "the ACL forbids it: the session may not read the znode"
	}
	if len(w.due) == 0 || w.due[0].zxid > upTo {
		return "no watch promised it"
	}
	if next := w.due[0]; !next.event.Tells(w.ids) {
		return fmt.Sprintf("next was %s, of zxid 0x%x, of which the session may not know", eventText(next.event.Event),
			next.zxid)
	}
	return fmt.Sprintf("next was to come %s, of zxid 0x%x", eventText(w.due[0].event.Event), w.due[0].zxid)
}

// keep takes an event off what is due, if it is next. What was kept from the client it passes over.
func (w *watcher) keep(h *treeHeard, upTo int64) bool {
	for {
		at := w.find(h.event, upTo)
		if at >= 0 && w.due[at].event.Tells(w.ids) && (h.zxid <= 0 || h.zxid == w.due[at].zxid) {
			w.drop(at, func(promise) {})
			return true
		}
		if len(w.due) == 0 || w.due[0].zxid > upTo || !w.hidden(w.due[0]) {
			return false
		}
		w.drop(0, func(p promise) { w.barred = append(w.barred, p.event.Event) })
	}
}

// find is the index of a promise that the event keeps, or -1. Where the order is not certain it looks further.
func (w *watcher) find(e znode.Event, upTo int64) int {
	if len(w.due) == 0 || w.due[0].zxid > upTo {
		return -1
	}
	if first := w.due[0]; !first.loose {
		if first.event.Event == e {
			return 0
		}
		return -1
	}
	return slices.IndexFunc(w.due, func(p promise) bool {
		return p.zxid == w.due[0].zxid && p.event.Event == e &&
			p.event.Tells(w.ids)
	})
}

// drop takes a promise off what is due, once f has seen it. One change is one event, whatever the number of watches
// that it fires; so the others' promises go with it. The watches that stay wait for the next.
func (w *watcher) drop(at int, f func(promise)) {
	kept := w.due[at]
	f(kept)
	for at >= 0 {
		p := w.due.take(at)
		switch {
		case !p.of.stays():
			delete(w.armed, p.of)
		case endsGroup(w.changes.of(p.of), p.at):
			w.expect(p.of, p.at+1)
		}
		at = slices.IndexFunc(w.due, func(p promise) bool { return p.zxid == kept.zxid && p.seq == kept.seq })
	}
}

// late says what was due before an answer and has not come.
func (w *watcher) late(h *treeHeard) *objection {
	if len(w.due) == 0 || w.due[0].zxid > h.zxid {
		return nil
	}
	return against(shown(h.op), "event %d shows session 0x%x the state at zxid 0x%x, and %s, of zxid 0x%x, has not come",
		h.at, uint64(w.session), h.zxid, eventText(w.due[0].event.Event), w.due[0].zxid).of(w.due[0].event.Event)
}

// forget takes the watches that an event fires off what the client waits for.
func (w *watcher) forget(e znode.Event) {
	if e.Type != znode.EventChildrenChanged {
		delete(w.pending, clientWatch{watchData, e.Path})
		delete(w.pending, clientWatch{watchExist, e.Path})
	}
	if e.Type == znode.EventChildrenChanged || e.Type == znode.EventDeleted {
		delete(w.pending, clientWatch{watchChild, e.Path})
	}
}

func eventText(e znode.Event) string {
	names := map[int64]string{znode.EventCreated: "NodeCreated", znode.EventDeleted: "NodeDeleted",
		znode.EventDataChanged: "NodeDataChanged", znode.EventChildrenChanged: "NodeChildrenChanged"}
	if name, known := names[e.Type]; known {
		return name + " " + e.Path
	}
	return fmt.Sprintf("an event of type %d for %s", e.Type, e.Path)
}
