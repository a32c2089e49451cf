package datadir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"ordeal/host"
)

// files is a directory as a host.Disk for reading.
type files string

func (d files) ReadDir() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, e := range entries {
		if e.Type().IsRegular() && e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func (d files) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), name))
}

// ReadAt implements host.Disk.
func (d files) ReadAt(name string, b []byte, offset int64) (int, error) {
	f, err := os.Open(filepath.Join(string(d), name))
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

// Submit implements host.Disk. It is never called: what changes files gets an overlay.
func (d files) Submit(host.Job, func(error)) { panic("datadir: a directory is only read") }

// overlay is a disk whose changes stay in memory, over one that is only read. Jobs are carried out at once, and their
// done functions wait in a queue for run.
type overlay struct {
	under   files
	changed map[string][]byte // nil for a file that was removed
	queue   []func()
}

func newOverlay(under files) *overlay {
	return &overlay{under: under, changed: make(map[string][]byte)}
}

// ReadDir implements host.Disk.
func (o *overlay) ReadDir() ([]string, error) {
	names, err := o.under.ReadDir()
	if err != nil {
		return nil, err
	}
	for name := range maps.Keys(o.changed) {
		names = append(names, name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool {
		data, ok := o.changed[name]
		return ok && data == nil
	}), nil
}

// ReadFile implements host.Disk.
func (o *overlay) ReadFile(name string) ([]byte, error) {
	data, ok := o.changed[name]
	switch {
	case !ok:
		return o.under.ReadFile(name)
	case data == nil:
		return nil, fs.ErrNotExist
	}
	return slices.Clone(data), nil
}

// ReadAt implements host.Disk.
func (o *overlay) ReadAt(name string, b []byte, offset int64) (int, error) {
	data, ok := o.changed[name]
	switch {
	case !ok:
		return o.under.ReadAt(name, b, offset)
	case data == nil:
		return 0, fs.ErrNotExist
	}
	return copy(b, data[min(offset, int64(len(data))):]), nil
}

// Submit implements host.Disk.
func (o *overlay) Submit(job host.Job, done func(error)) {
	err := o.carryOut(job)
	o.queue = append(o.queue, func() { done(err) })
}

// run calls the done functions, and those of what they submit, until there is none.
func (o *overlay) run() {
	for len(o.queue) > 0 {
		first := o.queue[0]
		o.queue = o.queue[1:]
		first()
	}
}

func (o *overlay) carryOut(job host.Job) error {
	for _, s := range job {
		if err := o.step(s); err != nil {
			return err
		}
	}
	return nil
}

func (o *overlay) step(s host.Step) error {
	switch s.Kind {
	case host.StepSyncDir:
		return nil
	case host.StepRead:
		n, err := o.ReadAt(s.Name, s.Data, s.Size)
		if err == nil && n < len(s.Data) {
			err = fmt.Errorf("%s has %d bytes from %d on, and %d were to be read", s.Name, n, s.Size, len(s.Data))
		}
		return err
	}
	data, err := o.ReadFile(s.Name)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !(missing && (s.Kind == host.StepAppend || s.Kind == host.StepRemove)) {
		return err
	}
	switch s.Kind {
	case host.StepAppend:
		o.changed[s.Name] = append(slices.Clip(data), s.Data...)
		if o.changed[s.Name] == nil {
			o.changed[s.Name] = []byte{}
		}
	case host.StepTruncate:
		if s.Size > int64(len(data)) {
			return fmt.Errorf("%s has %d bytes and can't be cut to %d", s.Name, len(data), s.Size)
		}
		o.changed[s.Name] = append([]byte{}, data[:s.Size]...)
	case host.StepRename:
		o.changed[s.To], o.changed[s.Name] = append([]byte{}, data...), nil
	case host.StepRemove:
		o.changed[s.Name] = nil
	case host.StepSync:
	}
	return nil
}
