package sim

import (
	"fmt"
	"time"

	"ordeal/host"
)

// DiskFault is what is wrong with a machine's disk. The zero value is nothing.
type DiskFault struct {
	SyncDelay time.Duration // on top of what every sync takes
	// SyncJitter is up to this much more, evenly.
	SyncJitter time.Duration
	// FailSyncPPM of the syncs, of files and of the directory, fail. What a failed sync of a file was to make durable
	// stays in doubt for good: a later sync, though it succeeds, makes only durable what came after.
	FailSyncPPM uint32
	// Full says that nothing more fits on the disk: of an append a part is written at most, and it fails with ErrFull.
	Full bool
	// FailRead says that no file can be read.
	FailRead bool
}

// disk is a machine's disk: what is on it, and the jobs that wait for it. It outlives crashes and works through pauses.
type disk struct {
	m     *machine
	rng   *stream
	fault DiskFault
	files files
	jobs  []*job  // the first is under way
	room  [4]*job // where they stand, unless more wait
	done  *job    // one that is done with, for the next
	step  int     // of the first job: the sync under way
	begun uint64  // jobs so far, in all lives
	fails bool    // that sync fails
	armed bool    // CrashInSync
	hit   func()

	passed  int        // states of the job under way that have gone by: see Point
	settled uint64     // counts what may have changed what is durable
	left    *diskState // what the next crash leaves; nil: chance decides

	spare      *stream             // chance of what only faults ask for
	damages    int                 // how often it was damaged
	remembered map[string]*content // the files as Remember found them
}

type job struct {
	steps host.Job
	node  *nodeSync // of a disk with directories, in the place of the steps' names
	done  func(error)
	err   error
	begun bool
	since time.Duration // when it was begun
}

func (d *disk) open(m *machine) {
	d.m = m
	d.rng = m.w.newStream("disk/" + string(m.name))
	d.spare = m.w.newStream("disk/" + string(m.name) + "/fault")
	d.files.names = map[string]*content{}
}

// jobsMax bounds a disk's queue: a program that gets so far ahead of its disk will never be served.
const jobsMax = 1 << 16

func (d *disk) submit(steps host.Job, done func(error)) { d.queue(d.newJob(steps, done)) }

func (d *disk) queue(j *job) {
	if len(d.jobs) == jobsMax {
		panic(fmt.Sprintf("%d jobs wait for the disk", jobsMax))
	}
	for i := range j.steps {
		d.m.w.trace.hash = mix(d.m.w.trace.hash, hashBytes(j.steps[i].Data))
	}
	if d.jobs == nil {
		d.jobs = d.room[:0]
	}
	d.jobs = append(d.jobs, j)
	if len(d.jobs) == 1 {
		d.step = 0
		d.work(max(d.m.w.now, d.m.busy))
	}
}

func (d *disk) newJob(steps host.Job, done func(error)) *job {
	j := d.done
	if d.done = nil; j == nil {
		j = new(job)
	}
	*j = job{steps: steps, done: done}
	return j
}

// work carries out the first job from d.step up to its next sync or its end, and takes the time for it. What is
// written on the way is on the disk at once, but not durable: a crash in the meantime finds it so.
func (d *disk) work(from time.Duration) {
	j, c := d.jobs[0], &d.m.w.cfg.Disk
	if !j.begun {
		j.begun, j.since = true, from
		d.begun++
		d.passed = 0
	}
	var takes time.Duration
	for ; d.step < len(j.steps) && j.err == nil; d.step++ {
		s := &j.steps[d.step]
		if s.Kind == host.StepSync || s.Kind == host.StepSyncDir {
			takes += d.startSync(from + takes)
			break
		}
		takes += c.Step + transfer(len(s.Data), c.BytesPerSecond)
		j.err = d.apply(s)
	}
	d.m.w.push(from+takes, event{kind: evDisk, m: d.m, life: d.m.life})
}

// apply carries out a step that is not a sync. On a full disk some beginning of an append finds room.
func (d *disk) apply(s *host.Step) error {
	if d.fault.Full && s.Kind == host.StepAppend && len(s.Data) > 0 {
		d.m.w.stats.Full++
		if room := d.spare.below(uint64(len(s.Data))); room > 0 {
			d.files.append(s.Name, s.Data[:room])
		}
		return fmt.Errorf("can't append to %s: %w", s.Name, ErrFull)
	}
	if s.Kind == host.StepRead {
		return d.fill(s)
	}
	return d.files.apply(s)
}

// read is what a program gets to see of a file.
func (d *disk) read(name string) ([]byte, error) {
	if d.fault.FailRead {
		d.m.w.stats.ReadErrors++
		return nil, fmt.Errorf("can't read %s: %w", name, ErrDisk)
	}
	return d.files.read(name)
}

// readAt is what a program gets to see of a part of a file.
func (d *disk) readAt(name string, b []byte, offset int64) (int, error) {
	if d.fault.FailRead {
		d.m.w.stats.ReadErrors++
		return 0, fmt.Errorf("can't read %s: %w", name, ErrDisk)
	}
	return d.files.readAt(name, b, offset)
}

// fill carries out a StepRead.
func (d *disk) fill(s *host.Step) error {
	n, err := d.readAt(s.Name, s.Data, s.Size)
	if err == nil && n < len(s.Data) {
		return fmt.Errorf("%s has %d bytes from %d on, and %d were to be read", s.Name, n, s.Size, len(s.Data))
	}
	return err
}

// startSync draws how long a sync takes and whether it fails: three numbers, whatever the faults.
func (d *disk) startSync(from time.Duration) time.Duration {
	w, c := d.m.w, &d.m.w.cfg.Disk
	tail, jitter, fails := d.rng.draw(), d.rng.draw(), d.rng.draw()
	d.fails = hits(fails, d.fault.FailSyncPPM)
	takes := c.Sync + exponential(tail, c.SyncTail) + d.fault.SyncDelay + time.Duration(scale(jitter,
		uint64(d.fault.SyncJitter)))
	if d.armed {
		w.push(from+takes/2, event{kind: evCrash, m: d.m, life: d.m.life})
	}
	return takes
}

// finish ends what work began: the sync if there is one, and the job if that was its last step.
func (d *disk) finish() {
	w, j := d.m.w, d.jobs[0]
	d.settled++
	if d.step < len(j.steps) && j.err == nil {
		if d.point(false) {
			return
		}
		j.err = d.sync(j, &j.steps[d.step])
		d.step++
	}
	if d.step < len(j.steps) && j.err == nil {
		d.work(w.now)
		return
	}
	if d.point(true) {
		return
	}
	d.jobs[0] = nil
	if d.jobs = d.jobs[1:]; len(d.jobs) == 0 {
		d.jobs = d.room[:0]
	}
	d.step = 0
	d.tellDone(j)
	if len(d.jobs) > 0 {
		d.work(w.now)
	}
	d.m.input(event{kind: evDone, m: d.m, job: j})
}

func (d *disk) sync(j *job, s *host.Step) error {
	stats := &d.m.w.stats
	stats.Syncs++
	if d.fails {
		stats.SyncErrors++
	}
	if j.node != nil {
		return j.node.finish(&d.files, d.fails)
	}
	if s.Kind == host.StepSyncDir {
		return d.files.syncDir(d.fails)
	}
	return d.files.sync(s.Name, d.fails)
}

// stop loses the jobs.
func (d *disk) stop() { d.jobs, d.step, d.armed, d.hit = nil, 0, false, nil }

// crash loses, by chance unless LeaveDisk has said what, what was not durable. Each crash has its own stream: one crash
// less does not change what later syncs take.
func (d *disk) crash() {
	d.settled++
	if d.left != nil {
		d.files.leave(d.left)
		d.left = nil
		return
	}
	d.files.crash(newStream(d.m.w.chance, fmt.Sprintf("disk/%s/crash/%d", d.m.name, d.m.life)))
}

// crashInSync is the crash that CrashInSync armed.
func (d *disk) crashInSync() {
	if !d.armed {
		return
	}
	hit := d.hit
	d.m.crash()
	if hit != nil {
		hit()
	}
}

// CrashInSync arms a crash of a machine in the middle of the next sync that its disk begins; hit, unless nil, is called
// then. A crash of any kind disarms it.
func (w *World) CrashInSync(name host.Addr, hit func()) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case !m.up:
		return fmt.Errorf("%s is down", name)
	case m.disk.armed:
		return fmt.Errorf("%s is to crash in its next sync already", name)
	}
	m.disk.armed, m.disk.hit = true, hit
	return nil
}

// DisarmCrashInSync undoes CrashInSync if it has not happened.
func (w *World) DisarmCrashInSync(name host.Addr) error {
	m, err := w.machine(name)
	if err != nil {
		return err
	}
	if !m.disk.armed {
		return fmt.Errorf("%s is not to crash in a sync", name)
	}
	m.disk.armed, m.disk.hit = false, nil
	return nil
}

// SetDisk puts a fault on a machine's disk, in place of the one before; the zero value takes it off.
func (w *World) SetDisk(name host.Addr, fault DiskFault) error {
	m, err := w.machine(name)
	if err != nil {
		return err
	}
	if fault.SyncDelay < 0 || fault.SyncJitter < 0 {
		return fmt.Errorf("a disk can't be faster than it is: delay %v, jitter %v", fault.SyncDelay, fault.SyncJitter)
	}
	m.disk.fault = fault
	return nil
}
