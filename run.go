package ordeal

import (
	"fmt"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/workloads"
)

// Bounds of the last part of a trial, in virtual time.
const (
	// recoveryMax is how long the service may take to serve again once a majority is healed. The longest that anybody
	// waits for is a session of a client that is gone, and an election or two.
	recoveryMax = 30 * time.Second
	// convergenceMax is how long the rest may take to catch up once everything is healed.
	convergenceMax = 30 * time.Second
	// aftermath is how long a trial goes on after the first sign that a promise was broken.
	aftermath = 5 * time.Second
	// lookEvery is how often the end of a wait is looked for.
	lookEvery = 20 * time.Millisecond
)

// Timing of the service in a trial.
const (
	tickTime       = 500 * time.Millisecond
	sessionTimeout = 3 * time.Second
	reapEvery      = 2 * time.Second
)

// play is a trial under way.
type play struct {
	trial      Trial
	storage    Storage
	world      *sim.World
	ground     *ground
	plan       nemesis.Plan
	runner     *nemesis.Runner
	env        *workloads.Env
	recorder   *history.Recorder
	invariants *invariants
	sessions   sessionEnds
	applied    applied
	truth      truth
	// resolved is the history in which unknown operations end as they did, if it shows what clients could not see.
	resolved      history.History
	resolvedCount int
	masked        bool
	chronicle     *chronicle // nil unless somebody wants to be told
	lifetimes     *lifetimes
	coverage      *coverage
	states        *states // nil unless somebody wants to know
	// waits are what the last phases waited for in vain.
	waits []unmet
}

// unmet is something that did not come about within its bound.
type unmet struct {
	rule, what string
	at         time.Duration
}

// Run plays a trial and judges it. An error says that the trial could not be played; whatever the service does wrong is
// in the Result. Nothing else may run a trial in this process meanwhile.
func Run(t Trial) (Result, error) { return runTrial(t, func(*play) {}) }

// runTold is Run with somebody who writes the story of a violation down: of that kind, or of the one that decides the
// verdict. The trial is the same.
func runTold(t Trial, kind string) (Result, error) {
	return runTrial(t, func(p *play) { p.chronicle = newChronicle(p, kind) })
}

// runTrial is Run for whoever wants to see the play before it begins.
func runTrial(t Trial, begin func(*play)) (Result, error) {
	if err := t.Check(); err != nil {
		return Result{}, err
	}
	p := newPlay(t)
	defer p.world.Close()
	defer seedEntropy(p.world.Rand("raft"))()
	remove, err := plant(t.Bug)
	if err != nil {
		return Result{}, err
	}
	defer remove()
	begin(p)
	if p.ground.marked {
		stop, err := watchMarks(p.marks(), p.ground.hit)
		if err != nil {
			return Result{}, err
		}
		defer stop()
	}
	p.safety()
	if !p.over() && !t.NoRecovery {
		p.liveness()
	}
	if err := p.ground.trouble(); err != nil {
		return Result{}, fmt.Errorf("the world refused what the nemesis asked for: %w", err)
	}
	return p.judge(), nil
}

func newPlay(t Trial) *play {
	w := sim.New(t.Seed, sim.Config{})
	p := &play{trial: t, world: w}
	p.recorder = history.NewRecorder(w.Now)
	p.invariants = newInvariants(w.Now)
	p.lifetimes = newLifetimes(w.Now)
	p.coverage = newCoverage(p)
	if t.merciless() {
		p.invariants.integrity = newIntegrity()
	}
	var clients []host.Addr
	for _, n := range clientNumbers(t) {
		clients = append(clients, host.Addr(fmt.Sprintf("c%d", n)))
	}
	servers := serverNames(t)
	p.ground = newGround(w, servers, clients, Marked())
	w.Observe(p.look)
	p.plan = t.Plan
	if p.plan == nil {
		p.plan = p.drawPlan()
	}
	p.storage = p.drawStorage()
	p.bootServers()
	return p
}

// bootServers boots the servers that found the service.
func (p *play) bootServers() {
	var members []cluster.Member
	for _, s := range p.ground.servers {
		members = append(members, cluster.Member{ID: serverID(s), Addr: s})
	}
	if p.trial.Workload == "tree" {
		recordSettings(p.recorder, p.config(1, members))
	}
	p.ground.ensemble.boot = p.program
	for _, m := range members {
		p.world.AddMachine(m.Addr, p.program(m.ID, members))
	}
}

// program is the service on one server.
func (p *play) program(id uint64, members []cluster.Member) host.Boot {
	return cluster.Boot(p.config(id, members))
}

// config configures a server. Only where the plan asks for it is it prepared for changes of the ensemble: the configuration
// is a transaction that nobody else needs.
func (p *play) config(id uint64, members []cluster.Member) cluster.Config {
	c := cluster.Config{
		ID: id, Members: members, TickTime: tickTime,
		ReapEvery: reapEvery, SnapshotEvery: p.storage.SnapshotEvery, KeepEntries: p.storage.KeepEntries,
		SegmentBytes: p.storage.SegmentBytes, SnapshotPieceBytes: int(p.storage.PieceBytes),
		Settings: tree.ExtendedTypes | tree.EnforceQuota, SuperDigest: workloads.Digest(workloads.Super),
	}
	if p.plan.Reconfigures() {
		c.Reconfig, c.Announce = true, founding(serverNames(p.trial))
		c.Operator.Changed = p.ground.changed
	}
	return c
}

// drawStorage draws how often servers snapshot, so that the paths through snapshots and a short log are gone often, and
// also never; unless the trial says.
func (p *play) drawStorage() Storage {
	if p.trial.Storage != (Storage{}) {
		return p.trial.Storage
	}
	rng := p.world.Rand("config")
	every := []uint64{30, 150, 1000, 100_000}[rng.IntN(4)]
	keep := every / uint64(1+rng.IntN(5))
	segment := []int64{8 << 10, 64 << 10, 1 << 20}[rng.IntN(3)]
	piece := []int64{300, 3000, 256 << 10}[rng.IntN(3)]
	return Storage{every, max(1, keep), segment, piece}
}

func (p *play) drawPlan() nemesis.Plan {
	kinds, err := nemesis.Select(p.trial.Faults)
	if err != nil {
		panic("ordeal: a trial that was not checked: " + err.Error())
	}
	return nemesis.Swarm(p.world.Rand("plan"), nemesis.SwarmOptions{
		Nodes: p.ground.servers, Clients: true, Length: p.trial.Length, Kinds: kinds, Marks: sortedKeys(crashMarks),
		Policy: p.trial.Policy,
	})
}

// look is called after every event of a server.
func (p *play) look(machine host.Addr, program host.Program) {
	n, _ := program.(*cluster.Node)
	if p.chronicle != nil {
		p.chronicle.look(machine, n)
	}
	if n == nil {
		p.invariants.gone(machine)
		p.ground.gone(machine)
		return
	}
	st := n.Status()
	if p.ground.watch(machine, n, &st) {
		p.invariants.look(machine, n, &st)
		p.coverage.look(machine, n, &st)
		p.lives(n, &st)
		if endsSessions(p.trial.Workload) {
			p.sessions.look(n, &st, p.recorder)
		}
		if p.trial.Workload == "tree" {
			p.applied.look(n, &st, p.ground.clocks.most(p.world.Now()), p.recorder)
		} else {
			p.truth.look(n, &st, len(p.recorder.Ops()))
		}
	}
	if p.states != nil {
		p.states.look(machine, n, &st)
	}
}

// safety is the phase in which clients work and faults happen.
func (p *play) safety() {
	p.startClients()
	p.runner = nemesis.Run(p.ground, p.plan, p.trial.Policy, p.world.Rand("nemesis"), p.noted())
	p.await(p.trial.Length, never)
}

func never() bool { return false }

// over says that a promise was broken a while ago: what clients make of it is in the history by now, and there is nothing
// to be learned from servers that go on with it.
func (p *play) over() bool {
	since := time.Duration(-1)
	if broken := p.badBreaches(); len(broken) > 0 {
		since = broken[0].At
	}
	if failed := p.badFailures(); len(failed) > 0 && (since < 0 || failed[0].At < since) {
		since = failed[0].At
	}
	return since >= 0 && p.world.Now() >= since+aftermath
}

// liveness is the phase after: a majority is healed, everything else stays as it is, and the service has to serve again.
// Then everything is healed, and all servers have to come to one state. Of a merciless trial that is asked as well, and
// nothing is made of it if it does not come about.
func (p *play) liveness() {
	p.runner.Heal(p.drawMajority()...)
	served := p.startProbe()
	recovered := p.await(recoveryMax, served)
	if !recovered {
		p.miss("recovery", fmt.Sprintf("a healthy majority did not serve a client within %v", recoveryMax))
	}
	p.runner.Heal()
	if p.trial.merciless() && !recovered && !p.await(recoveryMax, served) {
		return // some servers are damaged for good, and there is nobody to ask
	}
	if !p.await(convergenceMax, p.converged) {
		p.miss("convergence", fmt.Sprintf("the servers did not come to one state within %v of being healed", convergenceMax))
	}
	p.finishClients()
}

func (p *play) miss(rule, what string) {
	if p.over() || p.trial.merciless() {
		return // nobody waited to the end, or nobody promised it
	}
	p.waits = append(p.waits, unmet{rule, what + ": " + p.pending(), p.world.Now()})
}

// await lets time pass until holds does, for so long at most.
func (p *play) await(limit time.Duration, holds func() bool) bool {
	end := p.world.Now() + limit
	for !holds() {
		if p.world.Now() >= end || p.over() {
			return false
		}
		p.world.RunUntil(min(end, p.world.Now()+lookEvery))
		p.lifetimes.sample(p.env.Contacts())
	}
	return true
}

// drawMajority picks the servers that are healed first.
func (p *play) drawMajority() []host.Addr {
	servers := append([]host.Addr(nil), p.ground.servers...)
	p.world.Rand("core").Shuffle(len(servers), func(i, j int) { servers[i], servers[j] = servers[j], servers[i] })
	return p.ground.ensemble.core(servers)
}

// converged holds when every server is up and has applied the same.
func (p *play) converged() bool {
	var first cluster.Status
	for i, s := range p.ground.Members() {
		n := p.ground.node(s)
		if n == nil {
			return false
		}
		st := n.Status()
		if i == 0 {
			first = st
		}
		if !st.Serving || st.Leader == 0 || st.Applied != first.Applied {
			return false
		}
	}
	return true
}

// pending says what everybody is waiting for.
func (p *play) pending() string {
	text := ""
	for i, s := range p.ground.servers {
		if i > 0 {
			text += "; "
		}
		text += p.pendingAt(s)
	}
	return text
}

func (p *play) pendingAt(s host.Addr) string {
	n := p.ground.node(s)
	switch {
	case n == nil:
		return fmt.Sprintf("%s is down%s", s, p.lastStop(s))
	case p.world.Paused(s):
		return fmt.Sprintf("%s is paused", s)
	}
	st := n.Status()
	leader := "knows no leader"
	if st.Leading {
		leader = "leads"
	} else if st.Leader != 0 {
		leader = fmt.Sprintf("follows n%d", st.Leader)
	}
	return fmt.Sprintf("%s %s in term %d, has applied %d of %d entries, %d requests wait", s, leader, st.Term, st.Applied, st.LastIndex, st.Waiting)
}

func (p *play) lastStop(s host.Addr) string {
	stops := p.world.Stops()
	for i := len(stops) - 1; i >= 0; i-- {
		if stops[i].Machine == s {
			return fmt.Sprintf(" since it stopped at %v: %v", stops[i].At, stops[i].Reason)
		}
	}
	return ""
}
