package oshost

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"ordeal/host"
	"ordeal/host/oshost/doubt"
)

// openFilesMax is how many files a store keeps open. A program adds to one or two and is long done with the others.
const openFilesMax = 32

// store carries out steps on a directory's files. One goroutine uses it.
type store struct {
	path string
	dir  *os.File
	open map[string]*os.File // for writing at the end, by name
	// failed is the first sync that failed. The system may have thrown the unwritten bytes away and say nothing the
	// next time, so nothing is done after it.
	failed error
	// slow counts the syncs that took longer than slowSync.
	slow atomic.Uint64
}

// slowSync is how long a sync takes that is counted as slow: ZooKeeper's fsync.warningthresholdms where it is not set.
const slowSync = time.Second

// timed syncs something, and counts it if that was slow. A failure is noted for whoever opens the directory next.
func (s *store) timed(sync func() error) error {
	began := time.Now()
	err := sync()
	if time.Since(began) > slowSync {
		s.slow.Add(1)
	}
	s.failed = doubt.Noted(s.path, err)
	return s.failed
}

func openStore(path string) (*store, error) {
	dir, err := doubt.Open(path)
	if err != nil {
		return nil, err
	}
	return &store{path: path, dir: dir, open: map[string]*os.File{}}, nil
}

// carryOut does the steps up to the first that fails.
func (s *store) carryOut(job host.Job) error {
	for _, step := range job {
		if s.failed != nil {
			return fmt.Errorf("the disk is not to be trusted since an earlier sync failed: %w", s.failed)
		}
		if err := s.step(step); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) step(step host.Step) error {
	if step.Kind != host.StepSyncDir {
		if err := checkFileName(step.Name); err != nil {
			return err
		}
	}
	switch step.Kind {
	case host.StepAppend:
		return s.add(step.Name, step.Data)
	case host.StepTruncate:
		return s.truncate(step.Name, step.Size)
	case host.StepSync:
		return s.sync(step.Name)
	case host.StepRename:
		return s.rename(step.Name, step.To)
	case host.StepRemove:
		return s.remove(step.Name)
	case host.StepRead:
		return s.read(step.Name, step.Data, step.Size)
	case host.StepSyncDir:
		return s.timed(s.dir.Sync)
	}
	return fmt.Errorf("there is no step of kind %d", step.Kind)
}

func (s *store) add(name string, data []byte) error {
	f, err := s.file(name, os.O_CREATE)
	if err != nil || len(data) == 0 {
		return err
	}
	_, err = f.Write(data)
	return err
}

func (s *store) truncate(name string, size int64) error {
	f, err := s.file(name, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if size > info.Size() {
		return fmt.Errorf("%s has %d bytes and can't be cut to %d", name, info.Size(), size)
	}
	return f.Truncate(size)
}

func (s *store) sync(name string) error {
	f, err := s.file(name, 0)
	if err != nil {
		return err
	}
	return s.timed(f.Sync)
}

func (s *store) rename(name, to string) error {
	if err := checkFileName(to); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(s.path, name), filepath.Join(s.path, to)); err != nil {
		return err
	}
	if f := s.open[name]; f != nil && name != to {
		s.forget(to)
		s.open[to] = f
		delete(s.open, name)
	} else if name != to {
		s.forget(to)
	}
	return nil
}

func (s *store) remove(name string) error {
	s.forget(name)
	path := filepath.Join(s.path, name)
	f, openErr := os.Open(path)
	err := os.Remove(path)
	if openErr == nil {
		// The system gives a file's blocks back when it is open nowhere any more: with a large one, no job waits for
		// that.
		go f.Close()
	}
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

func (s *store) read(name string, b []byte, offset int64) error {
	n, err := readAt(filepath.Join(s.path, name), b, offset)
	if err == nil && n < len(b) {
		return fmt.Errorf("%s has %d bytes from %d on, and %d were to be read", name, n, offset, len(b))
	}
	return err
}

// file returns a file open for writing at its end. flag is os.O_CREATE to make one that is missing, or 0.
func (s *store) file(name string, flag int) (*os.File, error) {
	if f := s.open[name]; f != nil {
		return f, nil
	}
	if len(s.open) >= openFilesMax {
		s.forgetAll()
	}
	f, err := os.OpenFile(filepath.Join(s.path, name), os.O_WRONLY|os.O_APPEND|flag, 0o640)
	if err == nil {
		s.open[name] = f
	}
	return f, err
}

func (s *store) forget(name string) {
	if f := s.open[name]; f != nil {
		f.Close()
		delete(s.open, name)
	}
}

func (s *store) forgetAll() {
	for name := range s.open {
		s.forget(name)
	}
}

func (s *store) close() {
	s.forgetAll()
	s.dir.Close()
}

// checkFileName keeps a program in its directory.
func checkFileName(name string) error {
	if name == "" || name == "." || name == ".." || name == lockName || name == doubt.Name ||
		strings.ContainsAny(name, "/\\\x00") {
		return fmt.Errorf("%q is no name for a file", name)
	}
	return nil
}
