package sim

import (
	"fmt"
	"slices"

	"ordeal/host"
)

// Damage is a way in which bytes go bad that lie on a disk and were durable.
type Damage uint8

const (
	// BitRot flips one to eight bits of one file.
	BitRot Damage = iota
	// Misdirected is a write that went astray, long ago and without a word: a sector of a file holds what belongs to
	// another one's place, where there are zeros.
	Misdirected
)

// rest is what there is to know of a file's bytes that lie still.
type rest struct {
	// durable is the file's size as of its last sync that made an append durable, and settled as of the one before.
	// Something was written behind what is settled, and is durable too.
	durable, settled int
	// whole says that the file got its name when all of it was durable: so it is settled to the end.
	whole   bool
	patches []patch
}

// patch is bytes that are read in the place of those that were written.
type patch struct {
	at    int
	bytes []byte
}

// synced takes a sync in. One that makes no append durable settles nothing: nothing was written behind.
func (r *rest) synced(f *content) {
	if slices.ContainsFunc(f.undo, change.appends) {
		r.settled, r.durable = r.durable, len(f.data)
	}
}

// cut takes a truncate in.
func (r *rest) cut(size int) {
	r.durable, r.settled = min(r.durable, size), min(r.settled, size)
	r.patches = slices.DeleteFunc(r.patches, func(p patch) bool { return p.at+len(p.bytes) > size })
}

// show is data as it is read.
func (r *rest) show(data []byte) []byte {
	for _, p := range r.patches {
		if p.at < len(data) {
			copy(data[p.at:], p.bytes)
		}
	}
	return data
}

// Damage spoils bytes of one file of a machine's disk, by chance, until Repair: what is read is not what was written.
// The bytes are settled ones, behind which something was written since; or, if the last ones that were made durable are
// to be in danger as well, any. It says what it did; "" if no bytes are there for it.
func (w *World) Damage(name host.Addr, kind Damage, last bool) (what string, err error) {
	m, err := w.machine(name)
	if err != nil {
		return "", err
	}
	d := &m.disk
	chance := newStream(w.chance, fmt.Sprintf("disk/%s/damage/%d", name, d.damages))
	d.damages++
	what, able := d.files.damage(kind, last, chance)
	if able {
		d.settled++
	}
	return what, nil
}

// damage spoils bytes of one of the files that may go bad; able says whether there is one.
func (f *files) damage(kind Damage, last bool, chance *stream) (what string, able bool) {
	var within []string
	for _, name := range f.list() {
		if f.names[name].reach(last) > 0 {
			within = append(within, name)
		}
	}
	pick, draw := chance.draw(), chance.draw()
	if len(within) == 0 {
		return "", false
	}
	name := within[scale(pick, uint64(len(within)))]
	file := f.names[name]
	if kind == Misdirected {
		return file.misdirect(name, file.reach(last), draw), true
	}
	return file.rot(name, file.reach(last), draw), true
}

// reach is how many bytes from the file's beginning may go bad.
func (f *content) reach(last bool) int {
	switch {
	case f.rest.whole || last && len(f.undo) == 0:
		return len(f.data)
	case last:
		return min(f.rest.durable, len(f.data))
	}
	return min(f.rest.settled, len(f.data))
}

func (f *content) rot(name string, reach int, draw uint64) string {
	n := 1 + int(draw&7)
	at := 0
	for range n {
		draw = scramble(draw + hashPrime)
		at = int(scale(draw, uint64(reach)))
		now := f.rest.show(slices.Clone(f.data))[at]
		f.rest.patches = append(f.rest.patches, patch{at, []byte{now ^ 1<<(draw&7)}})
	}
	return fmt.Sprintf("%d bits of %s", n, name)
}

// misdirect takes two sectors, or the halves of a short file.
func (f *content) misdirect(name string, reach int, draw uint64) string {
	size := min(sectorBytes, reach/2)
	if size == 0 {
		return ""
	}
	sectors := uint64(reach / size)
	from := scale(draw, sectors)
	to := (from + 1 + scale(scramble(draw+hashPrime), sectors-1)) % sectors
	shown := f.rest.show(slices.Clone(f.data))
	begin := int(from) * size
	f.rest.patches = append(f.rest.patches,
		patch{int(to) * size, slices.Clone(shown[begin : begin+size])}, patch{begin, make([]byte, size)})
	return fmt.Sprintf("%d bytes of %s, written at %d and not at %d", size, name, int(to)*size, begin)
}

// Repair undoes all damage of a machine's disk: its bytes were right on the platter, and wrong on the way.
func (w *World) Repair(name host.Addr) error {
	m, err := w.machine(name)
	if err != nil {
		return err
	}
	m.disk.files.repair()
	return nil
}

func (f *files) repair() {
	for _, file := range f.names { //house:unordered each is treated alike
		file.rest.patches = nil
	}
}

// Damaged says whether Damage has left anything on a machine's disk that is read wrong.
func (w *World) Damaged(name host.Addr) bool {
	m := w.byName[name]
	if m == nil {
		return false
	}
	for _, f := range m.disk.files.names { //house:unordered one is enough
		if len(f.rest.patches) > 0 {
			return true
		}
	}
	return false
}

// Remember makes a copy of a machine's disk as its program sees it, for GoBack.
func (w *World) Remember(name host.Addr) error {
	m, err := w.machine(name)
	if err != nil {
		return err
	}
	m.disk.remembered = map[string]*content{}
	for file, f := range m.disk.files.names { //house:unordered into another map
		m.disk.remembered[file] = &content{data: slices.Clone(f.data), node: f.node, rest: rest{durable: len(f.data)}}
	}
	return nil
}

// GoBack puts the copy that Remember made in the place of a machine's disk: everything since is forgotten, synced or
// not. The machine must be down.
func (w *World) GoBack(name host.Addr) error {
	m, err := w.down(name)
	if err != nil {
		return err
	}
	if m.disk.remembered == nil {
		return fmt.Errorf("nothing of %s was remembered", name)
	}
	m.disk.files = files{names: m.disk.remembered, tree: m.disk.files.tree}
	m.disk.settled++
	m.disk.remembered = nil
	return nil
}

// Wipe empties the disk of a machine, which must be down.
func (w *World) Wipe(name host.Addr) error {
	m, err := w.down(name)
	if err != nil {
		return err
	}
	m.disk.files = files{names: map[string]*content{}, tree: m.disk.files.tree}
	m.disk.settled++
	return nil
}

// down finds a machine that must be down.
func (w *World) down(name host.Addr) (*machine, error) {
	m, err := w.machine(name)
	if err == nil && (m.up || m.booting) {
		err = fmt.Errorf("%s is up", name)
	}
	return m, err
}
