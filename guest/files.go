package guest

import (
	"encoding/binary"
	"io/fs"

	"ordeal/host"
)

// What a program asks of its files, as preview 1 of WASI has it. Paths are relative to the root of the machine's disk,
// which is open as descriptor 3 from the start.

// The types of descriptors.
const (
	typeCharacters = 2
	typeDirectory  = 3
	typeFile       = 4
	typeDatagrams  = 5
	typeStream     = 6
)

func (d *descriptor) kind() byte {
	switch {
	case d.directory:
		return typeDirectory
	case d.node != nil || d.fixed != nil:
		return typeFile
	case d.packets != nil:
		return typeDatagrams
	case d.stream != nil || d.listener != nil || d.sync != nil:
		return typeStream
	}
	return typeCharacters
}

const (
	flagAppend   = 1
	flagNonblock = 4
)

func fdFdstatGet(in *instance, a args) errno {
	d := in.file(a.u32(0))
	b := in.bytes(a.u32(1), 24)
	switch {
	case d == nil:
		return eBadf
	case b == nil:
		return eFault
	}
	clear(b)
	b[0] = d.kind()
	flags := uint16(0)
	if d.append {
		flags |= flagAppend
	}
	if d.node == nil && d.fixed == nil && !d.directory && d.output == nil {
		flags |= flagNonblock
	}
	binary.LittleEndian.PutUint16(b[2:], flags)
	binary.LittleEndian.PutUint64(b[8:], ^uint64(0))
	binary.LittleEndian.PutUint64(b[16:], ^uint64(0))
	return 0
}

func fdFdstatSetFlags(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil {
		return eBadf
	}
	d.append = a.u32(1)&flagAppend != 0
	return 0
}

func fdClose(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil {
		return eBadf
	}
	d.close()
	in.files[a.u32(0)] = nil
	return 0
}

// putStat puts what there is to know of a node into the program's memory.
func (in *instance) putStat(at uint32, kind byte, info host.NodeInfo) errno {
	b := in.bytes(at, 64)
	if b == nil {
		return eFault
	}
	clear(b)
	binary.LittleEndian.PutUint64(b, 1)
	binary.LittleEndian.PutUint64(b[8:], info.ID+1)
	b[16] = kind
	binary.LittleEndian.PutUint64(b[24:], 1)
	binary.LittleEndian.PutUint64(b[32:], uint64(info.Size))
	for _, field := range []int{40, 48, 56} {
		binary.LittleEndian.PutUint64(b[field:], uint64(max(0, info.Modified.UnixNano())))
	}
	return 0
}

func kindOf(info host.NodeInfo) byte {
	if info.Dir {
		return typeDirectory
	}
	return typeFile
}

func fdFilestatGet(in *instance, a args) errno {
	d := in.file(a.u32(0))
	switch {
	case d == nil:
		return eBadf
	case d.node != nil:
		return in.putStat(a.u32(1), d.kind(), d.node.Info())
	case d.fixed != nil:
		return in.putStat(a.u32(1), d.kind(), host.NodeInfo{Size: int64(len(*d.fixed))})
	case d.directory:
		return in.putStat(a.u32(1), d.kind(), host.NodeInfo{Dir: true})
	}
	return in.putStat(a.u32(1), d.kind(), host.NodeInfo{})
}

func fdFilestatSetSize(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil || d.node == nil {
		return eBadf
	}
	return numberOf(d.node.Truncate(int64(a[1])))
}

// at is the descriptor's file at a place.
func (in *instance) at(d *descriptor, b []byte, offset int64, write bool) (int, error) {
	switch {
	case d.fixed != nil && write:
		if d.path == "dev/null" {
			return len(b), nil
		}
		return 0, fs.ErrInvalid
	case d.fixed != nil:
		if offset >= int64(len(*d.fixed)) {
			return 0, nil
		}
		return copy(b, (*d.fixed)[offset:]), nil
	case d.directory || d.node == nil:
		return 0, host.ErrIsDir
	case write:
		return d.node.WriteAt(b, offset)
	}
	return d.node.ReadAt(b, offset)
}

// placed says whether the descriptor is of something with places: a file.
func (d *descriptor) placed() bool { return d.node != nil || d.fixed != nil || d.directory }

func fdPread(in *instance, a args) errno  { return in.positioned(a, false) }
func fdPwrite(in *instance, a args) errno { return in.positioned(a, true) }

func (in *instance) positioned(a args, write bool) errno {
	d, offset := in.file(a.u32(0)), int64(a[3])
	switch {
	case d == nil:
		return eBadf
	case !d.placed():
		return eSPipe
	}
	in.kernel.Spend(callCost)
	return in.each(a.u32(1), a.u32(2), a.u32(4), func(b []byte) (int, error) {
		n, err := in.at(d, b, offset, write)
		offset += int64(n)
		return n, err
	})
}

func fdRead(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil {
		return eBadf
	}
	in.kernel.Spend(callCost)
	return in.each(a.u32(1), a.u32(2), a.u32(3), func(b []byte) (int, error) {
		if !d.placed() {
			return d.read(b)
		}
		n, err := in.at(d, b, d.offset, false)
		d.offset += int64(n)
		return n, err
	})
}

func fdWrite(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil {
		return eBadf
	}
	in.kernel.Spend(callCost)
	return in.each(a.u32(1), a.u32(2), a.u32(3), func(b []byte) (int, error) {
		if !d.placed() {
			return d.write(b)
		}
		if d.append && d.node != nil {
			d.offset = d.node.Info().Size
		}
		n, err := in.at(d, b, d.offset, true)
		d.offset += int64(n)
		return n, err
	})
}

func fdSeek(in *instance, a args) errno {
	d := in.file(a.u32(0))
	switch {
	case d == nil:
		return eBadf
	case !d.placed():
		return eSPipe
	}
	to := int64(a[1])
	switch a.u32(2) {
	case 1:
		to += d.offset
	case 2:
		size := int64(0)
		if d.node != nil {
			size = d.node.Info().Size
		} else if d.fixed != nil {
			size = int64(len(*d.fixed))
		}
		to += size
	}
	if to < 0 {
		return eInval
	}
	d.offset = to
	return in.put64(a.u32(3), uint64(to))
}

// fdSync is a sync that blocks the whole program. Go's os package has one that does not: syncBegin.
func fdSync(in *instance, a args) errno {
	s, no := in.beginSync(a.u32(0))
	if no != 0 {
		return no
	}
	for !s.done {
		in.park(func() bool { return s.done })
	}
	return numberOf(s.err)
}

func (in *instance) beginSync(number uint32) (*syncing, errno) {
	d := in.file(number)
	if d == nil {
		return nil, eBadf
	}
	s := &syncing{}
	node := d.node
	if d.directory && node == nil {
		root, err := in.kernel.Tree().Open("", host.Opening{})
		if err != nil {
			return nil, numberOf(err)
		}
		node = root
	}
	if node == nil || !in.setup.Lie.syncs(d.directory) {
		s.done = true
		return s, 0
	}
	in.kernel.Spend(callCost)
	node.Sync(func(err error) {
		s.done, s.err = true, err
		in.wake()
	})
	return s, 0
}

func syncBegin(in *instance, a args) errno {
	s, no := in.beginSync(a.u32(0))
	if no != 0 {
		return no
	}
	fd, no := in.newFile(&descriptor{sync: s})
	if no != 0 {
		return no
	}
	return in.put32(a.u32(1), uint32(fd))
}

func syncEnd(in *instance, a args) errno {
	d := in.file(a.u32(0))
	switch {
	case d == nil || d.sync == nil:
		return eBadf
	case !d.sync.done:
		return eAgain
	}
	return numberOf(d.sync.err)
}

func fdPrestatGet(in *instance, a args) errno {
	if a.u32(0) != 3 {
		return eBadf
	}
	return in.put64(a.u32(1), 1<<32) // a directory whose name has one letter
}

func fdPrestatDirName(in *instance, a args) errno {
	b := in.bytes(a.u32(1), 1)
	if a.u32(0) != 3 || b == nil {
		return eBadf
	}
	b[0] = '/'
	return 0
}

// fdReaddir hands out what a directory had when it was first read.
func fdReaddir(in *instance, a args) errno {
	d, buffer, cookie := in.file(a.u32(0)), in.bytes(a.u32(1), a.u32(2)), a[3]
	switch {
	case d == nil || !d.directory:
		return eNotDir
	case buffer == nil:
		return eFault
	}
	if cookie == 0 {
		node := d.node
		if node == nil {
			root, err := in.kernel.Tree().Open("", host.Opening{})
			if err != nil {
				return numberOf(err)
			}
			node = root
		}
		list, err := node.List()
		if err != nil {
			return numberOf(err)
		}
		d.list = list
	}
	used := 0
	for i := cookie; i < uint64(len(d.list)) && used < len(buffer); i++ {
		entry := make([]byte, 24, 24+len(d.list[i].Name))
		binary.LittleEndian.PutUint64(entry, i+1)
		binary.LittleEndian.PutUint64(entry[8:], d.list[i].ID+1)
		binary.LittleEndian.PutUint32(entry[16:], uint32(len(d.list[i].Name)))
		entry[20] = kindOf(d.list[i])
		used += copy(buffer[used:], append(entry, d.list[i].Name...))
	}
	return in.put32(a.u32(4), uint32(used))
}
