//go:build linux

package disk

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ordeal/sim"
	"ordeal/testbed/real/thread"
)

// mounted is a disk, and the thread that sees it.
type mounted struct {
	t   *testing.T
	th  *thread.Thread
	d   *Disk
	dir string
}

// newMounted mounts a disk, or skips the test where none can be had.
func newMounted(t *testing.T, seed uint64, journal bool) *mounted {
	t.Helper()
	th, err := thread.New(func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(th.Close)
	v := sim.NewVolume(seed, "n1", time.Now)
	v.Journal = journal
	m := &mounted{t: t, th: th, dir: t.TempDir()}
	if m.d, err = Mount(th.Do, m.dir, v); errors.Is(err, errUnable) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.d.Close)
	return m
}

// write writes to a file's end, and syncs it if it is to be durable. Calls of package os would be asked by this very
// program's poller.
func (m *mounted) write(name, text string, durable bool) error {
	return m.th.Do(func() error {
		fd, err := unix.Open(filepath.Join(m.dir, name), unix.O_CREAT|unix.O_WRONLY|unix.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if _, err := unix.Write(fd, []byte(text)); err != nil || !durable {
			return err
		}
		return unix.Fsync(fd)
	})
}

func (m *mounted) syncDir() error {
	return m.th.Do(func() error {
		fd, err := unix.Open(m.dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return unix.Fsync(fd)
	})
}

func (m *mounted) read(name string) (text string, err error) {
	err = m.th.Do(func() error {
		fd, err := unix.Open(filepath.Join(m.dir, name), unix.O_RDONLY, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		b := make([]byte, 1<<16)
		n, err := unix.Read(fd, b)
		text = string(b[:max(n, 0)])
		return err
	})
	return text, err
}

func (m *mounted) must(errs ...error) {
	m.t.Helper()
	if err := errors.Join(errs...); err != nil {
		m.t.Fatal(err)
	}
}

// TestCrashesKeepWhatWasSynced, and lose of the rest what chance decides.
func TestCrashesKeepWhatWasSynced(t *testing.T) {
	lost, torn, unnamed := 0, 0, 0
	for seed := range uint64(40) {
		m := newMounted(t, seed, false)
		tail := strings.Repeat("x", 2000)
		m.must(m.write("log", "kept", true), m.syncDir(), m.write("log", tail, false), m.write("new", "new", true))
		m.d.Crash()
		text, err := m.read("log")
		if err != nil || !strings.HasPrefix(text, "kept") {
			t.Fatalf("seed %d: %q, %v", seed, text, err)
		}
		if len(text) == len("kept") {
			lost++
		} else if text != "kept"+tail {
			torn++
		}
		if text, err = m.read("new"); errors.Is(err, unix.ENOENT) {
			unnamed++ // its directory was never synced
		} else if err != nil || text != "new" {
			t.Errorf("seed %d: what was synced is %q, %v", seed, text, err)
		}
	}
	if lost == 0 || torn == 0 || unnamed == 0 {
		t.Errorf("of 40 crashes %d lost a write, %d tore it, %d lost a name", lost, torn, unnamed)
	}
}

// TestAJournalKeepsNames of files that were synced, as usual file systems do.
func TestAJournalKeepsNames(t *testing.T) {
	for seed := range uint64(20) {
		m := newMounted(t, seed, true)
		m.must(m.write("new", "new", true))
		m.d.Crash()
		if text, err := m.read("new"); err != nil || text != "new" {
			t.Errorf("seed %d: %q, %v", seed, text, err)
		}
	}
}

func TestDiskFaults(t *testing.T) {
	m := newMounted(t, 3, false)
	fault := func(f sim.DiskFault) { m.d.With(func(v *sim.Volume) { v.SetFault(f) }) }
	old := strings.Repeat("0123456789", 500)
	m.must(m.write("a", old, true), m.syncDir(), m.write("a", old, true), m.write("a", old, true))

	fault(sim.DiskFault{SyncDelay: 50 * time.Millisecond})
	begun := time.Now()
	if err := m.write("b", "x", true); err != nil || time.Since(begun) < 50*time.Millisecond {
		t.Errorf("a slow sync took %v: %v", time.Since(begun), err)
	}
	fault(sim.DiskFault{FailSyncPPM: 1_000_000})
	if err := m.write("b", "x", true); !errors.Is(err, unix.EIO) {
		t.Errorf("a sync that fails: %v", err)
	}
	fault(sim.DiskFault{Full: true})
	if err := m.write("c", "x", false); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("a file on a full disk: %v", err)
	}
	fault(sim.DiskFault{FailRead: true})
	if _, err := m.read("a"); !errors.Is(err, unix.EIO) {
		t.Errorf("a read that fails: %v", err)
	}
	fault(sim.DiskFault{})
	what := ""
	m.d.With(func(v *sim.Volume) { what = v.Damage(sim.BitRot, false) })
	if text, err := m.read("a"); err != nil || text == old+old+old || what == "" {
		t.Errorf("nothing is wrong with a file of which %q are wrong: %v", what, err)
	}
	m.d.With(func(v *sim.Volume) { v.Repair() })
	if text, err := m.read("a"); err != nil || text != old+old+old {
		t.Errorf("a file that was repaired: %v", err)
	}
}

// TestATrapCatchesASync in its middle: the program that asked for it is killed, and what it wrote is in doubt.
func TestATrapCatchesASync(t *testing.T) {
	m := newMounted(t, 3, false)
	hit := make(chan struct{})
	m.d.TrapSync(func() { close(hit) })
	c := exec.Command("sh", "-c", "echo text >f; sync -d f; echo done >g")
	c.Dir, c.SysProcAttr = m.dir, &syscall.SysProcAttr{Setpgid: true}
	m.must(m.th.Start(c))
	select {
	case <-hit:
	case <-time.After(10 * time.Second):
		t.Error("no sync came")
	}
	m.must(syscall.Kill(-c.Process.Pid, syscall.SIGKILL))
	m.d.Release()
	_ = c.Wait() // it was killed
	if _, err := m.read("g"); !errors.Is(err, unix.ENOENT) {
		t.Errorf("the program went on behind a sync that was never done: %v", err)
	}
}

// TestSignalsEndNoTrappedSync: a program that is not killed yet gets signals as it always does, and must not see that
// its disk fails.
func TestSignalsEndNoTrappedSync(t *testing.T) {
	m := newMounted(t, 4, false)
	var tid int
	m.must(m.th.Do(func() error { tid = unix.Gettid(); return nil }))
	hit, back := make(chan struct{}), make(chan error, 1)
	m.d.TrapSync(func() { close(hit) })
	go func() { back <- m.write("f", "text", true) }()
	<-hit
	for range 5 {
		m.must(unix.Tgkill(os.Getpid(), tid, unix.SIGURG))
		time.Sleep(20 * time.Millisecond)
	}
	select {
	case err := <-back:
		t.Errorf("a signal has ended the sync: %v", err)
		return
	default:
	}
	m.d.Release()
	if err := <-back; !errors.Is(err, unix.EIO) {
		t.Errorf("a sync in a trap came back as %v", err)
	}
}

// TestFilesGoInAndOut from this machine's folders to a volume, and back.
func TestFilesGoInAndOut(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
	if err := errors.Join(os.Mkdir(filepath.Join(from, "d"), 0o700),
		os.WriteFile(filepath.Join(from, "d", "f"), []byte("text"), 0o600)); err != nil {
		t.Fatal(err)
	}
	v := sim.NewVolume(1, "n1", time.Now)
	if err := Load(v, from); err != nil {
		t.Fatal(err)
	}
	v.Crash()
	if err := Dump(v, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(to, "d", "f")); err != nil || !bytes.Equal(got, []byte("text")) {
		t.Errorf("%q, %v", got, err)
	}
}

// TestNothingIsSeenOfAMount but on its thread.
func TestNothingIsSeenOfAMount(t *testing.T) {
	m := newMounted(t, 1, false)
	m.must(m.write("f", "x", true))
	if list, err := os.ReadDir(m.dir); err != nil || len(list) > 0 {
		t.Errorf("the rest of the program sees %v, %v", list, err)
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil || strings.Contains(string(mounts), m.dir) {
		t.Errorf("it is among the program's mounts: %v", err)
	}
}

func TestTry(t *testing.T) {
	if err := Try(); err != nil && !errors.Is(err, errUnable) {
		t.Error(err)
	}
}
