package sim

import (
	"maps"
	"slices"

	"ordeal/host"
)

// What an onlooker can see of a world beside its programs: he changes nothing, and the trace hash knows nothing of him.

// Overhear has f called with every datagram that a program is handed, before it is. f must not change payload.
func (w *World) Overhear(f func(from, to host.Addr, payload []byte)) {
	w.listeners = append(w.listeners, f)
}

// ObserveDown has f called when a machine goes down, before anything of it is gone; power says that it is for want of
// power, and not since its program has ended.
func (w *World) ObserveDown(f func(machine host.Addr, power bool)) { w.downs = append(w.downs, f) }

// ObserveLoss has f called when a datagram on its way to a machine that runs a program is lost.
func (w *World) ObserveLoss(f func(from, to host.Addr)) { w.losses = append(w.losses, f) }

func (w *World) lost(l *link) {
	w.stats.Lost++
	if !l.to.up {
		return
	}
	for _, f := range w.losses {
		f(l.from.name, l.to.name)
	}
}

// Settled is a number that is another one whenever what Synced returns may be: of equal ones it is the same.
func (w *World) Settled(name host.Addr) uint64 {
	if m := w.byName[name]; m != nil {
		return m.disk.settled
	}
	return 0
}

// Synced is a machine's disk as a power loss at this instant would leave it in the worst case: with nothing but what a
// sync has made durable. It is a copy, and only to be read.
func (w *World) Synced(name host.Addr) (host.Disk, error) {
	m, err := w.machine(name)
	if err != nil {
		return nil, err
	}
	return image(m.disk.files.synced()), nil
}

// image is files by name, to be read.
type image map[string][]byte

func (i image) ReadDir() ([]string, error) { return slices.Sorted(maps.Keys(i)), nil }

func (i image) ReadFile(name string) ([]byte, error) {
	data, ok := i[name]
	if !ok {
		return nil, missing("read", name)
	}
	return slices.Clone(data), nil
}

func (i image) ReadAt(name string, b []byte, offset int64) (int, error) {
	data, ok := i[name]
	if !ok {
		return 0, missing("read", name)
	}
	return copy(b, data[min(offset, int64(len(data))):]), nil
}

// Submit implements host.Disk. What it is asked for is never done.
func (i image) Submit(host.Job, func(error)) {}

// synced is what is durable of the names and bytes.
func (f *files) synced() map[string][]byte {
	durable := files{names: maps.Clone(f.names), tree: f.tree}
	for i := len(f.dir) - 1; i >= 0; i-- {
		durable.undoName(&f.dir[i])
	}
	durable.prune()
	out := make(map[string][]byte, len(durable.names))
	for name, file := range durable.names { //house:unordered each goes to its own name
		if !file.node.dir {
			out[durable.path(name)] = file.synced()
		}
	}
	return out
}

// synced is the bytes without what is not durable: a copy.
func (f *content) synced() []byte {
	data := slices.Clone(f.data)
	for _, c := range slices.Backward(f.undo) {
		switch {
		case c.truncates():
			data = append(data, c.cut...)
		case c.overwrites():
			copy(data[c.at:], c.old)
		default:
			data = data[:c.size]
		}
	}
	for _, s := range f.doubtful {
		s.wipe(data)
	}
	return data
}
