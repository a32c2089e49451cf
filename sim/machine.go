package sim

import (
	"fmt"
	"time"

	"ordeal/host"
)

// machine is one machine: either of a program, which boots from a disk, or of processes.
type machine struct {
	w     *World
	name  host.Addr
	last  byte // of the name: see lastOf
	hash  uint64
	index int

	boot    host.Boot // nil: a machine of processes
	program host.Program
	procs   []*process
	spawned int
	timers  timers

	life    uint32 // counts crashes: what belongs to a life that is over is dropped
	boots   int
	up      bool
	booting bool
	paused  bool
	doomed  bool // crashes as soon as the call that is under way returns
	killed  bool // what crashes is the software alone: the disk keeps what was written

	busy  time.Duration // the CPU is taken until then
	inbox inbox
	ready bool // evReady is queued

	clock       clock
	alarm       time.Duration // on the machine's own clock; negative: none
	alarmEvent  time.Duration // true instant of the evAlarm that counts; negative: none
	wakeWaiting bool          // evWake is in the inbox

	nic   time.Duration // the network interface is taken until then
	links []*link       // to other machines, by their index
	conns []*end
	disk  disk

	sockets sockets
	splits  *stream // of what is written to byte streams
	dark    bool    // it has lost its power, and has not booted since
}

func (w *World) newMachine(name host.Addr, boot host.Boot) *machine {
	m := &machine{
		w: w, name: name, last: lastOf(name), hash: hashString(string(name)), index: len(w.machines), boot: boot,
		alarm: -1, alarmEvent: -1,
	}
	origin := newStream(w.chance, "clock/"+string(name)).below(uint64(1_000_000 * time.Second))
	m.clock = clock{baseTrue: w.now, baseLocal: time.Duration(origin), wall: w.now - time.Duration(origin)}
	m.disk.open(m)
	w.machines = append(w.machines, m)
	w.byName[name] = m
	return m
}

// AddMachine adds a machine for a program and boots it at the present instant, as an event. It panics if there is a
// machine of that name.
func (w *World) AddMachine(name host.Addr, boot host.Boot) {
	if w.byName[name] != nil {
		panic(fmt.Sprintf("sim: there is a machine %q already", name))
	}
	w.newMachine(name, boot).startBoot()
}

func (m *machine) startBoot() {
	m.booting = true
	m.w.push(m.w.now, event{kind: evBoot, m: m, life: m.life})
}

// happen carries out an event of the machine's present life.
func (m *machine) happen(ev *event) {
	switch ev.kind {
	case evBoot:
		m.start()
	case evReady:
		m.ready = false
		if !m.paused && m.inbox.len() > 0 {
			next := m.inbox.pop()
			m.handle(&next)
		}
	case evAlarm:
		m.alarmDue()
	case evDisk:
		m.disk.finish()
	case evCrash:
		m.disk.crashInSync()
	case evNudge:
		m.input(*ev)
	}
}

// input hands an input to the machine: now if it is free, else behind what waits already.
func (m *machine) input(ev event) {
	ev.life = m.life
	if m.paused || m.inbox.len() > 0 || m.busy > m.w.now || m.w.running != nil {
		m.inbox.push(ev)
		m.arrange()
		return
	}
	m.handle(&ev)
}

// arrange sees to it that the next input is handled as soon as the machine is free.
func (m *machine) arrange() {
	if !m.ready && !m.paused && m.inbox.len() > 0 {
		m.ready = true
		m.w.push(max(m.busy, m.w.now), event{kind: evReady, m: m, life: m.life})
	}
}

// handle lets the machine's software take one input.
func (m *machine) handle(ev *event) {
	w := m.w
	m.busy = w.now + m.cost(ev)
	w.running = m
	m.call(ev)
	m.runProcesses()
	w.running = nil
	if m.doomed {
		m.crash()
	}
	m.arrange()
	if m.boot != nil {
		for _, observe := range w.observers {
			observe(m.name, m.running())
		}
	}
}

// running is the machine's program, nil while it is down.
func (m *machine) running() host.Program {
	if m.up {
		return m.program
	}
	return nil
}

// cost is the CPU time that an input takes.
func (m *machine) cost(ev *event) time.Duration {
	c := &m.w.cfg.CPU
	switch ev.kind {
	case evMessage:
		return c.Message + c.perBytes(len(ev.payload))
	case evFrame:
		return c.Frame + c.perBytes(len(ev.payload))
	case evAccept, evOpened, evClosed:
		return c.Connect
	case evNotice:
		return c.Frame + c.perBytes(ev.end.bytes.fresh)
	case evBoot:
		return c.Boot
	case evDone:
		return c.Done
	}
	return c.Wake
}

func (c *CPU) perBytes(n int) time.Duration { return time.Duration(n) * c.PerKiB >> 10 }

// call is the event edge: what the software panics with ends here.
func (m *machine) call(ev *event) {
	defer func() {
		if cause := recover(); cause != nil {
			m.caught(cause, "")
		}
	}()
	switch ev.kind {
	case evMessage:
		l := m.w.link(ev.from, m)
		l.underWay--
		l.arrived(ev.payload)
		if m.sockets.packets != nil {
			m.packet(ev.from.name, ev.payload)
		} else {
			m.program.Receive(ev.from.name, ev.payload)
		}
	case evFrame:
		ev.end.frame(ev.payload)
		if s, ok := m.program.(host.Settler); ok {
			s.Settle() // each frame is an input of its own here
		}
	case evAccept:
		if ev.end.state != connGone {
			m.program.Accept(ev.end)
		}
	case evOpened:
		if ev.end.state != connGone {
			ev.end.handler.Opened()
		}
	case evClosed:
		ev.end.closed()
	case evWake:
		m.wake()
	case evDone:
		ev.job.done(ev.job.err)
		m.disk.done = ev.job
	case evStart, evDo:
		ev.f()
	case evNotice:
		ev.end.bytes.notice()
	case evBoot:
		m.bootProgram()
	}
}

// start boots the machine: the first input of a new life.
func (m *machine) start() {
	m.booting = false
	m.up, m.dark = true, false
	m.boots++
	m.handle(&event{kind: evBoot, m: m})
}

func (m *machine) bootProgram() {
	h := &programHost{m: m, life: m.life}
	h.rng = m.w.newRand(fmt.Sprintf("host/%s/%d", m.name, m.boots))
	h.log = m.w.logger(m)
	program, err := m.boot(h)
	if err != nil {
		m.w.stops = append(m.w.stops, Stop{Machine: m.name, At: m.w.now, Reason: err, Boot: true})
		m.doomed = true
		return
	}
	m.program = program
}

// crash ends the machine's life: software, inputs, connections, and what the disk had not made durable, unless only the
// software was killed.
func (m *machine) crash() {
	powerLost := !m.killed
	m.killed = false
	for _, f := range m.w.downs {
		f(m.name, powerLost)
	}
	closeProgram := m.closer()
	m.life++
	m.up, m.booting, m.paused, m.doomed, m.ready, m.wakeWaiting = false, false, false, false, false, false
	m.program, m.sockets, m.dark = nil, sockets{next: m.sockets.next}, powerLost
	m.alarm, m.alarmEvent = -1, -1
	m.busy = m.w.now
	m.dropConns(powerLost) // before the software unwinds: what it sends on the way is not sent
	closeProgram()
	m.killProcesses()
	for m.inbox.len() > 0 {
		ev := m.inbox.pop()
		m.w.forget(&ev)
	}
	m.disk.stop()
	if powerLost {
		m.disk.crash()
	}
}

// closer is what has the program give back what it holds.
func (m *machine) closer() func() {
	if c, ok := m.program.(host.Closer); ok {
		return c.Close
	}
	return func() {}
}

// setAlarm is Clock.SetAlarm.
func (m *machine) setAlarm(at time.Duration) {
	m.alarm = max(at, -1)
	m.arm()
}

// arm queues an event for the alarm, unless one comes early enough: then that one will arm again. So a program that
// puts its alarm off at every input, as most do, costs no event each time.
func (m *machine) arm() {
	if m.alarm < 0 || m.wakeWaiting {
		return
	}
	at := m.clock.when(m.alarm, m.w.now)
	if m.alarmEvent >= 0 && m.alarmEvent <= at {
		return
	}
	m.alarmEvent = at
	m.w.push(at, event{kind: evAlarm, m: m, life: m.life})
}

func (m *machine) alarmDue() {
	if m.alarmEvent != m.w.now {
		return // an earlier one took its place
	}
	m.alarmEvent = -1
	if m.alarm < 0 || m.wakeWaiting {
		return
	}
	if m.clock.at(m.w.now) < m.alarm {
		m.arm()
		return
	}
	m.wakeWaiting = true
	m.input(event{kind: evWake, m: m})
}

// wake lets the alarm ring, unless the software has put it off while the input waited.
func (m *machine) wake() {
	m.wakeWaiting = false
	if m.alarm < 0 || m.clock.at(m.w.now) < m.alarm {
		m.arm()
		return
	}
	m.alarm = -1
	if m.boot == nil {
		m.timers.fire(m)
		return
	}
	m.program.Wake()
}
