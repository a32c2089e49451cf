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
	// Data is the watch of an exists or a getData: created, deleted, data changed. It fires once.
	Data WatchKind = iota
	// Child is the watch of a getChildren: children changed, deleted. It fires once.
	Child
	// Persistent is what both of these wait for, and it stays.
	Persistent
	// PersistentRecursive waits for created, deleted and data changed, of its path and of everything below it, and stays.
	// Who knows of every znode made and removed has no need to hear of children.
	PersistentRecursive

	watchKinds = PersistentRecursive + 1
)

// Watch is one thing to wait for, whoever waits.
type Watch struct {
	Kind WatchKind
	Path string
}

// Watches is the table of one server. It is not replicated, and no part of the state. A watcher is a number that the
// server gives to a connection. It may have watches of several kinds on one path, and hears of each event once.
type Watches struct {
	byPath, byWatcher *btree.BTreeG[watch]
	// recursive counts the PersistentRecursive ones: without any there is no need to look at the paths above.
	recursive int
}

type watch struct {
	Watch
	watcher uint64
}

// None reports whether no watch is set.
func (w *Watches) None() bool { return w.byPath.Len() == 0 }

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
	if _, was := w.byPath.ReplaceOrInsert(one); !was && kind == PersistentRecursive {
		w.recursive++
	}
	w.byWatcher.ReplaceOrInsert(one)
}

// Fire returns who waited for the event, sorted and each once, and removes those watches, but for the persistent ones.
// A delete ends both kinds that fire once.
func (w *Watches) Fire(ev Event) []uint64 {
	var watchers []uint64
	switch ev.Type {
	case wire.EventCreated, wire.EventDataChanged:
		watchers = w.take(watchers, Data, ev.Path)
	case wire.EventChildrenChanged:
		watchers = w.take(watchers, Child, ev.Path)
	case wire.EventDeleted:
		watchers = w.take(watchers, Data, ev.Path)
		if !bendDeleted() {
			watchers = w.take(watchers, Child, ev.Path)
		}
	}
	standing := w.standing(ev)
	watchers = append(watchers, standing...)
	slices.Sort(watchers)
	watchers = slices.Compact(watchers)
	return bendFired(watchers, standing)
}

// standing lists who waits for an event with a watch that stays.
func (w *Watches) standing(ev Event) []uint64 {
	watchers := w.append(nil, Persistent, ev.Path)
	if w.recursive == 0 || ev.Type == wire.EventChildrenChanged {
		return watchers
	}
	for path := ev.Path; ; path = parentOf(path) {
		watchers = w.append(watchers, PersistentRecursive, path)
		if path == rootPath {
			return watchers
		}
	}
}

func (w *Watches) append(watchers []uint64, kind WatchKind, path string) []uint64 {
	w.byPath.AscendGreaterOrEqual(watch{Watch{kind, path}, 0}, func(one watch) bool {
		if one.Kind != kind || one.Path != path {
			return false
		}
		watchers = append(watchers, one.watcher)
		return true
	})
	return watchers
}

// take removes the watches whose watchers it appends.
func (w *Watches) take(watchers []uint64, kind WatchKind, path string) []uint64 {
	before := len(watchers)
	if watchers = w.append(watchers, kind, path); len(watchers) == before {
		return watchers
	}
	if bendTaken() {
		return watchers
	}
	for _, watcher := range watchers[before:] {
		w.remove(watch{Watch{kind, path}, watcher})
	}
	return watchers
}

// Check answers a checkWatches: OK, NoWatcher, or MarshallingError for a type that there is not.
func (w *Watches) Check(path string, what wire.WatcherType, watcher uint64) wire.Code {
	return w.each(path, what, watcher, func(watch) {})
}

// Remove answers a removeWatches, as Check does, and removes the watches that are meant. No event tells of it: the
// client tells itself.
func (w *Watches) Remove(path string, what wire.WatcherType, watcher uint64) wire.Code {
	if bendRemoved() {
		return w.Check(path, what, watcher)
	}
	return w.each(path, what, watcher, w.remove)
}

func (w *Watches) each(path string, what wire.WatcherType, watcher uint64, do func(watch)) wire.Code {
	if what < wire.WatcherChildren || what > wire.WatcherPersistentRecursive {
		return wire.MarshallingError
	}
	code := wire.NoWatcher
	for kind := range watchKinds {
		one := watch{Watch{kind, path}, watcher}
		if means(what, kind) && w.byPath.Has(one) {
			do(one)
			code = wire.OK
		}
	}
	return code
}

// means says whether a type that a client names is, or has in it, a kind of watch.
func means(what wire.WatcherType, kind WatchKind) bool {
	switch what {
	case wire.WatcherAny:
		return true
	case wire.WatcherChildren:
		return kind == Child
	case wire.WatcherData:
		return kind == Data
	case wire.WatcherPersistent:
		return kind == Persistent
	}
	return kind == PersistentRecursive
}

// KindOf is the kind of watch that an addWatch sets. Modes that there are not are a MarshallingError.
func KindOf(mode wire.WatchMode) (WatchKind, wire.Code) {
	switch mode {
	case wire.ModePersistent:
		return Persistent, wire.OK
	case wire.ModePersistentRecursive:
		return PersistentRecursive, wire.OK
	}
	return 0, wire.MarshallingError
}

// RemoveWatcher removes every watch of a connection that is gone.
func (w *Watches) RemoveWatcher(watcher uint64) {
	var found []watch
	w.EachOf(watcher, func(one Watch) { found = append(found, watch{one, watcher}) })
	for _, one := range found {
		w.remove(one)
	}
}

func (w *Watches) remove(one watch) {
	if _, was := w.byPath.Delete(one); was && one.Kind == PersistentRecursive {
		w.recursive--
	}
	w.byWatcher.Delete(one)
}

// Count is the number of watches set.
func (w *Watches) Count() int { return w.byPath.Len() }
