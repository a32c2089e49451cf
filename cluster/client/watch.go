package client

import (
	"maps"
	"slices"
	"time"

	"ordeal/cluster/wire"
)

// Event is what a watch has to tell: what happened to a znode, or, with Err set, that the session is over and the
// watch with it.
type Event struct {
	Type wire.EventType
	Path string
	Zxid int64 // of the transaction that made it happen; -1 where the server does not say it, as up to ZooKeeper 3.8
	Err  error
}

// Watch is set by a read and fires once. Make one with NewWatch for each read.
type Watch struct {
	c     *Client // once a read has set it
	event Event
	fired bool
}

// NewWatch makes a watch that no read has set yet.
func NewWatch() *Watch { return &Watch{} }

// Wait waits until the watch fires, for at most timeout; a negative timeout waits for ever. It reports false if the
// time was up, and at once if no read has set the watch.
func (w *Watch) Wait(timeout time.Duration) (Event, bool) {
	if w.c == nil {
		return Event{}, false
	}
	deadline := w.c.p.Now() + timeout
	for !w.fired {
		left := deadline - w.c.p.Now()
		if timeout < 0 {
			left = -1
		} else if left <= 0 {
			return Event{}, false
		}
		w.c.wake.Wait(left)
	}
	return w.event, true
}

func (w *Watch) fire(e Event) {
	if !w.fired {
		w.event, w.fired = e, true
	}
}

// watches are those that are set, by path: on a znode's data, on the coming of one that was not there, on children.
// The server forgets them with the connection, so the client keeps them.
type watches struct {
	data, exist, child map[string][]*Watch
	// Those that stay when they fire, by whether they are recursive.
	staying, recursive map[string][]*Subscription
}

func put(m *map[string][]*Watch, path string, w *Watch) {
	if *m == nil {
		*m = map[string][]*Watch{}
	}
	(*m)[path] = append((*m)[path], w)
}

// set keeps the watch of a read that was answered, if the server has kept it: one on data or children only if the
// znode is there, one on existence in either case. What the server has removed when it was asked to is forgotten.
func (t *watches) set(c *Client, k *call) {
	if r, ok := k.req.(wire.RemoveWatchesRequest); ok && k.err == nil {
		t.remove(r.Path, r.Type)
		return
	}
	if k.watch == nil {
		return
	}
	var table *map[string][]*Watch
	var path string
	switch r := k.req.(type) {
	case wire.GetDataRequest:
		table, path = &t.data, r.Path
	case wire.GetChildrenRequest:
		table, path = &t.child, r.Path
	case wire.ExistsRequest:
		table, path = &t.data, r.Path
		if k.err == error(wire.NoNode) {
			table = &t.exist
		}
	}
	if k.err != nil && table != &t.exist {
		return
	}
	put(table, path, k.watch)
	k.watch.c = c
}

// fire tells the watches that an event concerns, and forgets them.
func (t *watches) fire(e Event) {
	switch e.Type {
	case wire.EventCreated, wire.EventDataChanged:
		take(t.data, e)
		take(t.exist, e)
	case wire.EventDeleted:
		take(t.data, e)
		take(t.exist, e)
		take(t.child, e)
	case wire.EventChildrenChanged:
		take(t.child, e)
	}
	t.tell(e)
}

func take(m map[string][]*Watch, e Event) {
	for _, w := range m[e.Path] {
		w.fire(e)
	}
	delete(m, e.Path)
}

// forget takes one watch out, so that no reconnect sets it again.
func (t *watches) forget(w *Watch) {
	for _, m := range t.all() {
		for _, path := range slices.Sorted(maps.Keys(m)) {
			m[path] = slices.DeleteFunc(m[path], func(x *Watch) bool { return x == w })
			if len(m[path]) == 0 {
				delete(m, path)
			}
		}
	}
}

func (t *watches) endAll(why error) {
	for _, m := range t.all() {
		for _, path := range slices.Sorted(maps.Keys(m)) {
			take(m, Event{Type: wire.EventNone, Path: path, Err: why})
		}
	}
	t.endSubscriptions(why)
}

// torn says that the client waits for some znode both as for one that is there and as for one that is not: it was not
// told of a change, since it may not read the znode. One event that it has missed then ends both, and the server sets
// one of them.
func (t *watches) torn() bool {
	for path := range t.exist { //house:unordered whether there is any
		if len(t.data[path])+len(t.child[path]) > 0 {
			return true
		}
	}
	return false
}

func (t *watches) all() []map[string][]*Watch {
	return []map[string][]*Watch{t.data, t.exist, t.child}
}

// setWatchesBytesMax keeps a request far below what a server accepts as one frame: ZOOKEEPER-706 is the session that
// could never come back because its watches did not fit.
const setWatchesBytesMax = 128 << 10

// requests are those that set every watch again; the server fires at once what changed behind zxid.
func (t *watches) requests(zxid int64) []wire.SetWatchesRequest {
	var all []wire.SetWatchesRequest
	second := len(t.staying)+len(t.recursive) > 0
	size := setWatchesBytesMax
	for kind, paths := range t.paths() {
		for _, path := range paths {
			if size += 4 + len(path); size > setWatchesBytesMax {
				first := len(all) == 0
				all = append(all, wire.SetWatchesRequest{RelativeZxid: zxid, Second: second})
				if size = 4 + len(path); !first && bendSplit() {
					continue
				}
			}
			last := &all[len(all)-1]
			list := []*[]string{&last.Data, &last.Exist, &last.Child, &last.Persistent, &last.PersistentRecursive}[kind]
			*list = append(*list, path)
		}
	}
	return all
}

// paths are those of each kind of watch, in order.
func (t *watches) paths() (kinds [][]string) {
	for _, m := range t.all() {
		kinds = append(kinds, slices.Sorted(maps.Keys(m)))
	}
	return append(kinds, slices.Sorted(maps.Keys(t.staying)), slices.Sorted(maps.Keys(t.recursive)))
}
