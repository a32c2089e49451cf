package sim

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"ordeal/host"
)

// Volume is a disk with directories that is of no world: what is on it, as programs see it, and what of that no sync
// has made durable. A crash leaves of it what one leaves of a machine's disk in a world. Nothing takes time there, and
// its methods are not to be called at the same time.
type Volume struct {
	files files
	fault DiskFault
	wall  func() time.Time
	seed  uint64
	name  string
	spare *stream // chance of faults
	lives uint64
	hurts uint64
	syncs uint64

	// Journal says that a sync of a file makes all changes of names before it durable, as ext4, XFS and Btrfs do for the
	// names of new files. POSIX asks a program to sync the directory.
	Journal bool
}

// Inode is a file or directory of a Volume; the zero value is the root.
type Inode struct{ file *content }

// NewVolume makes an empty one. The seed and its name decide what chance does to it; wall is the time of day.
func NewVolume(seed uint64, name string, wall func() time.Time) *Volume {
	return &Volume{
		files: files{names: map[string]*content{}}, wall: wall, seed: seed, name: name,
		spare: newStream(seed, "disk/"+name+"/fault"),
	}
}

// touch gives a node that is changed the time of day.
func (v *Volume) touch(file *content) {
	if file != nil {
		file.node.modified = v.wall().Sub(epoch)
	}
}

// Lookup finds what has a name in a directory.
func (v *Volume) Lookup(dir Inode, name string) (Inode, error) {
	file := v.files.names[dir.file.in(name)]
	if file == nil {
		return Inode{}, fs.ErrNotExist
	}
	return Inode{file}, nil
}

// Info is what there is to know of a node; it has no name there.
func (v *Volume) Info(n Inode) host.NodeInfo {
	if n.file == nil {
		return host.NodeInfo{Dir: true, Modified: epoch}
	}
	return host.NodeInfo{ID: n.file.node.id, Dir: n.file.node.dir, Size: int64(len(n.file.data)),
		Modified: epoch.Add(n.file.node.modified)}
}

// Create makes a file or a directory.
func (v *Volume) Create(dir Inode, name string, isDir bool) (Inode, error) {
	name = dir.file.in(name)
	switch {
	case v.files.names[name] != nil:
		return Inode{}, fs.ErrExist
	case v.fault.Full:
		return Inode{}, ErrFull
	}
	file := v.files.newNode(isDir)
	v.files.change(nameChange{name: name})
	v.files.names[name] = file
	v.touch(file)
	v.touch(dir.file)
	return Inode{file}, nil
}

// Remove removes a name, which has to be a directory's or not.
func (v *Volume) Remove(dir Inode, name string, wantDir bool) error {
	name = dir.file.in(name)
	file := v.files.names[name]
	if err := v.files.mayRemove(name, file, wantDir); err != nil {
		return err
	}
	v.files.unlink(name, file)
	v.touch(dir.file)
	return nil
}

// Rename gives a node another name, in another directory perhaps.
func (v *Volume) Rename(dir Inode, name string, toDir Inode, toName string) error {
	name, toName = dir.file.in(name), toDir.file.in(toName)
	file, old := v.files.names[name], v.files.names[toName]
	if file != nil && file == old {
		return nil
	}
	if err := v.files.mayRename(name, file, toDir.file, toName, old); err != nil {
		return err
	}
	v.files.move(name, file, toName, old)
	v.touch(dir.file)
	v.touch(toDir.file)
	return nil
}

// ReadAt reads what is there.
func (v *Volume) ReadAt(n Inode, b []byte, offset int64) (int, error) {
	switch {
	case n.file == nil || n.file.node.dir:
		return 0, host.ErrIsDir
	case v.fault.FailRead:
		return 0, ErrDisk
	case offset < 0 || offset >= int64(len(n.file.data)):
		return 0, nil
	}
	return n.file.readAt(b, offset), nil
}

// WriteAt writes. On a full disk it writes a part of what a file would grow by, and the error says so.
func (v *Volume) WriteAt(n Inode, b []byte, offset int64) (written int, err error) {
	if offset < 0 || offset+int64(len(b)) > fileMax {
		return 0, fs.ErrInvalid
	}
	if grown := offset + int64(len(b)) - int64(len(n.file.data)); v.fault.Full && grown > 0 {
		b, err = fitting(b, grown, v.spare), ErrFull
	}
	if len(b) > 0 {
		n.file.writeAt(b, int(offset))
	}
	v.touch(n.file)
	return len(b), err
}

// Truncate cuts a file, or makes it longer.
func (v *Volume) Truncate(n Inode, size int64) error {
	switch {
	case n.file == nil || n.file.node.dir:
		return host.ErrIsDir
	case size < 0 || size > fileMax:
		return fs.ErrInvalid
	case size > int64(len(n.file.data)) && v.fault.Full:
		return ErrFull
	}
	n.file.resize(int(size))
	v.touch(n.file)
	return nil
}

// List is what a directory has, by name.
func (v *Volume) List(dir Inode) (list []host.NodeInfo) {
	id := v.Info(dir).ID
	for _, name := range v.files.listDir(id) {
		info := v.Info(Inode{v.files.names[name]})
		_, info.Name = parent(name)
		list = append(list, info)
	}
	return list
}

// Sync begins to make durable what there is now of a file, or of the names in a directory. It takes so long, and is
// done when finish is called; one that fails leaves it in doubt for good. If the volume has crashed meanwhile nothing
// becomes of it.
func (v *Volume) Sync(n Inode) (takes time.Duration, finish func() error) {
	v.syncs++
	life, named := v.lives, v.files.tree.changes
	takes = v.fault.SyncDelay + time.Duration(v.spare.below(uint64(v.fault.SyncJitter)))
	failed := hits(v.spare.draw(), v.fault.FailSyncPPM)
	s := &nodeSync{file: n.file, changes: v.files.tree.changes}
	if n.file != nil && !n.file.node.dir {
		s.changes = uint64(n.file.node.shed + len(n.file.undo))
	}
	return takes, func() error {
		if v.lives != life {
			return ErrDisk
		}
		if v.Journal && !failed {
			v.files.dir = slices.DeleteFunc(v.files.dir, func(c nameChange) bool { return c.number <= named })
		}
		return s.finish(&v.files, failed)
	}
}

// Syncs is how many have begun.
func (v *Volume) Syncs() uint64 { return v.syncs }

// SetFault makes the disk worse than it is by nature, in place of the fault before; the zero value ends that.
func (v *Volume) SetFault(fault DiskFault) { v.fault = fault }

// Crash loses, by chance, what was not durable.
func (v *Volume) Crash() {
	v.files.crash(newStream(v.seed, fmt.Sprintf("disk/%s/crash/%d", v.name, v.lives)))
	v.lives++
}

// Damage spoils bytes of one file until Repair, as World.Damage does, and says what it did.
func (v *Volume) Damage(kind Damage, last bool) (what string) {
	v.hurts++
	what, _ = v.files.damage(kind, last, newStream(v.seed, fmt.Sprintf("disk/%s/damage/%d", v.name, v.hurts)))
	return what
}

// Repair undoes all damage.
func (v *Volume) Repair() { v.files.repair() }

// Put puts a file there with all directories above it, durably, as whoever sets the machine up does.
func (v *Volume) Put(path []string, data []byte) error {
	dir := Inode{}
	for _, name := range path[:len(path)-1] {
		next, err := v.Lookup(dir, name)
		if err != nil {
			if next, err = v.Create(dir, name, true); err != nil {
				return err
			}
		}
		dir = next
	}
	file, err := v.Create(dir, path[len(path)-1], false)
	if err != nil {
		return err
	}
	file.file.data = slices.Clone(data)
	v.files.dir = nil
	return nil
}
