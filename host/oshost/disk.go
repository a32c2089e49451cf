package oshost

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"ordeal/host"
	"ordeal/host/oshost/doubt"
	"ordeal/host/oshost/inbox"
)

// lockName is the file that holds a data directory for one machine. Programs do not see it.
const lockName = ".lock"

// disk is a directory whose jobs one goroutine carries out in order.
type disk struct {
	path  string
	lock  *os.File
	store *store
	inbox *inbox.Inbox[event]

	mu      sync.Mutex
	changed sync.Cond
	queue   []submitted
	busy    bool // jobs that were taken from the queue are being carried out
	closing bool
	closed  bool
}

// submitted is a job and what to call when it is done.
type submitted struct {
	job  host.Job
	done func(error)
}

// openDisk takes a directory for one machine, making it if there is none. It writes there, so a directory that can't
// be written, or a disk that is full, is found now and not by the first job.
func openDisk(path string, self host.Addr, in *inbox.Inbox[event]) (*disk, error) {
	if err := makeDir(path); err != nil {
		return nil, fmt.Errorf("can't make the data directory: %w", err)
	}
	lock, err := takeLock(filepath.Join(path, lockName), self)
	if err != nil {
		return nil, fmt.Errorf("can't take the data directory %s: %w", path, err)
	}
	store, err := openStore(path)
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("can't open the data directory: %w", err)
	}
	d := &disk{path: path, lock: lock, store: store, inbox: in}
	d.changed.L = &d.mu
	go d.run()
	return d, nil
}

// makeDir makes a directory, and those above it that are missing, durably. One that exists is left as it is.
func makeDir(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	above := filepath.Dir(path)
	if err := errors.Join(makeDir(above), os.Mkdir(path, 0o750)); err != nil {
		return err
	}
	parent, err := os.Open(above)
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// takeLock locks a file for this machine and writes its name there, for the error of another machine that finds it
// locked.
func takeLock(path string, self host.Addr) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		holder, _ := os.ReadFile(path)
		f.Close()
		return nil, fmt.Errorf("it is in use by %s: %w", holder, err)
	}
	if err := signLock(f, self); err != nil {
		f.Close()
		return nil, fmt.Errorf("it can't be written: %w", err)
	}
	return f, nil
}

func signLock(f *os.File, self host.Addr) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(f, "%s (process %d)", self, os.Getpid()); err != nil {
		return err
	}
	return f.Sync()
}

// ReadDir implements host.Disk.
func (d *disk) ReadDir() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, e := range entries {
		if !e.IsDir() && e.Name() != lockName && e.Name() != doubt.Name {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// ReadFile implements host.Disk.
func (d *disk) ReadFile(name string) ([]byte, error) {
	if err := checkFileName(name); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(d.path, name))
}

// ReadAt implements host.Disk.
func (d *disk) ReadAt(name string, b []byte, offset int64) (int, error) {
	if err := checkFileName(name); err != nil {
		return 0, err
	}
	return readAt(filepath.Join(d.path, name), b, offset)
}

// readAt reads a part of a file; its end is no error.
func readAt(path string, b []byte, offset int64) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n, err := f.ReadAt(b, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Submit implements host.Disk. It never waits: the queue is as long as the program makes it.
func (d *disk) Submit(job host.Job, done func(error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, submitted{job, done})
	d.changed.Broadcast()
}

// run carries out jobs until close.
func (d *disk) run() {
	var jobs []submitted
	for {
		var ok bool
		if jobs, ok = d.take(jobs); !ok {
			break
		}
		for rest := jobs; len(rest) > 0 && !d.isClosing(); {
			rest = rest[d.carryOut(rest):]
		}
		clear(jobs)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.changed.Broadcast()
}

func (d *disk) take(spare []submitted) ([]submitted, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = false
	d.changed.Broadcast()
	for len(d.queue) == 0 && !d.closing {
		d.changed.Wait()
	}
	jobs := d.queue
	d.queue, d.busy = spare[:0], true
	return jobs, !d.closing
}

func (d *disk) isClosing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closing
}

// carryOut does the first of the jobs, and those behind it that can share its sync, and says how many.
func (d *disk) carryOut(jobs []submitted) int {
	n := sharedSync(jobs)
	if n <= 1 {
		d.report(jobs[0], d.store.carryOut(jobs[0].job))
		return 1
	}
	errs := make([]error, n)
	for i, s := range jobs[:n] {
		errs[i] = d.store.carryOut(s.job[:len(s.job)-1])
	}
	last := jobs[n-1].job
	err := d.store.carryOut(last[len(last)-1:])
	for i, s := range jobs[:n] {
		if errs[i] == nil {
			errs[i] = err
		}
		d.report(s, errs[i])
	}
	return n
}

func (d *disk) report(s submitted, err error) {
	d.inbox.PutNow(event{kind: eventDone, done: s.done, err: err})
}

// sharedSync counts the jobs at the front that only add to one file, the same, and then sync it.
func sharedSync(jobs []submitted) int {
	for n, s := range jobs {
		if !addsAndSyncs(s.job) || s.job[0].Name != jobs[0].job[0].Name {
			return n
		}
	}
	return len(jobs)
}

func addsAndSyncs(job host.Job) bool {
	last := len(job) - 1
	if last < 1 || job[last].Kind != host.StepSync {
		return false
	}
	for _, s := range job[:last] {
		if s.Kind != host.StepAppend || s.Name != job[last].Name {
			return false
		}
	}
	return true
}

// drain waits until every job is carried out.
func (d *disk) drain() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.queue) > 0 || d.busy {
		d.changed.Wait()
	}
}

// close waits for the step that is under way, leaves the rest, and gives the directory back.
func (d *disk) close() {
	d.mu.Lock()
	d.closing = true
	d.changed.Broadcast()
	for !d.closed {
		d.changed.Wait()
	}
	d.mu.Unlock()
	d.store.close()
	d.lock.Close()
}
