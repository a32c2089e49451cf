package tree

import (
	"cmp"
	"slices"

	"github.com/google/btree"

	"ordeal/cluster/wire"
)

// WatchKind says which changes a watch waits for.
type WatchKind uint8

const (
	// Data is the watch of an exists or a getData: created, deleted, data changed.
	Data WatchKind = iota
	// Child is the watch of a getChildren: children changed, deleted.
	Child
)

// Watch is one thing to wait for, whoever waits.
type Watch struct {
	Kind WatchKind
	Path string
}

// Watches is the table of one server. It is not replicated, and no part of the state. Every watch fires once. A
// watcher is a number that the server gives to a connection.
type Watches struct {
	byPath, byWatcher *btree.BTreeG[watch]
}

type watch struct {
	Watch
	watcher uint64
}

// NewWatches makes an empty table.
func NewWatches() *Watches {
	return &Watches{
		byPath: btree.NewG(btreeDegree, func(a, b watch) bool {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.watcher, b.watcher)) < 0
		}),
		byWatcher: btree.NewG(btreeDegree, func(a, b watch) bool {
			return cmp.Or(cmp.Compare(a.watcher, b.watcher), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind)) < 0
		}),
	}
}

// Add sets a watch. Setting it again before it fires changes nothing.
func (w *Watches) Add(kind WatchKind, path string, watcher uint64) {
	one := watch{Watch{kind, path}, watcher}
	w.byPath.ReplaceOrInsert(one)
	w.byWatcher.ReplaceOrInsert(one)
}

// Fire returns who waited for the event, sorted and each once, and removes those watches. A delete ends both kinds.
func (w *Watches) Fire(ev Event) []uint64 {
	var watchers []uint64
	switch ev.Type {
	case wire.EventCreated, wire.EventDataChanged:
		watchers = w.take(watchers, Data, ev.Path)
	case wire.EventChildrenChanged:
		watchers = w.take(watchers, Child, ev.Path)
	case wire.EventDeleted:
		watchers = w.take(w.take(watchers, Data, ev.Path), Child, ev.Path)
	}
	slices.Sort(watchers)
	return slices.Compact(watchers)
}

func (w *Watches) take(watchers []uint64, kind WatchKind, path string) []uint64 {
	var found []watch
	w.byPath.AscendGreaterOrEqual(watch{Watch{kind, path}, 0}, func(one watch) bool {
		if one.Kind != kind || one.Path != path {
			return false
		}
		found = append(found, one)
		return true
	})
	for _, one := range found {
		w.remove(one)
		watchers = append(watchers, one.watcher)
	}
	return watchers
}

// RemoveWatcher removes every watch of a connection that is gone.
func (w *Watches) RemoveWatcher(watcher uint64) {
	var found []watch
	w.byWatcher.AscendGreaterOrEqual(watch{watcher: watcher}, func(one watch) bool {
		if one.watcher != watcher {
			return false
		}
		found = append(found, one)
		return true
	})
	for _, one := range found {
		w.remove(one)
	}
}

func (w *Watches) remove(one watch) {
	w.byPath.Delete(one)
	w.byWatcher.Delete(one)
}

// Count is the number of watches set.
func (w *Watches) Count() int { return w.byPath.Len() }

// Missed compares the watches that a client had with the state: those whose change came since the client's last zxid
// are to be fired to it at once, in this order, and the others to be set. A change that was taken back meanwhile
// (a znode created and deleted, for an exists) is missed: that gap is the protocol's own.
func Missed(t *Tree, r wire.SetWatchesRequest) (fire []Event, rearm []Watch) {
	gone := map[string]bool{}
	for _, path := range r.Data {
		switch n := t.nodes[path]; {
		case n == nil:
			gone[path] = true
			fire = append(fire, Event{wire.EventDeleted, path})
		case n.mzxid > r.RelativeZxid:
			fire = append(fire, Event{wire.EventDataChanged, path})
		default:
			rearm = append(rearm, Watch{Data, path})
		}
	}
	for _, path := range r.Exist {
		if t.nodes[path] != nil {
			fire = append(fire, Event{wire.EventCreated, path})
		} else {
			rearm = append(rearm, Watch{Data, path})
		}
	}
	for _, path := range r.Child {
		switch n := t.nodes[path]; {
		case n == nil && gone[path]: // one delete is one event, as in Fire
		case n == nil:
			fire = append(fire, Event{wire.EventDeleted, path})
		case n.pzxid > r.RelativeZxid:
			fire = append(fire, Event{wire.EventChildrenChanged, path})
		default:
			rearm = append(rearm, Watch{Child, path})
		}
	}
	return fire, rearm
}
