// Package play plays one trial and judges it: a world of the trial's seed, the service's programs on its servers, the
// nemesis with its plan, and clients; monitors look at every event, and in the end checkers look at what the clients
// saw.
//
// A trial has three parts. While its length lasts, clients work and faults happen. Then a majority is healed, and the
// service must serve again; then everything is healed, and all servers must agree. What the service breaks at any time
// is in the Result, as are the verdicts of all checkers.
package play

import (
	"fmt"
	"slices"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/account"
	"ordeal/testbed/costs"
	"ordeal/testbed/coverage"
	"ordeal/testbed/machines"
	"ordeal/testbed/trial"
)

// play is a trial under way.
type play struct {
	trial    trial.Trial
	service  trial.Instance
	settings string
	world    *sim.World
	machines *machines.Machines
	plan     nemesis.Plan
	runner   *nemesis.Runner
	recorder *history.Recorder
	breaches *trial.Breaches
	covered  *coverage.Log
	monitors []trial.Monitor
	states   trial.States // nil unless they are asked for
	story    *story       // nil unless it is asked for
	deeds    *deeds
	ran      []ran
	now      *ran     // what monitors hear of; nil if that is down
	watched  *watched // nil unless a timeline is asked for
	// unended are the clients' machines whose clients have not come to their end.
	unended map[host.Addr]bool
	// waits are what the last phases waited for in vain.
	waits []wait
}

// ran is what ran on a server at its last event that left it up.
type ran struct {
	server  host.Addr
	program host.Program
	// role is what a timeline has noted of it; "" before that.
	role string
}

// wait is something that did not come about within its bound.
type wait struct {
	rule, what string
	at         time.Duration
}

// Ask says what is asked of a trial besides its verdict. The trial is the same whatever is asked.
type Ask struct {
	Mode Mode
	// Follow, unless it is nil, is called with every event of the world and the hash of all up to it.
	Follow func(h sim.Happening, hash uint64)
	// Kind is the kind of violation that an account is about; "" is the one that decides the verdict.
	Kind string
	// Poison overwrites what programs have sent and given away. A program that uses it still shows by another trace.
	Poison bool
}

// Mode is what a trial is played for. Each but the first costs time.
type Mode string

// The modes.
const (
	Plain    Mode = ""         // for its verdict
	Accounts Mode = "account"  // and Summary.Account
	States   Mode = "states"   // and Summary.States
	Points   Mode = "points"   // and Summary.Points
	Timeline Mode = "timeline" // and Result.Timeline
	// Told is Timeline with the whole story in it, which costs several times what the trial does.
	Told Mode = "told"
)

// Run plays a trial and judges it. An error says that the trial could not be played; whatever the service does wrong is
// in the Result. A process plays one trial at a time: ErrBusy says that another is under way.
func Run(t trial.Trial, ask Ask) (Result, error) {
	if err := t.Check(); err != nil {
		return Result{}, err
	}
	release, err := claimProcess()
	if err != nil {
		return Result{}, err
	}
	defer release()
	p := prepare(t, ask)
	defer p.world.Close()
	defer seedEntropy(p.world.Rand("raft"))()
	remove, err := plant(t)
	if err != nil {
		return Result{}, err
	}
	defer remove()
	p.begin()
	if t.Service.Marked {
		marks := t.Marks()
		if ask.Mode == Points {
			marks = t.Service.MarkNames()
		}
		stop, err := watchMarks(t.Service, marks, p.machines.Hit)
		if err != nil {
			return Result{}, err
		}
		defer stop()
	}
	p.play()
	if err := p.machines.Refused(); err != nil {
		return Result{}, fmt.Errorf("the world refused what the nemesis asked for: %w", err)
	}
	return p.judge(), nil
}

// prepare makes the world and what observes it.
func prepare(t trial.Trial, ask Ask) *play {
	cfg, err := costs.Parse(t.Costs)
	if err != nil {
		panic("play: a trial that was not checked: " + err.Error())
	}
	cfg.Order, cfg.Branch = t.Order, t.Branch
	w := sim.New(t.Seed, cfg)
	if ask.Poison {
		w.Poison()
	}
	if ask.Follow != nil {
		w.Happenings(ask.Follow)
	}
	p := &play{
		trial: t, settings: t.DrawSettings(), world: w, plan: t.DrawPlan(), recorder: history.NewRecorder(w.Now),
		breaches: &trial.Breaches{Now: w.Now}, unended: make(map[host.Addr]bool),
	}
	var clients []host.Addr
	for _, n := range t.ClientNumbers() {
		clients = append(clients, host.Addr(fmt.Sprintf("c%d", n)))
	}
	p.machines = machines.New(w, t.Servers(), clients, t.Service.Marked)
	p.covered = coverage.NewLog(p.role, clients)
	p.service = t.Service.Begin(&trial.Stage{
		Trial: t, Settings: p.settings, Plan: p.plan, World: w, Machines: p.machines, Record: p.recorder,
		Breaches: p.breaches, Covered: p.covered.Saw, Did: p.did, Faults: p.faults,
	})
	p.fillIn()
	p.deeds = p.newDeeds()
	p.ask(ask)
	return p
}

// ask adds the monitors of a mode.
func (p *play) ask(ask Ask) {
	switch ask.Mode {
	case Accounts, Timeline, Told:
		p.story = &story{Story: account.New(p.world.Now), kind: ask.Kind}
		if ask.Mode == Timeline {
			p.story.teller = newTeller(p.story.Story, p)
		} else {
			p.story.teller = p.service.Teller(p.story.Story)
		}
		first := trial.Monitor(p.story.teller)
		if ask.Mode != Accounts {
			p.watched = newWatched(p, first)
			first = p.watched
		}
		p.monitors = append([]trial.Monitor{first}, p.monitors...)
	case States:
		p.states = p.service.States()
		p.monitors = append(p.monitors, p.states)
	case Points:
		p.machines.CountPoints(p.trial.Length)
	}
}

// begin boots the servers that found the service.
func (p *play) begin() {
	p.world.Observe(p.event)
	for _, s := range p.machines.Servers() {
		p.world.AddMachine(s, p.service.Boot(s))
	}
}

// event is called after every event of a server.
func (p *play) event(server host.Addr, program host.Program) {
	p.now = nil
	booted := program != nil && p.boots(server, program)
	if booted || program == nil {
		p.machines.Event(server, program)
	}
	p.deeds.event(server, program, booted)
	for _, m := range p.monitors {
		m.Event(server, program)
	}
}

// boots notes what runs on a server, and reports whether that is another program than before.
func (p *play) boots(server host.Addr, program host.Program) bool {
	for i := range p.ran { // a trial has few servers: to compare costs less than to hash
		if p.now = &p.ran[i]; p.now.program == program {
			return false
		}
	}
	p.ran = slices.DeleteFunc(p.ran, func(r ran) bool { return r.server == server })
	p.ran = append(p.ran, ran{server: server, program: program})
	p.now = &p.ran[len(p.ran)-1]
	return true
}

// fault is called with everything that the nemesis does.
func (p *play) fault(e nemesis.Event) {
	p.covered.Fault(e)
	p.deeds.fault(e)
	for _, m := range p.monitors {
		m.Fault(e)
	}
}

func (p *play) faults() []nemesis.Event { return p.runner.Results() }

// role is what a server is to the service at present.
func (p *play) role(server host.Addr) string { return p.roleOf(p.world.Program(server)) }

// roleOf is what a program is; nil is none.
func (p *play) roleOf(program host.Program) string {
	if program == nil {
		return coverage.Down
	}
	return p.service.Role(program)
}

// play lets the parts of the trial happen.
func (p *play) play() {
	p.startClients()
	p.runner = nemesis.Run(p.machines, p.plan, p.trial.Policy, p.world.Rand("nemesis"), p.fault)
	p.world.Branched(p.redraw)
	length := p.trial.Length
	if p.trial.End > 0 {
		length = min(length, p.trial.End)
	}
	p.await(length, func() bool { return false })
	if !p.over() && !p.trial.NoRecovery && p.trial.End == 0 {
		p.recover()
	}
	for _, m := range p.monitors {
		m.End()
	}
	p.deeds.end()
}

// redraw gives those other chance who drew theirs before the trial branched off.
func (p *play) redraw() {
	p.runner.Redraw(p.world.Rand("nemesis"))
	if c, ok := p.service.Clients.(trial.Redrawer); ok {
		c.Redraw(p.world.Rand("draws").Uint64())
	}
}

// did is Stage.Did.
func (p *play) did(server host.Addr, deed string) { p.deeds.tracker.Did(string(server), deed) }

// invalid is the verdict that a promise was broken.
func invalid(name, reason string) checker.Verdict {
	return checker.Verdict{Outcome: checker.Invalid, Checker: name, Reason: reason}
}
