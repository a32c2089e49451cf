package oshost

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"time"

	"ordeal/host"
)

// eventsPerLook is how many calls the loop makes before it looks at the alarm and whether to go on.
const eventsPerLook = 64

// event is one call of the program that waits for its turn.
type event struct {
	kind    eventKind
	conn    *conn
	from    host.Addr
	payload []byte
	done    func(error)
	err     error
	asked   *question
	run     func(host.Program)
}

type eventKind uint8

const (
	eventReceive eventKind = iota
	eventAccept
	eventFrame
	eventClosed
	eventDone
	eventText
	eventRun
)

// run is the machine's life, on the one goroutine that calls the program. Host.Stop leaves by Goexit, which runs the
// deferred function; a panic in the program runs it too and must not be held up there: it ends the OS process, since
// the state of the program is unknown.
func (m *Machine) run(boot host.Boot, booted chan<- bool) {
	returned := false
	defer func() {
		if returned || m.err != nil {
			close(booted) // false, if it is not true already
			m.unwind()
		}
	}()
	m.program, m.err = boot(view{m})
	if m.err != nil {
		return
	}
	m.serve()
	booted <- true
	m.loop()
	returned = true
}

// serve lets the network in.
func (m *Machine) serve() {
	m.serving = true
	for _, l := range m.links {
		m.task(l.run)
	}
	if m.peerPort != nil {
		m.task(newPeerPort(m).run)
	}
	if m.clientPort != nil {
		m.task(func() { m.acceptClients(m.clientPort, nil) })
	}
	if m.securePort != nil {
		m.task(func() { m.acceptClients(m.securePort, m.cfg.TLS) })
	}
}

// task starts a goroutine that ends with the machine.
func (m *Machine) task(f func()) {
	m.tasks.Add(1)
	go func() {
		defer m.tasks.Done()
		f()
	}()
}

func (m *Machine) loop() {
	var events []event
	calls := 0 // since the last look
	for {
		events = m.gather(events)
		for i := range events {
			if calls++; calls > eventsPerLook {
				calls = 1
				if !m.endTurn() {
					return
				}
			}
			e := events[i]
			events[i] = event{} // let go of the payload
			m.call(e)
		}
		if m.more() {
			continue
		}
		calls = 0
		if !m.endTurn() || len(events) == 0 && !m.sleep() {
			return
		}
	}
}

// gather takes what waits. Before clients' frames are looked at, those run who read from other machines, and what these
// sent comes first: it tells of writes that a client may have heard of already, and now asks about.
func (m *Machine) gather(events []event) []event {
	events = m.inbox.Take(events)
	if !slices.ContainsFunc(events, func(e event) bool { return e.kind == eventFrame }) {
		return events
	}
	runtime.Gosched()
	events = m.inbox.TakeMore(events)
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.rank(), b.rank()) })
	return events
}

// rank is 0 for a message of another machine, and 1 for everything else, which keeps its order.
func (e *event) rank() int {
	if e.kind == eventReceive {
		return 0
	}
	return 1
}

// more lets those run who read from connections, when frames wait to be settled, and reports whether anything came:
// frames of many clients that arrive one after the other then share what a turn costs.
func (m *Machine) more() bool {
	if !m.unsettled {
		return false
	}
	runtime.Gosched()
	return m.inbox.Waits()
}

// endTurn hands out the results of the calls, and reports false when the machine is to end.
func (m *Machine) endTurn() bool {
	m.settle()
	m.flusher.flush()
	return m.look()
}

// look wakes the program if its alarm is due, and reports false when the machine is to end.
func (m *Machine) look() bool {
	select {
	case <-m.quit:
		return false
	default:
	}
	if m.clock.ring() {
		m.program.Wake()
	}
	return true
}

// sleep waits for an event, the alarm, or the end.
func (m *Machine) sleep() bool {
	var timer <-chan time.Time
	if wait, set := m.clock.untilAlarm(); set {
		if wait <= 0 {
			return m.look()
		}
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-m.inbox.Ready:
	case <-timer:
	case <-m.quit:
	}
	return m.look()
}

// settle calls a program that wants it when there were frames.
func (m *Machine) settle() {
	if !m.unsettled {
		return
	}
	m.unsettled = false
	if s, ok := m.program.(host.Settler); ok {
		s.Settle()
	}
}

func (m *Machine) call(e event) {
	if e.kind != eventFrame && e.kind != eventRun {
		m.settle()
	}
	switch e.kind {
	case eventReceive:
		m.program.Receive(e.from, e.payload)
	case eventDone:
		e.done(e.err)
	case eventRun:
		m.unsettled = true
		e.run(m.program)
	case eventText:
		m.ask(e.asked)
	case eventAccept:
		m.conns[e.conn] = struct{}{}
		m.program.Accept(e.conn)
	case eventFrame:
		if !e.conn.gone {
			m.unsettled = true
			m.program.Frame(e.conn, e.payload)
		}
	case eventClosed:
		if !e.conn.gone {
			e.conn.forget()
			m.program.Closed(e.conn)
		}
	}
}

// unwind ends everything that feeds the loop, and then the machine.
func (m *Machine) unwind() {
	m.quitFor.Do(func() { close(m.quit) }) // Host.Stop comes here without
	m.closePorts()
	open := slices.Collect(maps.Keys(m.conns))
	if m.orderly {
		m.flusher.flush()
		for _, c := range open {
			c.Close()
		}
	}
	m.inbox.Close()
	if m.orderly {
		m.disk.drain()
		awaitEnds(open, closeMax)
	}
	m.die()
	m.disk.close()
	m.tasks.Wait()
	close(m.done)
}

// awaitEnds waits until the connections have ended, or as long as limit.
func awaitEnds(conns []*conn, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for _, c := range conns {
		select {
		case <-c.ended:
		case <-timer.C:
			return
		}
	}
}
