package tree

// Figures are what operators are told of a tree.
type Figures struct {
	Znodes, Ephemerals, Sessions int
	// Bytes is what the paths and the data of all znodes have together.
	Bytes int64
}

// Figures counts. It takes as long as there are sessions.
func (t *Tree) Figures() Figures {
	f := Figures{Znodes: len(t.nodes), Sessions: t.sessions.Len(), Bytes: t.bytes}
	t.sessions.Ascend(func(s *session) bool {
		if s.ephemerals != nil {
			f.Ephemerals += s.ephemerals.Len()
		}
		return true
	})
	return f
}

// EachOf visits the watches of one connection, in the order of paths and kinds. f must not change the table.
func (w *Watches) EachOf(watcher uint64, f func(Watch)) {
	w.byWatcher.AscendGreaterOrEqual(watch{watcher: watcher}, func(one watch) bool {
		if one.watcher == watcher {
			f(one.Watch)
		}
		return one.watcher == watcher
	})
}

// Each calls f for every watch, in the order of paths and kinds. f must not change the table.
func (w *Watches) Each(f func(one Watch, watcher uint64)) {
	w.byPath.Ascend(func(one watch) bool {
		f(one.Watch, one.watcher)
		return true
	})
}
