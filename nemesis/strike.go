package nemesis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ordeal/host"
)

// Turn is a machine's part in a Swizzle: it is clogged from one instant to another, on the world's clock.
type Turn struct {
	Machine  host.Addr
	From, To time.Duration
}

// prepare draws what a fault needs besides its target and finds what it can hit; or says why it can't do anything.
func (r *Runner) prepare(e *effect, c *cast, stream *rand.Rand) (reason string) {
	switch {
	case e.fault.Each:
		for range e.machines {
			e.shares = append(e.shares, stream.IntN(2*certain+1)-certain)
		}
		e.event.Detail = e.shown()
	case e.fault.Kind == Swizzle:
		r.drawTurns(e, c, stream)
	case damages(e.fault.Kind):
		return r.damage(e)
	case e.fault.Kind == StaleDisk:
		return r.remember(e)
	case e.fault.Kind == Transfer:
		return r.transferee(e, c)
	case reconfigures(e.fault.Kind):
		return r.change(e, c)
	}
	return ""
}

// own is a machine's own part of an amount.
func (e *effect) own(a host.Addr, amount int) int {
	if !e.fault.Each {
		return amount
	}
	return int(int64(amount) * int64(e.shares[slices.Index(e.event.Machines, a)]) / certain)
}

// ownTime is own for the longest durations too.
func (e *effect) ownTime(a host.Addr) time.Duration {
	if !e.fault.Each {
		return e.fault.Amount
	}
	return e.fault.Amount / certain * time.Duration(e.shares[slices.Index(e.event.Machines, a)])
}

// shown says what each machine has drawn.
func (e *effect) shown() string {
	var parts []string
	for _, a := range e.machines {
		if e.fault.Kind == Drift {
			parts = append(parts, fmt.Sprintf("%s %+dppm", a, e.own(a, e.fault.PPM)))
		} else {
			parts = append(parts, fmt.Sprintf("%s %s", a, formatDuration(e.ownTime(a).Truncate(time.Microsecond))))
		}
	}
	return strings.Join(parts, ", ")
}

// drawTurns deals the machines an order in which they are clogged, in the first half of the time, and another in which
// they are let go, in the second (FoundationDB's swizzle: the last to be cut off is not the first to come back).
func (r *Runner) drawTurns(e *effect, c *cast, stream *rand.Rand) {
	now, half := r.world.Now(), r.plan[e.step].For/2
	machines := e.event.Machines
	n := time.Duration(len(machines))
	out, back := stream.Perm(len(machines)), stream.Perm(len(machines))
	for i, machine := range machines {
		e.turns = append(e.turns, Turn{
			Machine: machine, From: now + half*time.Duration(out[i])/n, To: now + half + half*time.Duration(back[i]+1)/n,
		})
	}
	e.event.Turns = e.turns
	e.ways = nil // it begins with the first turn
}

// damage makes bytes wrong on the disks of those that have any, before they are started over them.
func (r *Runner) damage(e *effect) (reason string) {
	var hit []host.Addr
	var damaged []string
	for _, a := range e.machines {
		d := Damage{Misdirected: e.fault.Kind == Misdirect, Last: r.policy == Merciless}
		if what := r.world.Damage(a, d); what != "" {
			hit = append(hit, a)
			damaged = append(damaged, string(a)+": "+what)
			r.set.machine(a).damaged = true
		}
	}
	switch {
	case len(e.machines) == 0:
		return "as many disks are already damaged as may be"
	case len(hit) == 0:
		return "nothing has lain long enough on the disk of " + list(e.machines)
	}
	e.machines, e.event.Machines, e.event.Detail = hit, hit, strings.Join(damaged, "; ")
	return ""
}

// transferee picks, of those that a Transfer names, one that does not lead.
func (r *Runner) transferee(e *effect, c *cast) (reason string) {
	if c.leader == "" {
		return "no leader known"
	}
	for _, a := range c.order {
		if a != c.leader && slices.Contains(e.machines, a) && r.up(a) {
			e.machines = []host.Addr{a}
			e.event.Machines, e.event.Detail = e.machines, string(c.leader)+" to "+string(a)
			return ""
		}
	}
	return "no server is up to lead in the place of " + string(c.leader)
}

// strike carries out a fault that happens at once, and reports whether e is one.
func (r *Runner) strike(e *effect) bool {
	switch e.fault.Kind {
	case Jump:
		for _, a := range e.machines {
			if by := e.ownTime(a); by != 0 {
				r.world.JumpWall(a, by)
			}
		}
	case Transfer:
		r.world.Transfer(e.machines[0])
	case Add, Demote, Promote, Remove, Replace:
		r.world.Reconfig(e.change)
	default:
		return false
	}
	return true
}

// begin does what a fault that lasts does at its beginning only, and sees to what it does now and then.
func (r *Runner) begin(e *effect) {
	switch {
	case cycles(e.fault.Kind):
		for _, a := range e.machines {
			if r.up(a) {
				s := r.set.machine(a)
				s.owed = true
				r.cutPower(a, s)
			}
		}
	case e.fault.Kind == StaleDisk && !e.softened:
		for _, a := range e.machines {
			r.world.Remember(a)
		}
	case e.fault.Kind == Wipe:
		r.swapDisks(e, r.world.Wipe)
	case e.fault.Kind == Strobe || e.fault.Kind == Snapshot:
		r.beat(e)
	case e.fault.Kind == Swizzle:
		for _, t := range e.turns {
			r.world.At(t.From, func() { r.turn(e) })
			r.world.At(t.To, func() { r.turn(e) })
		}
	}
}

// under says whether e is under way.
func (r *Runner) under(e *effect) bool { return !r.over && slices.Contains(r.active, e) }

// beat does once what e does again and again, and comes back for the next time.
func (r *Runner) beat(e *effect) {
	if !r.under(e) {
		return
	}
	for _, a := range e.machines {
		switch {
		case e.fault.Kind == Snapshot:
			if r.world.Up(a) {
				r.world.Snapshot(a)
			}
		case e.swung:
			r.world.JumpWall(a, -e.fault.Amount)
		default:
			r.world.JumpWall(a, e.fault.Amount)
		}
	}
	e.swung = e.fault.Kind == Strobe && !e.swung
	r.world.At(r.world.Now()+e.fault.Every, func() { r.beat(e) })
}

// swingBack ends a strobe on one machine.
func (r *Runner) swingBack(e *effect, a host.Addr) {
	if e.swung {
		r.world.JumpWall(a, -e.fault.Amount)
	}
}

// turn clogs the links of the machines whose turn it is, and lets go those whose turn is over.
func (r *Runner) turn(e *effect) {
	if !r.under(e) {
		return
	}
	before := e.ways
	now := r.world.Now()
	clogged := func(a host.Addr) bool {
		return slices.ContainsFunc(e.turns, func(t Turn) bool { return t.Machine == a && t.From <= now && now < t.To })
	}
	e.ways = nil
	for _, w := range e.event.Ways {
		if clogged(w.From) || clogged(w.To) {
			e.ways = append(e.ways, w)
		}
	}
	for _, w := range e.event.Ways {
		if slices.Contains(before, w) != slices.Contains(e.ways, w) {
			r.settleWay(w)
		}
	}
}
