package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"ordeal/sim"
	"ordeal/testbed/real/thread"
)

// mount is where a disk is mounted, and what serves it.
type mount struct {
	do     func(func() error) error
	dir    string
	server *fuse.Server
}

// writeMax is how many bytes one request of the kernel's reads or writes.
const writeMax = 128 << 10

// Mount mounts a volume on a folder, as it is seen from a thread, on which do calls functions, and by programs that are
// started there: the thread gets mounts of its own.
func Mount(do func(func() error) error, dir string, v *sim.Volume) (*Disk, error) {
	d := &Disk{volume: v, nodes: map[uint64]*known{fuse.FUSE_ROOT_ID: {}},
		mount: mount{do: do, dir: dir}}
	fd := -1
	err := do(func() (err error) {
		fd, err = mountHere(dir)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnable, err)
	}
	d.mount.server, err = fuse.NewServer(newFiles(d), fmt.Sprintf("/dev/fd/%d", fd), &fuse.MountOptions{
		FsName: "ordeal", DisableXAttrs: true, DisableReadDirPlus: true, MaxWrite: writeMax,
		// Else the kernel may read and write around what serves the disk.
		DisabledCapabilities: fuse.CAP_PASSTHROUGH | fuse.CAP_WRITEBACK_CACHE,
	})
	if err != nil {
		d.unmount()
		return nil, fmt.Errorf("%w: %w", errUnable, err)
	}
	go d.mount.server.Serve()
	return d, nil
}

// mountHere mounts on the calling thread, which no other will be again, and returns what the kernel's requests come by.
func mountHere(dir string) (fd int, err error) {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return -1, fmt.Errorf("unshare: %w", err)
	}
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return -1, fmt.Errorf("mounts of its own: %w", err)
	}
	if fd, err = unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
		return -1, fmt.Errorf("/dev/fuse: %w", err)
	}
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=%d,group_id=%d,max_read=%d", fd, os.Getuid(), os.Getgid(),
		writeMax)
	if err := unix.Mount("ordeal", dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("mount: %w", err)
	}
	return fd, nil
}

func (d *Disk) unmount() {
	// It goes with the thread's mounts at the latest. Whoever still waits for it is told that it is gone.
	_ = d.mount.do(func() error { return unix.Unmount(d.mount.dir, unix.MNT_FORCE|unix.MNT_DETACH) })
}

// Close takes the disk away. The programs that used it have ended, and the thread has not.
func (d *Disk) Close() {
	d.Release()
	d.unmount()
	d.mount.server.Wait()
}

// Try mounts a disk, writes to it and looks whether that has come: it says why no disk can be had, if none can.
func Try() error {
	dir, err := os.MkdirTemp("", "ordeal-disk")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t, err := thread.New(func() error { return nil })
	if err != nil {
		return err
	}
	defer t.Close()
	v := sim.NewVolume(1, "try", time.Now)
	d, err := Mount(t.Do, dir, v)
	if err != nil {
		return err
	}
	defer d.Close()
	// No package os here: its poller would ask this very program whether the file is ready.
	err = t.Do(func() error {
		fd, err := unix.Open(filepath.Join(dir, "try"), unix.O_CREAT|unix.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if _, err := unix.Write(fd, []byte("try")); err != nil {
			return err
		}
		return unix.Fsync(fd)
	})
	d.With(func(v *sim.Volume) {
		if err == nil && v.Syncs() != 1 {
			err = fmt.Errorf("one sync arrived as %d", v.Syncs())
		}
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUnable, err)
	}
	return nil
}
