package sim

import (
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/host"
)

// process is straight-line software: a coroutine that the machine resumes when what it waits for has come.
type process struct {
	m    *machine
	name string
	f    func(host.Process)
	rng  *rand.Rand
	log  *slog.Logger

	nap   timer // of Sleep, and of the signals' waits: one at a time
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	ready bool // to be resumed at the end of this input
	dying bool // unwinds: it starts nothing any more
	ended bool
}

var _ host.Process = (*process)(nil)

// Spawn starts a process on the machine of that name, as an event of the present instant. The machine is made if there
// is none, and comes up if it is down. A name may have several processes, one after another or at once; they share the
// machine's CPU and clock, and the k-th draws from the stream "client/NAME/k". It panics if a program owns the machine.
func (w *World) Spawn(name host.Addr, f func(host.Process)) {
	m := w.byName[name]
	if m == nil {
		m = w.newMachine(name, nil)
	}
	if m.boot != nil {
		panic(fmt.Sprintf("sim: machine %q runs a program, not processes", name))
	}
	m.spawned++
	p := &process{m: m, name: fmt.Sprintf("%s/%d", name, m.spawned), f: f}
	p.rng, p.log = w.newRand("client/"+p.name), w.logger(m).With("process", p.name)
	life := m.life
	m.booting = !m.up
	w.push(w.now, event{kind: evStart, m: m, f: func() {
		if m.life != life {
			return // it crashed before it was up
		}
		m.up, m.booting, m.dark = true, false, false
		m.input(event{kind: evStart, m: m, f: p.begin})
	}})
}

func (p *process) begin() {
	p.m.procs = append(p.m.procs, p)
	p.next, p.stop = iter.Pull(p.run)
	p.ready = true
}

// run is the coroutine: the process's function, and the edge where its panics end.
func (p *process) run(yield func(struct{}) bool) {
	p.yield = yield
	defer func() {
		p.ended = true
		if cause := recover(); cause != nil && cause != (killed{}) {
			p.m.caught(cause, p.name)
		}
	}()
	p.f(p)
}

// runProcesses resumes the processes that have become ready, the oldest first, until all wait.
func (m *machine) runProcesses() {
	for i := 0; i < len(m.procs) && !m.doomed; i++ {
		p := m.procs[i]
		if !p.ready {
			continue
		}
		p.ready = false
		p.next()
		if p.ended && !m.doomed {
			m.retire(p)
			i--
		}
	}
}

// retire clears up after a process that returned: its timers and its connections end with it.
func (m *machine) retire(p *process) {
	m.procs = slices.DeleteFunc(m.procs, func(q *process) bool { return q == p })
	m.timers.drop(p)
	for i := len(m.conns) - 1; i >= 0; i-- {
		if i < len(m.conns) && m.conns[i].proc == p {
			m.conns[i].Close()
		}
	}
	m.aimAlarm()
}

// killProcesses ends the machine's processes where they wait.
func (m *machine) killProcesses() {
	procs := m.procs
	m.procs = nil
	m.timers = timers{}
	for _, p := range procs {
		p.dying = true
		p.stop()
	}
}

// nudge resumes what is ready. Within the machine's own events that happens anyway; a signal may be set from outside.
func (m *machine) nudge() {
	if m.w.running != m {
		m.w.push(m.w.now, event{kind: evNudge, m: m, life: m.life})
	}
}

// wait gives the machine back until something makes the process ready.
func (p *process) wait() {
	if !p.yield(struct{}{}) {
		panic(killed{})
	}
}

func (p *process) Self() host.Addr    { return p.m.name }
func (p *process) Now() time.Duration { return p.m.clock.at(p.m.w.now) }
func (p *process) Rand() *rand.Rand   { return p.rng }
func (p *process) Log() *slog.Logger  { return p.log }

// Sleep waits for d.
func (p *process) Sleep(d time.Duration) {
	p.doze(d)
	p.wait()
}

// doze has the process resumed d from now.
func (p *process) doze(d time.Duration) {
	if p.nap.f == nil {
		p.nap.f = func() { p.ready = true }
	}
	p.nap.proc = p
	p.begins(&p.nap, d)
}

// After runs f once, d from now.
func (p *process) After(d time.Duration, f func()) (cancel func()) {
	t := p.timer(d, f)
	return func() { p.cancel(t) }
}

func (p *process) timer(d time.Duration, f func()) *timer {
	t := &timer{proc: p, f: f}
	p.begins(t, d)
	return t
}

// begins sets a timer to d from now.
func (p *process) begins(t *timer, d time.Duration) {
	m := p.m
	t.at = m.clock.at(m.w.now) + min(max(d, 0), farAway)
	if !p.dying && !p.ended {
		m.timers.add(t)
		m.aimAlarm()
	}
}

func (p *process) cancel(t *timer) {
	p.m.timers.remove(t)
	p.m.aimAlarm()
}

// Dial opens a connection.
func (p *process) Dial(to host.Addr, h host.ConnHandler) host.Conn {
	if p.dying || p.ended {
		return &end{w: p.m.w, m: p.m, other: &end{m: &machine{name: to}}, state: connGone}
	}
	return p.m.w.dial(p, to, h)
}

// NewSignal makes a signal.
func (p *process) NewSignal() host.Signal { return &signal{p: p} }

type signal struct {
	p       *process
	set     bool
	waiting bool
}

// Set wakes the wait.
func (s *signal) Set() {
	s.set = true
	if s.waiting {
		s.waiting = false
		s.p.ready = true
		s.p.m.nudge()
	}
}

// Wait waits for Set, or until timeout.
func (s *signal) Wait(timeout time.Duration) bool {
	if s.waiting {
		panic("sim: a second wait on one signal")
	}
	if !s.set {
		s.park(timeout)
	}
	was := s.set
	s.set = false
	return was
}

func (s *signal) park(timeout time.Duration) {
	s.waiting = true
	defer func() { s.waiting = false }()
	if timeout < 0 {
		s.p.wait()
		return
	}
	s.p.doze(timeout)
	s.p.wait()
	s.p.cancel(&s.p.nap)
}
