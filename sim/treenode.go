package sim

import (
	"fmt"
	"io/fs"
	"time"

	"ordeal/host"
)

// tree is a machine's disk as host.Tree, in one life.
type tree struct{ kernel }

// treeNode is an open file or directory; of a nil file, the root.
type treeNode struct {
	t    tree
	name string // when it was opened
	file *content
}

var (
	_ host.Tree = tree{}
	_ host.Node = (*treeNode)(nil)
)

func (t tree) disk() *disk { return &t.m.disk }

// note takes into the trace hash what is done to the disk at once, and the time that it takes.
func (t tree) note(what uint64, bytes int) {
	d := t.disk()
	t.m.w.trace.hash = mix(t.m.w.trace.hash, what)
	t.Spend(d.m.w.cfg.Disk.Step + transfer(bytes, d.m.w.cfg.Disk.BytesPerSecond))
}

// touch gives a node that is changed the time of day.
func (t tree) touch(file *content) {
	if file != nil {
		file.node.modified = t.Wall().Sub(epoch)
	}
}

// failed is an error with what was not done.
func failed(what, p string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("can't %s %s: %w", what, p, err)
}

// Open opens what has a path.
func (t tree) Open(p string, how host.Opening) (host.Node, error) {
	n, err := t.open(p, how)
	if err != nil {
		return nil, failed("open", p, err)
	}
	return n, nil
}

func (t tree) open(p string, how host.Opening) (*treeNode, error) {
	if !t.alive() {
		return nil, fs.ErrClosed
	}
	d := t.disk()
	dir, name, file, err := d.files.find(p)
	isDir := name == "" || file != nil && file.node.dir
	switch {
	case err != nil:
		return nil, err
	case file == nil && name != "" && (!how.Create || how.Directory):
		return nil, fs.ErrNotExist
	case how.Create && how.Exclusive && (file != nil || name == ""):
		return nil, fs.ErrExist
	case how.Directory && !isDir:
		return nil, host.ErrNotDir
	case isDir && (how.Truncate || how.Create):
		return nil, host.ErrIsDir
	case file == nil && name != "":
		if file, err = t.create(dir, name, false); err != nil {
			return nil, err
		}
	case how.Truncate && len(file.data) > 0:
		t.note(hashString(name), 0)
		file.shrink(0)
		t.touch(file)
	}
	return &treeNode{t, name, file}, nil
}

// create makes a node in a directory.
func (t tree) create(dir *content, name string, isDir bool) (*content, error) {
	d := t.disk()
	if d.fault.Full {
		t.m.w.stats.Full++
		return nil, ErrFull
	}
	t.note(hashString(name), 0)
	file := d.files.newNode(isDir)
	d.files.change(nameChange{name: name})
	d.files.names[name] = file
	t.touch(file)
	t.touch(dir)
	return file, nil
}

// Mkdir makes a directory.
func (t tree) Mkdir(p string) error {
	if !t.alive() {
		return fs.ErrClosed
	}
	dir, name, file, err := t.disk().files.find(p)
	switch {
	case err != nil:
	case file != nil || name == "":
		err = fs.ErrExist
	default:
		_, err = t.create(dir, name, true)
	}
	return failed("make", p, err)
}

// Remove removes a file's name.
func (t tree) Remove(p string) error { return failed("remove", p, t.remove(p, false)) }

// Rmdir removes an empty directory.
func (t tree) Rmdir(p string) error { return failed("remove", p, t.remove(p, true)) }

func (t tree) remove(p string, wantDir bool) error {
	if !t.alive() {
		return fs.ErrClosed
	}
	files := &t.disk().files
	dir, name, file, err := files.find(p)
	if err == nil {
		err = files.mayRemove(name, file, wantDir)
	}
	if err != nil {
		return err
	}
	t.note(hashString(name)+1, 0)
	files.unlink(name, file)
	t.touch(dir)
	return nil
}

// Rename gives another path to a node.
func (t tree) Rename(from, to string) error { return failed("rename", from, t.rename(from, to)) }

func (t tree) rename(from, to string) error {
	if !t.alive() {
		return fs.ErrClosed
	}
	files := &t.disk().files
	dir, name, file, err := files.find(from)
	if err != nil {
		return err
	}
	toDir, toName, old, err := files.find(to)
	switch {
	case err != nil:
		return err
	case file != nil && name == toName:
		return nil
	}
	if err := files.mayRename(name, file, toDir, toName, old); err != nil {
		return err
	}
	t.note(hashString(name)^hashString(toName), 0)
	files.move(name, file, toName, old)
	t.touch(dir)
	t.touch(toDir)
	return nil
}

// Stat is what there is to know of what has a path.
func (t tree) Stat(p string) (host.NodeInfo, error) {
	n, err := t.open(p, host.Opening{})
	if err != nil {
		return host.NodeInfo{}, failed("look at", p, err)
	}
	return n.Info(), nil
}

// Info is what there is to know of the node.
func (n *treeNode) Info() host.NodeInfo { return n.t.info(n.name, n.file) }

func (t tree) info(name string, file *content) host.NodeInfo {
	if file == nil {
		return host.NodeInfo{Dir: true, Modified: epoch}
	}
	_, last := parent(name)
	return host.NodeInfo{
		Name: last, ID: file.node.id, Dir: file.node.dir, Size: int64(len(file.data)),
		Modified: epoch.Add(file.node.modified),
	}
}

// asFile is nil if the node is a file that can be used.
func (n *treeNode) asFile() error {
	switch {
	case !n.t.alive():
		return fs.ErrClosed
	case n.file == nil || n.file.node.dir:
		return host.ErrIsDir
	}
	return nil
}

// ReadAt reads what is there.
func (n *treeNode) ReadAt(b []byte, offset int64) (int, error) {
	if err := n.asFile(); err != nil {
		return 0, failed("read", n.name, err)
	}
	if n.t.disk().fault.FailRead {
		n.t.m.w.stats.ReadErrors++
		return 0, failed("read", n.name, ErrDisk)
	}
	if offset < 0 || offset >= int64(len(n.file.data)) {
		return 0, nil
	}
	read := n.file.readAt(b, offset)
	n.t.Spend(transfer(read, n.t.m.w.cfg.Disk.BytesPerSecond))
	return read, nil
}

// fileMax is how long a file may be.
const fileMax = 1 << 32

// WriteAt writes.
func (n *treeNode) WriteAt(b []byte, offset int64) (int, error) {
	if err := n.asFile(); err != nil {
		return 0, failed("write", n.name, err)
	}
	if offset < 0 || offset+int64(len(b)) > fileMax {
		return 0, failed("write", n.name, fs.ErrInvalid)
	}
	d, err := n.t.disk(), error(nil)
	if grown := offset + int64(len(b)) - int64(len(n.file.data)); d.fault.Full && grown > 0 {
		n.t.m.w.stats.Full++
		b, err = fitting(b, grown, d.spare), ErrFull
	}
	n.t.note(hashBytes(b)+uint64(offset), len(b))
	if len(b) > 0 {
		n.file.writeAt(b, int(offset))
	}
	n.t.touch(n.file)
	return len(b), failed("write", n.name, err)
}

// Truncate cuts the file, or makes it longer.
func (n *treeNode) Truncate(size int64) error {
	err := n.asFile()
	switch {
	case err != nil:
	case size < 0 || size > fileMax:
		err = fs.ErrInvalid
	case size > int64(len(n.file.data)) && n.t.disk().fault.Full:
		err = ErrFull
	default:
		n.t.note(uint64(size)+2, 0)
		n.file.resize(int(size))
		n.t.touch(n.file)
	}
	return failed("truncate", n.name, err)
}

// List is what the directory has.
func (n *treeNode) List() (list []host.NodeInfo, err error) {
	switch {
	case !n.t.alive():
		return nil, fs.ErrClosed
	case n.file != nil && !n.file.node.dir:
		return nil, failed("list", n.name, host.ErrNotDir)
	}
	id := uint64(0)
	if n.file != nil {
		id = n.file.node.id
	}
	files := &n.t.disk().files
	for _, name := range files.listDir(id) {
		list = append(list, n.t.info(name, files.names[name]))
	}
	n.t.Spend(time.Duration(len(list)) * time.Microsecond)
	return list, nil
}

// Sync makes durable what there is now.
func (n *treeNode) Sync(done func(error)) {
	if !n.t.alive() {
		return
	}
	d := n.t.disk()
	sync, step := &nodeSync{file: n.file, changes: d.files.tree.changes}, host.SyncDir()
	if n.file != nil && !n.file.node.dir {
		sync.changes, step = uint64(n.file.node.shed+len(n.file.undo)), host.Sync(n.name)
	}
	j := d.newJob(host.Job{step}, done)
	j.node = sync
	d.queue(j)
}
