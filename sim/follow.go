package sim

import (
	"time"

	"ordeal/host"
)

// Departure is a datagram that leaves a machine, told once for every time that it is to arrive.
type Departure struct {
	From, To host.Addr
	// Link numbers the direction between the two machines, from 0.
	Link int
	// Garbled says that some of its bits went wrong.
	Garbled bool
	// At is when it leaves, and Due when it is to arrive; negative if it was lost at once. It arrives later if a clog
	// holds it, and not at all if the link is cut or the machine down by then.
	At, Due time.Duration
	// Payload is the one that Arrivals has in the end, in the same place in memory. It must not be changed.
	Payload []byte
}

// Departures has f called with every datagram that leaves a machine. What it is given is another one the next time.
func (w *World) Departures(f func(*Departure)) { w.departures = append(w.departures, f) }

// Arrivals has f called with every datagram that Overhear has f called with, and with the number of the direction that
// it took.
func (w *World) Arrivals(f func(link int, payload []byte)) { w.arrivals = append(w.arrivals, f) }

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

func (w *World) departed(l *link, at, due time.Duration, payload []byte, garbled bool) {
	if len(w.departures) == 0 {
		return
	}
	w.departure = Departure{l.from.name, l.to.name, l.number, garbled, at, due, payload}
	for _, f := range w.departures {
		f(&w.departure)
	}
}

// arrived tells of a datagram, before a program is handed it.
func (l *link) arrived(payload []byte) {
	for _, hear := range l.w.listeners {
		hear(l.from.name, l.to.name, payload)
	}
	for _, f := range l.w.arrivals {
		f(l.number, payload)
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
