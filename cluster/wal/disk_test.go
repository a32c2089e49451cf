package wal

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"

	"ordeal/host"
)

// inode is a file's bytes. durable are what a sync covered; edits, oldest first, are what happened since.
type inode struct {
	bytes   []byte
	durable []byte
	edits   []edit
}

// edit appends data, or cuts to size when data is nil.
type edit struct {
	data []byte
	size int64
}

// crashDisk is a disk that forgets at a crash whatever it may forget. Jobs wait until step.
type crashDisk struct {
	rng     *rand.Rand
	names   map[string]*inode
	durable map[string]*inode // the names as of the last sync of the directory
	jobs    []pendingJob
	steps   int   // of the first job that are done
	failing error // what syncs report
	lying   bool  // syncs do nothing
}

type pendingJob struct {
	job  host.Job
	done func(error)
}

func newCrashDisk(rng *rand.Rand) *crashDisk {
	return &crashDisk{rng: rng, names: map[string]*inode{}, durable: map[string]*inode{}}
}

func (d *crashDisk) ReadDir() ([]string, error) { return sortedNames(d.names), nil }

func (d *crashDisk) ReadFile(name string) ([]byte, error) {
	f, ok := d.names[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return slices.Clone(f.bytes), nil
}

func (d *crashDisk) ReadAt(name string, b []byte, offset int64) (int, error) {
	f, ok := d.names[name]
	if !ok {
		return 0, fs.ErrNotExist
	}
	return copy(b, f.bytes[min(offset, int64(len(f.bytes))):]), nil
}

func (d *crashDisk) Submit(job host.Job, done func(error)) {
	d.jobs = append(d.jobs, pendingJob{job, done})
}

// step carries out one step, or calls a done function. It reports false if there was nothing to do.
func (d *crashDisk) step() bool {
	if len(d.jobs) == 0 {
		return false
	}
	first := d.jobs[0]
	var err error
	if d.steps < len(first.job) {
		if err = d.do(first.job[d.steps]); err == nil {
			d.steps++
			return true
		}
	}
	d.jobs, d.steps = d.jobs[1:], 0
	first.done(err)
	return true
}

// settle carries out everything.
func (d *crashDisk) settle() {
	for d.step() {
	}
}

func (d *crashDisk) do(s host.Step) error {
	f := d.names[s.Name]
	switch s.Kind {
	case host.StepAppend:
		if f == nil {
			f = &inode{}
			d.names[s.Name] = f
		}
		f.edit(edit{data: slices.Clone(s.Data)})
	case host.StepTruncate:
		f.edit(edit{size: s.Size})
	case host.StepSync:
		if d.failing != nil {
			return d.failing
		}
		if d.lying {
			return nil
		}
		f.durable, f.edits = slices.Clone(f.bytes), nil
	case host.StepRename:
		d.names[s.To] = f
		delete(d.names, s.Name)
	case host.StepRemove:
		delete(d.names, s.Name)
	case host.StepRead:
		if n, err := d.ReadAt(s.Name, s.Data, s.Size); err != nil || n < len(s.Data) {
			return fmt.Errorf("%d of %d bytes were read: %w", n, len(s.Data), err)
		}
	case host.StepSyncDir:
		d.durable = make(map[string]*inode)
		for name, f := range d.names {
			d.durable[name] = f
		}
	}
	return nil
}

func (f *inode) edit(e edit) {
	f.bytes = e.apply(f.bytes)
	f.edits = append(f.edits, e)
}

func (e edit) apply(b []byte) []byte {
	if e.data == nil {
		return b[:min(int64(len(b)), e.size)]
	}
	return append(b, e.data...)
}

// kill ends the program and not the machine: what was written is there, and no more durable than before.
func (d *crashDisk) kill() { d.jobs, d.steps = nil, 0 }

// crash forgets: of each file some of the last edits, and of the last one kept perhaps a part, or holes in it; of each
// name what happened to it since the last sync of the directory, or not.
func (d *crashDisk) crash() {
	if len(d.jobs) > 0 && d.steps < len(d.jobs[0].job) && d.rng.IntN(2) == 0 {
		if s := d.jobs[0].job[d.steps]; s.Kind == host.StepAppend {
			d.do(s) // the crash falls into the write
		}
	}
	d.jobs, d.steps = nil, 0
	both := make(map[string]*inode)
	for _, name := range sortedNames(d.names, d.durable) {
		f := d.names[name]
		if d.rng.IntN(2) == 0 {
			f = d.durable[name]
		}
		if f != nil {
			both[name] = f
		}
	}
	d.names = both
	d.durable = make(map[string]*inode)
	for _, name := range sortedNames(both) {
		both[name].crash(d.rng)
		d.durable[name] = both[name]
	}
}

func (f *inode) crash(rng *rand.Rand) {
	b := slices.Clone(f.durable)
	for i, n := 0, rng.IntN(len(f.edits)+1); i < n; i++ {
		e := f.edits[i]
		if i == n-1 && len(e.data) > 0 {
			e.data = torn(rng, e.data)
		}
		b = e.apply(b)
	}
	f.bytes, f.durable, f.edits = b, slices.Clone(b), nil
}

// torn is what a crash may leave of data: all, a beginning, or blocks of it.
func torn(rng *rand.Rand, data []byte) []byte {
	data = slices.Clone(data)
	switch rng.IntN(4) {
	case 0:
		return data
	case 1:
		return data[:rng.IntN(len(data)+1)]
	}
	const block = 64
	for at := 0; at < len(data); at += block {
		part := data[at:min(at+block, len(data))]
		switch rng.IntN(4) {
		case 0:
			clear(part)
		case 1:
			for i := range part {
				part[i] = byte(rng.Uint32())
			}
		}
	}
	return data
}

func sortedNames(sets ...map[string]*inode) []string {
	var names []string
	for _, set := range sets {
		for name := range set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
