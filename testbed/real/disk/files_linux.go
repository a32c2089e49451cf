package disk

import (
	"errors"
	"io/fs"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"ordeal/host"
	"ordeal/sim"
)

// files are a volume as the kernel asks for it. Its numbers of nodes are the volume's and one.
type files struct {
	fuse.RawFileSystem
	d *Disk
}

func newFiles(d *Disk) *files { return &files{fuse.NewDefaultRawFileSystem(), d} }

// String names the file system.
func (f *files) String() string { return "ordeal" }

// status is an error as the kernel knows it.
func status(err error) fuse.Status {
	for _, s := range []struct {
		err  error
		code unix.Errno
	}{
		{fs.ErrNotExist, unix.ENOENT}, {fs.ErrExist, unix.EEXIST}, {fs.ErrInvalid, unix.EINVAL},
		{host.ErrNotDir, unix.ENOTDIR}, {host.ErrIsDir, unix.EISDIR}, {host.ErrNotEmpty, unix.ENOTEMPTY},
		{host.ErrFull, unix.ENOSPC},
	} {
		if errors.Is(err, s.err) {
			return fuse.Status(s.code)
		}
	}
	if err != nil {
		return fuse.EIO
	}
	return fuse.OK
}

// node calls f with what has a number.
func (f *files) node(id uint64, do func(v *sim.Volume, n sim.Inode) error) fuse.Status {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	k := f.d.nodes[id]
	if k == nil {
		return fuse.Status(unix.ESTALE)
	}
	return status(do(f.d.volume, k.inode))
}

// attributes of a node. Nothing is to be remembered of them.
func attributes(info host.NodeInfo, out *fuse.Attr) {
	out.Ino, out.Size, out.Blksize = info.ID+1, uint64(info.Size), 4096
	out.Blocks, out.Nlink, out.Mode = (out.Size+511)/512, 1, unix.S_IFREG|0o644
	if info.Dir {
		out.Mode = unix.S_IFDIR | 0o755
	}
	modified := info.Modified
	out.SetTimes(&modified, &modified, &modified)
}

// known tells the kernel of a node. The disk's lock is held.
func (f *files) known(v *sim.Volume, n sim.Inode, out *fuse.EntryOut) {
	info := v.Info(n)
	out.NodeId = info.ID + 1
	attributes(info, &out.Attr)
	k := f.d.nodes[out.NodeId]
	if k == nil {
		k = &known{inode: n}
		f.d.nodes[out.NodeId] = k
	}
	k.lookups++
}

// Lookup finds a name.
func (f *files) Lookup(_ <-chan struct{}, h *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	return f.node(h.NodeId, func(v *sim.Volume, dir sim.Inode) error {
		n, err := v.Lookup(dir, name)
		if err == nil {
			f.known(v, n, out)
		}
		return err
	})
}

// Forget says that the kernel knows a node no more.
func (f *files) Forget(id, lookups uint64) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if k := f.d.nodes[id]; k != nil && id != fuse.FUSE_ROOT_ID {
		if k.lookups -= min(k.lookups, lookups); k.lookups == 0 {
			delete(f.d.nodes, id)
		}
	}
}

// GetAttr tells of a node.
func (f *files) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, n sim.Inode) error {
		attributes(v.Info(n), &out.Attr)
		return nil
	})
}

// SetAttr changes a file's size. Who owns what, and who may do what, is not kept.
func (f *files) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, n sim.Inode) error {
		if size, ok := in.GetSize(); ok {
			if err := v.Truncate(n, int64(size)); err != nil {
				return err
			}
		}
		attributes(v.Info(n), &out.Attr)
		return nil
	})
}

// Mkdir makes a directory.
func (f *files) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, dir sim.Inode) error {
		n, err := v.Create(dir, name, true)
		if err == nil {
			f.known(v, n, out)
		}
		return err
	})
}

// Create makes a file and opens it.
func (f *files) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, dir sim.Inode) error {
		n, err := v.Create(dir, name, false)
		if err == nil {
			f.known(v, n, &out.EntryOut)
		}
		return err
	})
}

// Open opens a file.
func (f *files) Open(_ <-chan struct{}, in *fuse.OpenIn, _ *fuse.OpenOut) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, n sim.Inode) error {
		if in.Flags&unix.O_TRUNC == 0 {
			return nil
		}
		return v.Truncate(n, 0)
	})
}

// Unlink removes a file's name.
func (f *files) Unlink(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	return f.node(h.NodeId, func(v *sim.Volume, dir sim.Inode) error { return v.Remove(dir, name, false) })
}

// Rmdir removes an empty directory.
func (f *files) Rmdir(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	return f.node(h.NodeId, func(v *sim.Volume, dir sim.Inode) error { return v.Remove(dir, name, true) })
}

// Rename gives a node another name.
func (f *files) Rename(_ <-chan struct{}, in *fuse.RenameIn, from, to string) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, dir sim.Inode) error {
		toDir := f.d.nodes[in.Newdir]
		switch {
		case toDir == nil:
			return fs.ErrNotExist
		case in.Flags&unix.RENAME_EXCHANGE != 0:
			return fs.ErrInvalid
		case in.Flags&unix.RENAME_NOREPLACE != 0:
			if _, err := v.Lookup(toDir.inode, to); err == nil {
				return fs.ErrExist
			}
		}
		return v.Rename(dir, from, toDir.inode, to)
	})
}

// Read reads.
func (f *files) Read(_ <-chan struct{}, in *fuse.ReadIn, b []byte) (fuse.ReadResult, fuse.Status) {
	n := 0
	code := f.node(in.NodeId, func(v *sim.Volume, node sim.Inode) (err error) {
		n, err = v.ReadAt(node, b, int64(in.Offset))
		return err
	})
	return fuse.ReadResultData(b[:n]), code
}

// Write writes.
func (f *files) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (written uint32, code fuse.Status) {
	code = f.node(in.NodeId, func(v *sim.Volume, node sim.Inode) error {
		n, err := v.WriteAt(node, data, int64(in.Offset))
		if written = uint32(n); n > 0 && isFull(err) {
			return nil // so much fitted: the next write finds no room
		}
		return err
	})
	return written, code
}

// Writev is Write of several pieces.
func (f *files) Writev(cancel <-chan struct{}, in *fuse.WriteIn, data [][]byte) (uint32, fuse.Status) {
	var all []byte
	for _, piece := range data {
		all = append(all, piece...)
	}
	return f.Write(cancel, in, all)
}

// Fsync makes a file durable.
func (f *files) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status { return f.sync(in.NodeId) }

// FsyncDir makes the names in a directory durable.
func (f *files) FsyncDir(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status { return f.sync(in.NodeId) }

// sync makes a node durable. No signal cuts it short: Go's programs get many, and a real disk hears of none.
func (f *files) sync(id uint64) fuse.Status {
	var takes time.Duration
	var finish func() error
	var caught chan struct{}
	code := f.node(id, func(v *sim.Volume, n sim.Inode) error {
		if hit := f.d.hit; hit != nil {
			f.d.hit, f.d.caught = nil, make(chan struct{})
			go hit()
		}
		if caught = f.d.caught; caught == nil {
			takes, finish = v.Sync(n)
		}
		return nil
	})
	switch {
	case code != fuse.OK:
		return code
	case caught != nil:
		<-caught
		return fuse.EIO
	}
	time.Sleep(takes)
	return f.node(id, func(*sim.Volume, sim.Inode) error { return finish() })
}

// OpenDir opens a directory.
func (f *files) OpenDir(_ <-chan struct{}, in *fuse.OpenIn, _ *fuse.OpenOut) fuse.Status {
	return f.node(in.NodeId, func(*sim.Volume, sim.Inode) error { return nil })
}

// ReadDir lists a directory. What changes meanwhile may be missed, or listed twice.
func (f *files) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return f.node(in.NodeId, func(v *sim.Volume, dir sim.Inode) error {
		list := v.List(dir)
		for i := int(in.Offset); i < len(list); i++ {
			mode := uint32(unix.S_IFREG)
			if list[i].Dir {
				mode = unix.S_IFDIR
			}
			if !out.AddDirEntry(fuse.DirEntry{Name: list[i].Name, Mode: mode, Ino: list[i].ID + 1, Off: uint64(i) + 1}) {
				break
			}
		}
		return nil
	})
}

// StatFs says that there is room.
func (f *files) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	*out = fuse.StatfsOut{Bsize: 4096, Frsize: 4096, Blocks: 1 << 20, Bfree: 1 << 19, Bavail: 1 << 19, NameLen: 255}
	return fuse.OK
}

// Access lets everyone do everything.
func (f *files) Access(<-chan struct{}, *fuse.AccessIn) fuse.Status { return fuse.OK }

// Flush is done with, and makes nothing durable.
func (f *files) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }
