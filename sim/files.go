package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"ordeal/host"
)

// ErrDisk is what a sync that DiskFault makes fail ends with.
var ErrDisk = errors.New("the disk reports an error")

// files is what is on a disk: as programs see it, and what can be taken back because no sync has made it durable.
//
// Everything not durable stands in logs that undo it: one for each file's bytes, one for the directory. A sync empties
// a log. A crash keeps some beginning of each log and undoes the rest, from the end.
type files struct {
	names map[string]*content
	dir   []nameChange
}

// content is one file's bytes.
type content struct {
	data []byte
	undo []change
	// doubtful are pieces that a failed sync left behind. The system takes them for written and will never write them
	// again, so no later sync makes them durable.
	doubtful []span
}

type span struct{ from, to int }

// change is an append or a truncate that can be undone.
type change struct {
	size int    // before
	cut  []byte // what a truncate cut off
}

func (c change) truncates() bool { return c.cut != nil }

// nameChange is a change of the directory that can be undone: what the name was before it, nil for nothing. A rename
// changes two names.
type nameChange struct {
	name   string
	before *content
	to     string // renames only
	toOld  *content
}

func (f *files) list() []string { return slices.Sorted(maps.Keys(f.names)) }

func (f *files) read(name string) ([]byte, error) {
	if file := f.names[name]; file != nil {
		return slices.Clone(file.data), nil
	}
	return nil, missing("read", name)
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
	file.undo = append(file.undo, change{size: len(file.data)})
	if size := len(file.data) + len(data); size > cap(file.data) && len(file.data) > 0 {
		// A log grows by small pieces: twice the room each time copies less than append does for large slices.
		file.data = append(make([]byte, 0, 2*size), file.data...)
	}
	file.data = append(file.data, data...)
}

func (f *files) truncate(name string, size int64) error {
	file := f.names[name]
	if file == nil {
		return missing("truncate", name)
	}
	if size < 0 || size > int64(len(file.data)) {
		return fmt.Errorf("can't truncate %s of %d bytes to %d", name, len(file.data), size)
	}
	cut := make([]byte, len(file.data)-int(size))
	copy(cut, file.data[size:])
	file.undo = append(file.undo, change{size: len(file.data), cut: cut})
	file.data = file.data[:size]
	for i, s := range file.doubtful {
		file.doubtful[i] = span{min(s.from, int(size)), min(s.to, int(size))}
	}
	return nil
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
	file.undo = file.undo[:0]
	return nil
}

// doubt remembers which bytes a failed sync leaves in doubt.
func (f *content) doubt() {
	from := len(f.data)
	for _, c := range f.undo {
		from = min(from, c.size)
	}
	if from < len(f.data) {
		f.doubtful = append(f.doubtful, span{from, len(f.data)})
	}
}

func (f *files) syncDir(failed bool) error {
	if failed {
		return fmt.Errorf("can't sync the directory: %w", ErrDisk)
	}
	f.dir = nil
	return nil
}

// crash decides by chance what is left: of the directory's changes some beginning, of each file's too, and of the
// first append behind that perhaps a part.
func (f *files) crash(chance *stream) {
	keep := int(chance.below(uint64(len(f.dir) + 1)))
	for i := len(f.dir) - 1; i >= keep; i-- {
		f.undoName(&f.dir[i])
	}
	f.dir = nil
	for _, name := range f.list() {
		f.names[name].crash(chance)
	}
}

func (f *files) undoName(c *nameChange) {
	if c.to != "" {
		f.put(c.to, c.toOld)
	}
	f.put(c.name, c.before)
}

func (f *files) put(name string, file *content) {
	if file == nil {
		delete(f.names, name)
		return
	}
	f.names[name] = file
}

func (f *content) crash(chance *stream) {
	keep := int(chance.below(uint64(len(f.undo) + 1)))
	for i := len(f.undo) - 1; i >= keep; i-- {
		c := f.undo[i]
		if c.truncates() {
			f.data = append(f.data, c.cut...)
			continue
		}
		tail := f.data[c.size:]
		f.data = f.data[:c.size]
		if i == keep {
			f.survive(tail, chance)
		}
	}
	f.undo = nil
	f.spoil(chance)
	f.data = slices.Clip(f.data)
}

// sectorBytes is what a disk writes whole or not at all; a piece of this size is what tears.
const sectorBytes = 512

// survive keeps a part of an append that was under way when the machine crashed: nothing, any beginning, or one with
// its last sector torn, which is to say zeros or rubbish.
func (f *content) survive(tail []byte, chance *stream) {
	fate, part := chance.below(4), int(chance.below(uint64(len(tail)+1)))
	if fate == 0 {
		return
	}
	start := len(f.data)
	f.data = append(f.data, tail[:part]...)
	if fate == 1 || part == 0 {
		return
	}
	torn := f.data[max(start, (len(f.data)-1)/sectorBytes*sectorBytes):]
	for i := range torn {
		torn[i] = 0
		if fate == 3 {
			torn[i] = byte(chance.draw())
		}
	}
}

// spoil decides, for each piece that a failed sync left in doubt, whether the disk has it.
func (f *content) spoil(chance *stream) {
	for _, s := range f.doubtful {
		if chance.below(2) == 0 {
			clear(f.data[min(s.from, len(f.data)):min(s.to, len(f.data))])
		}
	}
	f.doubtful = nil
}
