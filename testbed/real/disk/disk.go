// Package disk gives a server a disk that loses at a crash what was not synced, as one in a simulated world does: a
// file system of this program's, whose files are in its memory. It is mounted where only the server sees it, so nothing
// of it is left when the server and this program have ended, in whatever way.
package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ordeal/host"
	"ordeal/sim"
)

// errUnable says that this machine, or this user, can mount no file systems of programs.
var errUnable = errors.New("file systems of programs (FUSE) can't be had here")

// Disk is a mounted volume. Its methods may be called from any goroutine.
type Disk struct {
	mount mount

	mu     sync.Mutex
	volume *sim.Volume
	nodes  map[uint64]*known
	hit    func()        // the trap in the next sync
	caught chan struct{} // closed when the syncs in a trap that was sprung may come back; nil without one
}

// known is a node that the kernel knows.
type known struct {
	inode   sim.Inode
	lookups uint64
}

// With calls a function with the volume, while nothing else happens to it.
func (d *Disk) With(f func(v *sim.Volume)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d.volume)
}

// Crash loses what was not durable. No program may use the disk meanwhile.
func (d *Disk) Crash() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hit = nil
	d.release()
	d.volume.Crash()
}

// Release lets the syncs that a trap has caught come back, as failed. The program that asked for them has been killed,
// so that it never sees it: a signal alone is not its end, and Go's programs get many.
func (d *Disk) Release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release()
}

func (d *Disk) release() {
	if d.caught != nil {
		close(d.caught)
		d.caught = nil
	}
}

// TrapSync has a function called in the middle of the next sync, which does not come to its end, nor does any behind
// it. It is to kill the program, to release the disk, and then to crash it. With nil there is no such trap.
func (d *Disk) TrapSync(hit func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hit = hit
}

// Load puts the files below a folder of this machine on a volume, durably.
func Load(v *sim.Volume, dir string) error {
	return filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return v.Put(strings.Split(filepath.ToSlash(name), "/"), data)
	})
}

// Dump writes the files of a volume below a folder of this machine.
func Dump(v *sim.Volume, dir string) error { return dump(v, sim.Inode{}, dir) }

func dump(v *sim.Volume, from sim.Inode, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for _, info := range v.List(from) {
		node, err := v.Lookup(from, info.Name)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, info.Name)
		if info.Dir {
			if err := dump(v, node, path); err != nil {
				return err
			}
			continue
		}
		data := make([]byte, info.Size)
		n, err := v.ReadAt(node, data, 0)
		if err == nil {
			err = os.WriteFile(path, data[:n], 0o640)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isFull says that there is no room.
func isFull(err error) bool { return errors.Is(err, host.ErrFull) }
