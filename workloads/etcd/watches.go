package etcd

import (
	"slices"

	"ordeal/cluster/etcdwire"
)

// watch is a watch that a client wants to have, on whatever connection.
type watch struct {
	w        *worker
	number   int64 // the one under which it was recorded last
	key, end string
	// next is the revision from which it goes on; 0 for one that begins now and has not begun.
	next    int64
	request etcdwire.WatchCreateRequest // what is asked for, but for the revision
	stream  *stream                     // nil while it has none
	id      int64
	gone    bool // it was refused or given up
}

// toldOf notes how far a watch has come.
func (w *watch) toldOf(events []etcdwire.Event) {
	for i := range events {
		if k := events[i].KV; k != nil {
			w.next = max(w.next, k.ModRevision+1)
		}
	}
}

// canceled notes that a server has ended a watch: if for a compaction, it goes on from there.
func (w *watch) canceled(compacted int64) {
	w.stream = nil
	if compacted == 0 {
		w.gone = true
		return
	}
	w.next = compacted
	w.w.e.compacted = max(w.w.e.compacted, compacted)
	w.w.e.saw(sawCompactedWatch)
}

func (w *watch) refused() { w.gone = true }

// watchFlags are the options of a watch as histories have them.
func (w *watch) flags() string {
	r := &w.request
	noPut, noDelete := false, false
	for _, f := range r.Filters {
		noPut, noDelete = noPut || f == etcdwire.FilterNoPut, noDelete || f == etcdwire.FilterNoDelete
	}
	return flags(r.PrevKV, "p", noPut, "a", noDelete, "d", r.ProgressNotify, "n", r.Fragment, "f")
}

// drawWatch draws a watch.
func (w *worker) drawWatch() *watch {
	key, end := w.drawRange()
	one := &watch{w: w, key: key, end: end}
	one.request = etcdwire.WatchCreateRequest{
		Key: []byte(key), RangeEnd: []byte(end), PrevKV: w.c.Chance(50), ProgressNotify: w.c.Chance(30),
		Fragment: w.c.Chance(20),
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 10:
		one.request.Filters = []etcdwire.FilterType{etcdwire.FilterNoPut}
	case n < 18:
		one.request.Filters = []etcdwire.FilterType{etcdwire.FilterNoDelete}
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 45:
	case n < 80:
		one.next = max(1, w.e.revision-w.c.Rand().Int64N(20))
	case n < 88:
		one.next = max(1, w.e.compacted-1+w.c.Rand().Int64N(3))
	case n < 94:
		one.next = w.e.revision + 1 + w.c.Rand().Int64N(5)
	case n < 98: // the far past: not all of it, or judging would take the square of a trial's length
		one.next = max(1, w.e.revision-w.c.Rand().Int64N(300))
	default:
		one.next = -1
	}
	return one
}

// watchesMax is how many watches a client has at most, and streamsMax how many streams for them on a connection.
const (
	watchesMax = 5
	streamsMax = 2
)

// watchOn makes sure that the client's watches are on its connection, and now and then begins another, ends one or asks
// how far they are.
func (w *worker) watchOn() {
	left := w.watches[:0]
	for _, one := range w.watches {
		if !one.gone {
			left = append(left, one)
		}
	}
	w.watches = left
	if w.c.Chance(w.e.profile.watches) && len(w.watches) < watchesMax {
		w.watches = append(w.watches, w.drawWatch())
	}
	for _, one := range w.watches {
		if one.stream == nil {
			w.create(one)
		}
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 4 && len(w.watches) > 0:
		w.giveUp(w.watches[w.c.Rand().IntN(len(w.watches))])
	case n < 12 && w.ready() && len(w.link.streams) > 0:
		s := w.link.streams[w.c.Rand().IntN(len(w.link.streams))]
		if !s.ended {
			w.link.send(s.call, &etcdwire.WatchRequest{Progress: &etcdwire.WatchProgressRequest{}})
		}
	}
}

// create begins a watch on the connection, from where it is to go on, and waits until it has begun.
func (w *worker) create(one *watch) {
	if !w.c.Takes() || !w.ready() {
		return
	}
	s := w.streamFor()
	w.e.watches++
	one.number = int64(w.e.watches)
	if one.next > 0 {
		w.e.saw(sawResumed)
	}
	r := one.request
	r.StartRevision = one.next
	if w.c.Chance(15) {
		r.WatchID = int64(1 + w.c.Rand().IntN(6))
	}
	slot := w.slot()
	c := &call{l: w.link, slot: slot, watch: one, reads: true}
	c.op = w.c.Begin(w.processes[slot], "", "watch", []any{
		int64(w.link.number), w.link.user, one.number, int64(slices.Index(w.link.streams, s)), r.WatchID, one.key, one.end,
		r.StartRevision, one.flags(),
	})
	s.creating = c
	w.link.send(s.call, &etcdwire.WatchRequest{Create: &r})
	w.await(func() bool { return c.ended })
}

// streamFor is the stream for another watch: the newest, or one more.
func (w *worker) streamFor() *stream {
	l := w.link
	if n := len(l.streams); n > 0 && !l.streams[n-1].ended && (n == streamsMax || !w.c.Chance(30)) {
		return l.streams[n-1]
	}
	s := &stream{watches: map[int64]*watch{}}
	s.call = &call{stream: s}
	l.streams = append(l.streams, s)
	l.begin(s.call, etcdwire.MethodWatch, nil)
	return s
}

// giveUp ends a watch.
func (w *worker) giveUp(one *watch) {
	one.gone = true
	if s := one.stream; s != nil && !s.ended && w.ready() {
		w.link.record("given up", one.number)
		w.link.send(s.call, &etcdwire.WatchRequest{Cancel: &etcdwire.WatchCancelRequest{WatchID: one.id}})
	}
}
