package oshost

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"ordeal/host"
	"ordeal/host/oshost/doubt"
	"ordeal/host/oshost/inbox"
)

// testDisk is a disk in a directory of its own, and the done events that it reports, in order.
type testDisk struct {
	*disk
	t   *testing.T
	dir string
}

func newTestDisk(t *testing.T) *testDisk {
	dir := t.TempDir()
	d, err := openDisk(dir, "n1", inbox.New[event]())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return &testDisk{disk: d, t: t, dir: dir}
}

// do submits the jobs and returns what their done functions got.
func (d *testDisk) do(jobs ...host.Job) []error {
	var errs []error
	for _, job := range jobs {
		d.Submit(job, func(err error) { errs = append(errs, err) })
	}
	d.drain()
	for _, e := range d.inbox.Take(nil) {
		e.done(e.err)
	}
	if len(errs) != len(jobs) {
		d.t.Fatalf("%d jobs, %d done", len(jobs), len(errs))
	}
	return errs
}

// device puts a device file into the directory under a name.
func (d *testDisk) device(name, device string) {
	if err := os.Symlink(device, filepath.Join(d.dir, name)); err != nil {
		d.t.Fatal(err)
	}
	if _, err := os.Stat(device); err != nil {
		d.t.Skip("this system has no ", device)
	}
}

func write(name, s string) host.Job { return host.Job{host.Append(name, []byte(s)), host.Sync(name)} }

// TestDiskFull appends to a device that is always full. The next job is tried on its own merits.
func TestDiskFull(t *testing.T) {
	d := newTestDisk(t)
	d.device("full", "/dev/full")
	errs := d.do(write("full", "x"), write("log", "y"))
	if !errors.Is(errs[0], syscall.ENOSPC) || errs[1] != nil {
		t.Errorf("%v", errs)
	}
}

// TestSyncFails syncs a device that can't be synced: every job that shares the sync gets the error, and so does every
// later one, since a second sync might falsely succeed.
func TestSyncFails(t *testing.T) {
	d := newTestDisk(t)
	d.device("null", "/dev/null")
	if errs := d.do(write("log", "x")); errs[0] != nil {
		t.Fatal(errs)
	}
	for i, err := range d.do(write("null", "a"), write("null", "b"), write("log", "c"), host.Job{host.SyncDir()}) {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("job %d: %v", i, err)
		}
	}
	if got, err := d.ReadFile("log"); string(got) != "x" {
		t.Errorf("the log is %q, %v", got, err)
	}
	before, err := os.Stat(filepath.Join(d.path, "log"))
	if err != nil {
		t.Fatal(err)
	}
	d.close()
	again, err := openDisk(d.path, "n1", d.inbox)
	if err != nil {
		t.Fatal(err)
	}
	defer again.close()
	after, err := os.Stat(filepath.Join(d.path, "log"))
	if err != nil || os.SameFile(before, after) {
		t.Errorf("what was not synced is not written anew: %v", err)
	}
	if got, err := again.ReadFile("log"); string(got) != "x" {
		t.Errorf("the log is %q behind that, %v", got, err)
	}
	if names, err := again.ReadDir(); err != nil || !slices.Equal(names, []string{"log", "null"}) {
		t.Errorf("there are %q, %v", names, err)
	}
}

func TestSharedSync(t *testing.T) {
	a := write("a", "1")
	aa := host.Job{host.Append("a", nil), host.Append("a", nil), host.Sync("a")}
	for _, c := range []struct {
		jobs []host.Job
		want int
	}{
		{[]host.Job{a}, 1},
		{[]host.Job{a, aa, a}, 3},
		{[]host.Job{a, a, write("b", "1"), a}, 2},
		{[]host.Job{a, {host.Append("a", nil)}, a}, 1},
		{[]host.Job{a, {host.Sync("a")}}, 1},
		{[]host.Job{a, {}}, 1},
		{[]host.Job{{}, a}, 0},
		{[]host.Job{{host.Sync("a")}, a}, 0},
		{[]host.Job{{host.Append("b", nil), host.Sync("a")}, a}, 0},
		{[]host.Job{{host.Append("a", nil), host.SyncDir()}}, 0},
		{[]host.Job{{host.Truncate("a", 0), host.Append("a", nil), host.Sync("a")}}, 0},
	} {
		var jobs []submitted
		for _, job := range c.jobs {
			jobs = append(jobs, submitted{job: job})
		}
		if got := sharedSync(jobs); got != c.want {
			t.Errorf("%v: %d share a sync, want %d", c.jobs, got, c.want)
		}
	}
}

// TestFileNames keeps steps inside the directory and off its lock.
func TestFileNames(t *testing.T) {
	d := newTestDisk(t)
	for _, name := range []string{"", ".", "..", "../x", "a/b", lockName, doubt.Name, "a\x00b", `a\b`} {
		for i, err := range d.do(write(name, "x"), host.Job{host.Append("ok", nil), host.Rename("ok", name)},
			host.Job{host.Remove(name)}) {
			if err == nil || !strings.Contains(err.Error(), "no name for a file") {
				t.Errorf("%q, job %d: %v", name, i, err)
			}
		}
		if _, err := d.ReadFile(name); err == nil {
			t.Errorf("%q can be read", name)
		}
	}
	if names, err := d.ReadDir(); fmt.Sprint(names, err) != "[ok] <nil>" {
		t.Errorf("the directory has %v, %v", names, err)
	}
}

// TestManyFiles opens more files than stay open, and goes back to the first.
func TestManyFiles(t *testing.T) {
	d := newTestDisk(t)
	for round := range 2 {
		for i := range 2*openFilesMax + 1 {
			if errs := d.do(host.Job{host.Append(fmt.Sprint(i), fmt.Append(nil, round))}); errs[0] != nil {
				t.Fatal(errs)
			}
		}
	}
	if len(d.store.open) > openFilesMax {
		t.Errorf("%d files are open", len(d.store.open))
	}
	for i := range 2*openFilesMax + 1 {
		if got, err := d.ReadFile(fmt.Sprint(i)); string(got) != "01" {
			t.Errorf("file %d is %q, %v", i, got, err)
		}
	}
}
