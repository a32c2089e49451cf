package sim

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/host"
)

// A disk with directories is one flat disk: each directory has a number, and what is in it is called by that number, a
// slash and its name; what is in the root, by its name alone. So a directory that is renamed takes along what is in it,
// a change in one directory is a change of one name, and all that crashes and damage do to flat disks they do to it.

// node is what a tree knows of a file or directory besides its bytes.
type node struct {
	id       uint64 // 0: on a flat disk, or the root
	dir      bool
	modified time.Duration // since epoch, by the machine's time of day
	shed     int           // changes of the file that syncs have made durable
}

// treeCounts number the nodes of a disk, and the changes of its directories.
type treeCounts struct{ nodes, changes uint64 }

// in is the name of what is called name in a directory.
func (f *content) in(name string) string {
	if f == nil {
		return name
	}
	return strconv.FormatUint(f.node.id, 10) + "/" + name
}

// parent is the number of the directory that a name is in, and what it is called there.
func parent(name string) (dir uint64, last string) {
	number, last, in := strings.Cut(name, "/")
	if !in {
		return 0, name
	}
	dir, _ = strconv.ParseUint(number, 10, 64)
	return dir, last
}

// path is where a name is found: its path if it is in a directory, else itself.
func (f *files) path(name string) string {
	dir, last := parent(name)
	if dir == 0 {
		return last
	}
	for other, file := range f.names { //house:unordered one name at most has the directory
		if file.node.id == dir {
			return f.path(other) + "/" + last
		}
	}
	return fmt.Sprintf("(lost directory)/%s", last)
}

// prune removes what no directory leads to any more.
func (f *files) prune() {
	for f.tree.nodes > 0 {
		there := map[uint64]bool{0: true}
		for _, file := range f.names { //house:unordered a set
			there[file.node.id] = true
		}
		before := len(f.names)
		for _, name := range f.list() {
			if dir, _ := parent(name); !there[dir] {
				delete(f.names, name)
			}
		}
		if len(f.names) == before {
			return
		}
	}
}

// find finds what has a path: the directory that it is in, nil for the root; its name; and what has it, nil for
// nothing.
func (f *files) find(p string) (dir *content, name string, file *content, err error) {
	p = path.Clean("/" + p)[1:]
	if p == "" {
		return nil, "", nil, nil
	}
	parts := strings.Split(p, "/")
	for _, part := range parts[:len(parts)-1] {
		next := f.names[dir.in(part)]
		switch {
		case next == nil:
			return nil, "", nil, fs.ErrNotExist
		case !next.node.dir:
			return nil, "", nil, host.ErrNotDir
		}
		dir = next
	}
	name = dir.in(parts[len(parts)-1])
	return dir, name, f.names[name], nil
}

// list is what is in a directory, sorted.
func (f *files) listDir(id uint64) (names []string) {
	for name := range f.names { //house:unordered sorted below
		if dir, _ := parent(name); dir == id {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// change notes a change of names that can be undone.
func (f *files) change(c nameChange) {
	f.tree.changes++
	c.number = f.tree.changes
	f.dir = append(f.dir, c)
}

// newNode is a node that no other is.
func (f *files) newNode(dir bool) *content {
	f.tree.nodes++
	return &content{node: node{id: f.tree.nodes, dir: dir}}
}

// mayRemove says why what has a name, file, can't be removed.
func (f *files) mayRemove(name string, file *content, wantDir bool) error {
	switch {
	case name == "":
		return fs.ErrInvalid
	case file == nil:
		return fs.ErrNotExist
	case wantDir && !file.node.dir:
		return host.ErrNotDir
	case !wantDir && file.node.dir:
		return host.ErrIsDir
	case wantDir && len(f.listDir(file.node.id)) > 0:
		return host.ErrNotEmpty
	}
	return nil
}

// unlink takes a name from what has it.
func (f *files) unlink(name string, file *content) {
	f.change(nameChange{name: name, before: file})
	delete(f.names, name)
}

// mayRename says why what has a name, file, can't get another in toDir, which old may have.
func (f *files) mayRename(name string, file, toDir *content, toName string, old *content) error {
	switch {
	case name == "" || toName == "":
		return fs.ErrInvalid
	case file == nil:
		return fs.ErrNotExist
	case file.node.dir && f.within(toDir, file):
		return fs.ErrInvalid
	case old == nil:
	case old.node.dir && !file.node.dir:
		return host.ErrIsDir
	case !old.node.dir && file.node.dir:
		return host.ErrNotDir
	case old.node.dir && len(f.listDir(old.node.id)) > 0:
		return host.ErrNotEmpty
	}
	return nil
}

// move gives what has a name another, which old may have.
func (f *files) move(name string, file *content, toName string, old *content) {
	f.change(nameChange{name: name, before: file, to: toName, toOld: old})
	delete(f.names, name)
	f.names[toName] = file
	file.rest.whole = len(file.undo) == 0
}

// within says whether a directory is another one, or below it.
func (f *files) within(dir, other *content) bool {
	for dir != nil && dir != other {
		up := uint64(0)
		for name, file := range f.names { //house:unordered one name at most has the directory
			if file == dir {
				up, _ = parent(name)
			}
		}
		dir = nil
		for _, file := range f.names { //house:unordered one node has the number
			if up > 0 && file.node.id == up {
				dir = file
			}
		}
	}
	return dir == other
}

// readAt reads what is there, at an offset within the file.
func (f *content) readAt(b []byte, offset int64) (read int) {
	read = copy(b, f.data[offset:])
	for _, p := range f.rest.patches {
		for i, wrong := range p.bytes {
			if at := int64(p.at+i) - offset; at >= 0 && at < int64(read) {
				b[at] = wrong
			}
		}
	}
	return read
}

// fitting is what is written of bytes where the disk is full, by which a file would grow.
func fitting(b []byte, grown int64, chance *stream) []byte {
	keep := max(0, int64(len(b))-grown)
	return b[:keep+int64(chance.below(uint64(int64(len(b))-keep)))]
}

// writeAt writes over what there is, and behind it.
func (f *content) writeAt(b []byte, at int) {
	if gap := at - len(f.data); gap > 0 {
		f.grow(make([]byte, gap))
	}
	over := min(len(b), len(f.data)-at)
	if over > 0 {
		f.undo = append(f.undo, change{size: len(f.data), at: at, old: slices.Clone(f.data[at : at+over])})
		copy(f.data[at:], b[:over])
		f.rest.whole = false
		f.rest.durable, f.rest.settled = min(f.rest.durable, at), min(f.rest.settled, at)
		f.rest.patches = slices.DeleteFunc(f.rest.patches, func(p patch) bool {
			return p.at < at+over && p.at+len(p.bytes) > at
		})
	}
	if over < len(b) {
		f.grow(b[over:])
	}
}

// resize cuts the file, or makes it longer.
func (f *content) resize(size int) {
	if size > len(f.data) {
		f.grow(make([]byte, size-len(f.data)))
	} else if size < len(f.data) {
		f.shrink(size)
	}
}

// nodeSync is a sync of a file or directory: of the changes that there are when it is asked for.
type nodeSync struct {
	file    *content // nil: the root
	changes uint64   // of a directory: up to this one; of a file, how many in its life
}

func (s *nodeSync) finish(f *files, failed bool) error {
	switch {
	case failed && s.file != nil && !s.file.node.dir:
		s.file.doubt()
		return host.ErrDisk
	case failed:
		return host.ErrDisk
	case s.file == nil:
		f.keepNames(0, s.changes)
	case s.file.node.dir:
		f.keepNames(s.file.node.id, s.changes)
	default:
		s.file.keep(int(s.changes) - s.file.node.shed)
	}
	return nil
}

// keep makes the first n of the file's changes durable.
func (f *content) keep(n int) {
	if n <= 0 {
		return
	}
	if n == len(f.undo) {
		f.rest.synced(f)
	}
	f.undo = slices.Delete(f.undo, 0, n)
	f.node.shed += n
}

// keepNames makes the changes of a directory durable up to one. Others go with them: of a rename the other half, and
// of each name all that came before.
func (f *files) keepNames(dir, last uint64) {
	kept := map[string]bool{}
	var left []nameChange
	for _, c := range slices.Backward(f.dir) {
		of, _ := parent(c.name)
		to, _ := parent(c.to)
		mine := c.number <= last && (of == dir || c.to != "" && to == dir)
		if !mine && !kept[c.name] && (c.to == "" || !kept[c.to]) {
			left = append(left, c)
			continue
		}
		kept[c.name] = true
		if c.to != "" {
			kept[c.to] = true
		}
	}
	slices.Reverse(left)
	f.dir = left
}
