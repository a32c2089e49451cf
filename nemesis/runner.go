package nemesis

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/nemesis/scenario"
)

// Runner carries a plan out.
type Runner struct {
	world  World
	plan   Plan
	policy Policy
	note   func(Event)
	start  time.Duration
	// seed is all that the runner takes from the stream it is given.
	seed [2]uint64

	active  []*effect                // in the order in which they fired
	reached []bool                   // by step: whether its time came
	over    bool                     // healed: nothing fires or ends by itself any more
	waiting []func()                 // by step: what takes back its wait for a moment or for deeds
	behind  []int                    // steps that wait for others that wait for the same deeds, in order
	servers map[int]scenario.Servers // by step: those whose deeds it has waited for
	results []Event
	unfired []Event

	set applied
}

// effect is a fault that is under way.
type effect struct {
	step     int
	fault    Fault
	machines []host.Addr // whom it hits; none for a network fault
	ways     []Way       // a network fault's
	event    Event       // the one that said so
	// Each: every machine's own part of the amount, from minus to plus a million. In the order of event.Machines
	shares   []int
	turns    []Turn // Swizzle
	change   Change // of who is in the service
	softened bool   // it only looks like what it is called
	swung    bool   // Strobe: the time of day is away from where it belongs
	sprung   bool   // a trap's: whether it has sprung on a machine that was since let go
}

// Run starts a plan, now, on a world: the plan's times count from here. note, if not nil, hears of every event, of a
// fault's beginning before the world feels it and of its end after. Chance is drawn from rng here and in Redraw alone.
func Run(world World, plan Plan, policy Policy, rng *rand.Rand, note func(Event)) *Runner {
	r := &Runner{
		world:   world,
		plan:    slices.Clone(plan),
		policy:  policy,
		note:    note,
		start:   world.Now(),
		seed:    [2]uint64{rng.Uint64(), rng.Uint64()},
		reached: make([]bool, len(plan)),
		waiting: make([]func(), len(plan)),
		servers: make(map[int]scenario.Servers),
		set:     newApplied(),
	}
	// Ends come first, so that at one instant a fault is over before the next one looks for a machine that is up.
	for i, s := range plan {
		if !s.Fault.AwaitsDeeds() {
			world.At(r.start+s.At+s.For, func() { r.end(i) })
		}
	}
	for i, s := range plan {
		world.At(r.start+s.At, func() { r.fire(i) })
	}
	return r
}

// Redraw has whatever fires from now on draw other chance. What is under way stays as it is.
func (r *Runner) Redraw(rng *rand.Rand) { r.seed = [2]uint64{rng.Uint64(), rng.Uint64()} }

// Results is every event so far, in order.
func (r *Runner) Results() []Event { return slices.Clone(r.results) }

// Unfired is an event for each step that did nothing to the world, in the order in which that showed: it was skipped,
// or not reached, or it was a trap that never sprang.
func (r *Runner) Unfired() []Event { return slices.Clone(r.unfired) }

// Heal ends the plan. With machines named, only these are healed: they run, their disks and clocks are sound, and so
// are the links among them and to the clients; every other machine and link stays as it is, with nothing to end it but
// another Heal. With none named, everything is healed. A machine that is healed and down for whatever reason is
// started. The time of day stays where jumps have put it.
func (r *Runner) Heal(machines ...host.Addr) {
	members := sorted(r.world.Members())
	healed := func(a host.Addr) bool {
		return len(machines) == 0 || slices.Contains(machines, a) || !slices.Contains(members, a)
	}
	r.close()
	var freed effect
	var ended []*effect
	for _, e := range r.active {
		r.free(e, healed, &freed)
		if len(e.machines)+len(e.ways) == 0 {
			ended = append(ended, e)
		}
	}
	r.active = slices.DeleteFunc(r.active, func(e *effect) bool { return slices.Contains(ended, e) })
	r.settle(&freed)
	for _, machine := range members {
		if healed(machine) && !r.up(machine) {
			r.restart(machine)
		}
	}
	for _, client := range sorted(r.world.Clients()) {
		if r.set.machine(client).crashed && !r.up(client) {
			r.restart(client)
		}
	}
	for _, e := range ended {
		r.ended(e, "healed")
	}
}

// close lets nothing fire or end any more, and says so of the steps whose time has not come.
func (r *Runner) close() {
	if r.over {
		return
	}
	r.over = true
	for i, reached := range r.reached {
		if !reached {
			r.emit(r.event(i, NotReached, "the trial ended before"))
		}
		r.waitNoMore(i)
	}
}

// free moves what is healed from e to freed.
func (r *Runner) free(e *effect, healed func(host.Addr) bool, freed *effect) {
	e.sprung = e.sprung || r.sprungOn(e)
	e.machines = slices.DeleteFunc(slices.Clone(e.machines), func(a host.Addr) bool {
		if healed(a) {
			freed.machines = append(freed.machines, a)
			r.swingBack(e, a)
		}
		return healed(a)
	})
	e.ways = slices.DeleteFunc(slices.Clone(e.ways), func(w Way) bool {
		free := healed(w.From) && healed(w.To)
		if free {
			freed.ways = append(freed.ways, w)
		}
		return free
	})
}

// fire begins the i-th step, or says why it can't.
func (r *Runner) fire(i int) {
	if r.over {
		return
	}
	r.reached[i] = true
	if r.plan[i].Fault.Pinned() {
		r.pin(i)
		return
	}
	if r.plan[i].Fault.AwaitsDeeds() {
		r.awaitDeeds(i)
		return
	}
	moment, _, awaits := r.plan[i].Fault.Target.awaits()
	if !awaits {
		r.carryOut(i, "")
		return
	}
	r.waiting[i] = r.world.Await(moment, func(met host.Addr) {
		r.waiting[i] = nil
		r.carryOut(i, met)
	})
}

// waitNoMore ends a step's wait for a moment that did not come.
func (r *Runner) waitNoMore(i int) {
	if cancel := r.waiting[i]; cancel != nil {
		cancel()
		r.waiting[i] = nil
		r.emit(r.event(i, Skipped, r.plan[i].Fault.missed()))
	}
}

// carryOut begins the i-th step, whose moment, if it waits for one, is met's.
func (r *Runner) carryOut(i int, met host.Addr) {
	e, reason := r.aim(i, met)
	if reason != "" {
		r.emit(r.event(i, Skipped, reason))
		return
	}
	r.emit(e.event)
	if r.strike(e) {
		return
	}
	r.active = append(r.active, e)
	r.begin(e)
	r.settle(e)
}

// end ends the i-th step if it is under way.
func (r *Runner) end(i int) {
	r.waitNoMore(i)
	at := slices.IndexFunc(r.active, func(e *effect) bool { return e.step == i })
	if r.over || at < 0 {
		return
	}
	e := r.active[at]
	e.sprung = r.sprungOn(e)
	r.active = slices.Delete(r.active, at, at+1)
	for _, a := range e.machines {
		r.swingBack(e, a)
	}
	if e.fault.Kind == StaleDisk {
		r.goBack(e)
	}
	r.settle(e)
	r.ended(e, "")
}

// aim finds out whom the i-th step hits, or why it hits none.
func (r *Runner) aim(i int, met host.Addr) (e *effect, reason string) {
	s := r.plan[i]
	if err := s.Check(); err != nil {
		return nil, err.Error()
	}
	if s.Fault.Kind == Failpoint && !r.world.Failpoints() {
		return nil, "built without failpoints"
	}
	if why := r.unable(s.Fault); why != "" {
		return nil, why
	}
	info, _ := s.Fault.Kind.Info()
	stream := r.stream(i)
	c := r.cast(stream)
	c.met, c.deeds = met, r.servers[i]
	e = &effect{step: i, fault: s.Fault, event: r.event(i, Fired, "")}
	switch {
	case s.Fault.Kind == Partition:
		homes := c.homes(stream)
		e.ways, e.event.Detail, reason = c.cuts(s.Fault, homes)
		e.event.Ways = e.ways
		if s.Fault.Target != "" && reason == "" {
			e.event.Machines, _ = c.resolve(s.Fault.Target)
		}
	case len(info.slots) == 0: // it has no target
	case info.network:
		e.ways, e.event.Machines, reason = c.links(s.Fault)
		e.event.Ways, e.event.Detail = e.ways, list(e.event.Machines)
	default:
		e.machines, reason = r.victims(c, s.Fault)
		e.event.Machines, e.event.Detail = e.machines, list(e.machines)
	}
	if reason == "" {
		r.soften(e)
		reason = r.prepare(e, c, stream)
	}
	return e, reason
}

// victims are the machines that a fault hits, or the reason why there are none that it could do anything to.
func (r *Runner) victims(c *cast, f Fault) (machines []host.Addr, reason string) {
	machines, reason = c.resolve(f.Target)
	if reason != "" {
		return nil, reason
	}
	info, _ := f.Kind.Info()
	for _, machine := range machines {
		if !info.clients && !slices.Contains(c.servers, machine) {
			return nil, string(machine) + " is not a server"
		}
	}
	running := func(a host.Addr) bool { return r.up(a) && !r.world.Paused(a) }
	switch {
	case (downs(f.Kind) || f.Kind == Pause) && !slices.ContainsFunc(machines, r.up):
		return nil, already(machines, "down")
	case f.Kind == Pause && !slices.ContainsFunc(machines, running):
		return nil, already(machines, "paused")
	}
	return machines, ""
}

func already(machines []host.Addr, state string) string {
	verb := "is"
	if len(machines) > 1 {
		verb = "are"
	}
	return fmt.Sprintf("%s %s already %s", list(machines), verb, state)
}

// cast looks at the world and deals its servers.
func (r *Runner) cast(stream *rand.Rand) *cast {
	c := &cast{world: r.world, servers: sorted(r.world.Members()), clients: sorted(r.world.Clients())}
	if leader, ok := r.world.Leader(); ok {
		c.leader = leader
	}
	c.order = r.deal(c.servers, stream)
	c.clientOrder = r.deal(c.clients, stream)
	return c
}

// deal puts machines in an order of chance, those that are up first.
func (r *Runner) deal(machines []host.Addr, stream *rand.Rand) (order []host.Addr) {
	var down []host.Addr
	for _, place := range stream.Perm(len(machines)) {
		if m := machines[place]; r.up(m) {
			order = append(order, m)
		} else {
			down = append(down, m)
		}
	}
	return append(order, down...)
}

// homes draws a server for each client.
func (c *cast) homes(stream *rand.Rand) []int {
	homes := make([]int, len(c.clients))
	for i := range homes {
		homes[i] = stream.IntN(max(1, len(c.servers)))
	}
	return homes
}

// stream is the i-th step's own chance. It depends on when and what the step is, not on its place in the plan, nor on
// how long it lasts; of steps that are the same in that, each has another stream.
func (r *Runner) stream(i int) *rand.Rand {
	same := func(s Step) bool { return s.At == r.plan[i].At && s.Fault == r.plan[i].Fault }
	twins := 0
	for _, s := range r.plan[:i] {
		if same(s) {
			twins++
		}
	}
	h := fnv.New128a()
	fmt.Fprintf(h, "%d %s %d", r.plan[i].At, r.plan[i].Fault, twins)
	sum := h.Sum(nil)
	return rand.New(rand.NewPCG(
		r.seed[0]^binary.BigEndian.Uint64(sum), r.seed[1]^binary.BigEndian.Uint64(sum[8:])))
}

func (r *Runner) event(step int, t EventType, detail string) Event {
	s := r.plan[step]
	return Event{Time: r.world.Now(), Step: step, Type: t, For: s.For, Fault: s.Fault, Detail: detail}
}

// ended says that e is over, and whether it was a trap that never sprang.
func (r *Runner) ended(e *effect, detail string) {
	event := e.event
	event.Time, event.Type, event.Detail = r.world.Now(), Ended, detail
	if isTrap(e.fault.Kind) && !e.sprung {
		event.Detail = neverSprang(e)
		r.unfired = append(r.unfired, event)
	}
	r.emit(event)
}

func neverSprang(e *effect) string {
	where := "a sync"
	if e.fault.Kind == Failpoint {
		where = e.fault.Mark
	}
	return list(e.event.Machines) + " never came to " + where
}

func (r *Runner) emit(e Event) {
	r.results = append(r.results, e)
	if e.Type == Skipped || e.Type == NotReached {
		r.unfired = append(r.unfired, e)
	}
	if r.note != nil {
		r.note(e)
	}
}

func sorted(machines []host.Addr) []host.Addr {
	return slices.SortedFunc(slices.Values(machines), compareAddr)
}
