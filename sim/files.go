package sim

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"ordeal/host"
)

// ErrDisk is what a sync or a read that DiskFault makes fail ends with, and ErrFull an append to a disk that is full.
var (
	ErrDisk = host.ErrDisk
	ErrFull = host.ErrFull
)

// files is what is on a disk: as programs see it, and what can be taken back because no sync has made it durable.
//
// Everything not durable stands in logs that undo it: one for each file's bytes, one for the directory. A sync empties
// a log. A crash keeps some beginning of each log and undoes the rest, from the end; or, at times, the disk has written
// things in an order of its own, and what is kept has holes (reorder.go).
type files struct {
	names map[string]*content
	dir   []nameChange
	tree  treeCounts // of a disk with directories: see tree.go
}

// content is one file's bytes.
type content struct {
	data []byte
	node node // on a disk with directories
	undo []change
	// doubtful are pieces that a failed sync left behind. The system takes them for written and will never write them
	// again, so no later sync makes them durable.
	doubtful []doubt
	rest     rest
}

type span struct{ from, to int }

// doubt is a piece that the disk may not have, and what it has instead, before zeros.
type doubt struct {
	span
	old []byte
}

// wipe puts into data what the disk has if it does not have the piece.
func (d *doubt) wipe(data []byte) {
	piece := data[min(d.from, len(data)):min(d.to, len(data))]
	clear(piece)
	copy(piece, d.old)
}

// change is an append, a truncate or a write over what is there, that can be undone.
type change struct {
	size int    // before
	cut  []byte // what a truncate cut off
	at   int    // where it wrote over old
	old  []byte
}

func (c change) truncates() bool  { return c.cut != nil }
func (c change) overwrites() bool { return c.old != nil }
func (c change) appends() bool    { return c.cut == nil && c.old == nil }

// nameChange is a change of the directory that can be undone: what the name was before it, nil for nothing. A rename
// changes two names.
type nameChange struct {
	name   string
	before *content
	to     string // renames only
	toOld  *content
	number uint64 // on a disk with directories
}

func (f *files) list() []string { return slices.Sorted(maps.Keys(f.names)) }

func (f *files) read(name string) ([]byte, error) {
	if file := f.names[name]; file != nil {
		return file.rest.show(slices.Clone(file.data)), nil
	}
	return nil, missing("read", name)
}

func (f *files) readAt(name string, b []byte, offset int64) (int, error) {
	file := f.names[name]
	switch {
	case file == nil:
		return 0, missing("read", name)
	case offset >= int64(len(file.data)):
		return 0, nil
	}
	return copy(b, file.data[offset:]), nil
}

func missing(what, name string) error {
	return fmt.Errorf("can't %s %s: %w", what, name, fs.ErrNotExist)
}

// apply carries out a step that is not a sync.
func (f *files) apply(s *host.Step) error {
	switch s.Kind {
	case host.StepAppend:
		f.append(s.Name, s.Data)
		return nil
	case host.StepTruncate:
		return f.truncate(s.Name, s.Size)
	case host.StepRename:
		return f.rename(s.Name, s.To)
	case host.StepRemove:
		f.remove(s.Name)
		return nil
	}
	return fmt.Errorf("a disk knows no step of kind %d", s.Kind)
}

func (f *files) append(name string, data []byte) {
	file := f.names[name]
	if file == nil {
		file = &content{}
		f.dir = append(f.dir, nameChange{name: name})
		f.names[name] = file
	}
	file.grow(data)
}

// endRoom is how much more room a file's first bytes get: what is written in one piece often has a few bytes behind it
// that say so.
const endRoom = 64

// grow adds to the end.
func (f *content) grow(data []byte) {
	f.undo = append(f.undo, change{size: len(f.data)})
	f.rest.whole = false
	switch size := len(f.data) + len(data); {
	case size <= cap(f.data):
	case len(f.data) == 0:
		f.data = make([]byte, 0, size+endRoom)
	default:
		// A log grows by small pieces: twice the room each time copies less than append does for large slices.
		f.data = append(make([]byte, 0, 2*size), f.data...)
	}
	f.data = append(f.data, data...)
}

func (f *files) truncate(name string, size int64) error {
	file := f.names[name]
	if file == nil {
		return missing("truncate", name)
	}
	if size < 0 || size > int64(len(file.data)) {
		return fmt.Errorf("can't truncate %s of %d bytes to %d", name, len(file.data), size)
	}
	file.shrink(int(size))
	return nil
}

// shrink cuts off what is behind a size.
func (f *content) shrink(size int) {
	cut := make([]byte, len(f.data)-size)
	copy(cut, f.data[size:])
	f.undo = append(f.undo, change{size: len(f.data), cut: cut})
	f.data = f.data[:size]
	f.rest.cut(size)
	for i, s := range f.doubtful {
		f.doubtful[i].span = span{min(s.from, size), min(s.to, size)}
	}
}

func (f *files) rename(name, to string) error {
	file := f.names[name]
	if file == nil {
		return missing("rename", name)
	}
	if name == to {
		return nil
	}
	f.dir = append(f.dir, nameChange{name: name, before: file, to: to, toOld: f.names[to]})
	delete(f.names, name)
	f.names[to] = file
	file.rest.whole = len(file.undo) == 0
	return nil
}

func (f *files) remove(name string) {
	if file := f.names[name]; file != nil {
		f.dir = append(f.dir, nameChange{name: name, before: file})
		delete(f.names, name)
	}
}

// sync makes a file's bytes durable. One that fails leaves everything open, for good.
func (f *files) sync(name string, failed bool) error {
	file := f.names[name]
	switch {
	case file == nil:
		return missing("sync", name)
	case failed:
		file.doubt()
		return fmt.Errorf("can't sync %s: %w", name, ErrDisk)
	}
	file.rest.synced(file)
	file.undo = file.undo[:0]
	return nil
}

// doubt remembers which bytes a failed sync leaves in doubt.
func (f *content) doubt() {
	from := len(f.data)
	for _, c := range f.undo {
		if from = min(from, c.size); c.overwrites() {
			from = min(from, c.at)
		}
	}
	if from < len(f.data) {
		d := doubt{span: span{from, len(f.data)}}
		if before := f.images()[0]; from < len(before) {
			d.old = slices.Clone(before[from:])
		}
		f.doubtful = append(f.doubtful, d)
	}
}

func (f *files) syncDir(failed bool) error {
	if failed {
		return fmt.Errorf("can't sync the directory: %w", ErrDisk)
	}
	f.dir = nil
	return nil
}
