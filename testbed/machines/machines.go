// Package machines is a simulated world as the nemesis sees it: the machines of a service and of its clients, what can
// be broken about them, and which of them did what a fault waits for. It is the one adapter between package sim, which
// knows machines and links, and package nemesis, which knows roles and faults; the service on the machines tells it who
// leads and who is in the service, by way of Operator.
package machines

import (
	"errors"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/sim"
)

// Machines are the machines of one trial. They implement nemesis.World.
type Machines struct {
	world *sim.World
	// servers are all that there ever were, those too that have left the service.
	servers, clients []host.Addr
	operator         Operator
	// traps says at which mark a machine is to lose power.
	traps  map[host.Addr]string
	marked bool
	pins   pins
	disks  disks
	clocks clockErrors
	deeds  *scenario.Tracker
	// programs are what ran on the servers at their last event.
	programs map[host.Addr]host.Program
	// begin is what a client does from its start on.
	begin func(host.Process)
	// refused is what the world would not do. The nemesis asks only for what can be done, so it stays empty.
	refused []error
}

var _ nemesis.World = (*Machines)(nil)

// New makes the adapter to a world. marked says that failpoints do anything in this build. The caller adds the servers
// to the world, and sets Operator and Begin before anything happens.
func New(w *sim.World, servers, clients []host.Addr, marked bool) *Machines {
	return &Machines{
		world: w, servers: servers, clients: clients, operator: Fixed{servers}, marked: marked,
		traps: make(map[host.Addr]string), programs: make(map[host.Addr]host.Program),
		pins: newPins(), disks: newDisks(), clocks: newClockErrors(),
	}
}

// SetOperator says who knows the service. Without it the service has the servers that it began with, and no leader.
func (m *Machines) SetOperator(o Operator) { m.operator = o }

// SetDeeds says who follows what servers do.
func (m *Machines) SetDeeds(t *scenario.Tracker) { m.deeds = t }

// AwaitDeeds waits for a pattern of deeds.
func (m *Machines) AwaitDeeds(p scenario.Pattern, f func(scenario.Servers)) (cancel func()) {
	over := false
	var w *scenario.Watch
	leave := func() {
		if !over {
			over = true
			m.deeds.Leave(w)
		}
	}
	w = m.deeds.Follow(p, func(servers scenario.Servers) {
		if over {
			return
		}
		leave()
		m.world.At(m.world.Now(), func() { f(servers) })
	})
	return leave
}

// SetBegin says what a client does when its machine is started anew.
func (m *Machines) SetBegin(f func(host.Process)) { m.begin = f }

// Servers are all servers that there ever were, in the order in which they came.
func (m *Machines) Servers() []host.Addr { return m.servers }

// AddServer boots one more server, with an empty disk. It is in the service when the service says so.
func (m *Machines) AddServer(name host.Addr, boot host.Boot) {
	m.servers = append(slices.Clip(m.servers), name)
	m.world.AddMachine(name, boot)
}

// Program is what runs on a machine, nil while it is down.
func (m *Machines) Program(machine host.Addr) host.Program { return m.world.Program(machine) }

// Event is to be called after every event of a server, with what runs on it: nil if the event has left it down.
func (m *Machines) Event(machine host.Addr, program host.Program) {
	if program == nil {
		m.noteStop(machine)
		return
	}
	if m.programs[machine] != program {
		m.programs[machine] = program
		m.noteStart(machine)
	}
}

// Clients implements nemesis.World, as the methods below do.
func (m *Machines) Clients() []host.Addr { return m.clients }

// Failpoints says whether marks do anything in this build.
func (m *Machines) Failpoints() bool { return m.marked }

// Now is the world's time.
func (m *Machines) Now() time.Duration { return m.world.Now() }

// At calls f at an instant.
func (m *Machines) At(t time.Duration, f func()) { m.world.At(t, f) }

// Up says whether a program runs on a machine.
func (m *Machines) Up(machine host.Addr) bool { return m.world.Up(machine) }

// Paused says whether a machine stands still.
func (m *Machines) Paused(machine host.Addr) bool { return m.world.Paused(machine) }

// Crash takes a machine's power, and with it the trap that was set in its program.
func (m *Machines) Crash(machine host.Addr) {
	delete(m.traps, machine)
	m.do(m.world.Crash(machine))
}

// Kill ends a machine's program, and with it the trap that was set in it.
func (m *Machines) Kill(machine host.Addr) {
	delete(m.traps, machine)
	m.do(m.world.Kill(machine))
}

// Leave asks a program to make ready for its end.
func (m *Machines) Leave(machine host.Addr) { m.do(m.world.Leave(machine)) }

// Restart starts a server, or a client anew: that is another process, and knows nothing of the one before.
func (m *Machines) Restart(machine host.Addr) {
	if slices.Contains(m.clients, machine) {
		m.world.Spawn(machine, m.begin)
		return
	}
	m.do(m.world.Restart(machine))
}

// Pause makes a machine stand still, and Resume ends that.
func (m *Machines) Pause(machine host.Addr) { m.do(m.world.Pause(machine)) }

// Resume is described at Pause.
func (m *Machines) Resume(machine host.Addr) { m.do(m.world.Resume(machine)) }

// FailpointCrash sets a trap at a mark in a program's code.
func (m *Machines) FailpointCrash(machine host.Addr, mark string) { m.traps[machine] = mark }

// CrashInSync sets a trap in a machine's next sync.
func (m *Machines) CrashInSync(machine host.Addr) { m.do(m.world.CrashInSync(machine, func() {})) }

// Disarm takes a machine's traps away.
func (m *Machines) Disarm(machine host.Addr) {
	delete(m.traps, machine)
	// There is none to take away when it has sprung.
	_ = m.world.DisarmCrashInSync(machine)
}

func (m *Machines) do(err error) {
	if err != nil {
		m.Refuse(err)
	}
}

// Refuse notes that something which the nemesis asked for could not be done: the trial is then the tool's own failure.
func (m *Machines) Refuse(err error) { m.refused = append(m.refused, err) }

// Refused is what could not be done, as one error.
func (m *Machines) Refused() error { return errors.Join(m.refused...) }
