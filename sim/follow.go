package sim

import (
	"time"

	"ordeal/host"
)

// Departure is a datagram that leaves a machine, told once for every time that it is to arrive.
type Departure struct {
	From, To host.Addr
	// At is when it leaves, and Due when it is to arrive; negative if it was lost at once. It arrives later if a clog
	// holds it, and not at all if the link is cut or the machine down by then.
	At, Due time.Duration
	// Payload is the one that Overhear has in the end, in the same place in memory. It must not be changed.
	Payload []byte
}

// Departures has f called with every datagram that leaves a machine.
func (w *World) Departures(f func(Departure)) { w.departures = append(w.departures, f) }

// DiskJob is a job that a disk has done.
type DiskJob struct {
	Machine host.Addr
	// From is when the disk began with it, To when it was done.
	From, To time.Duration
	// Bytes were to be appended, and Syncs is how many syncs it had.
	Bytes, Syncs int
	Err          error
}

// Jobs has f called with every job that a disk has done, before the program hears of it. A job during which the machine
// loses power is never done.
func (w *World) Jobs(f func(DiskJob)) { w.jobs = append(w.jobs, f) }

func (w *World) departed(l *link, at, due time.Duration, payload []byte) {
	for _, f := range w.departures {
		f(Departure{l.from.name, l.to.name, at, due, payload})
	}
}

func (d *disk) tellDone(j *job) {
	if len(d.m.w.jobs) == 0 {
		return
	}
	done := DiskJob{Machine: d.m.name, From: j.since, To: d.m.w.now, Err: j.err}
	for i := range j.steps {
		switch s := &j.steps[i]; s.Kind {
		case host.StepSync, host.StepSyncDir:
			done.Syncs++
		case host.StepAppend:
			done.Bytes += len(s.Data)
		}
	}
	for _, f := range d.m.w.jobs {
		f(done)
	}
}
