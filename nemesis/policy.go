package nemesis

import (
	"fmt"
	"slices"

	"ordeal/host"
)

// Policy says how far a plan may go.
type Policy string

const (
	// Merciful leaves a cluster that can go on once it is healed. A fault that would not is softened, and its event says
	// how and why.
	Merciful Policy = "merciful"
	// Merciless does to disks whatever the plan says: they may forget for good what they had promised to keep.
	Merciless Policy = "merciless"
)

// ParsePolicy reads a policy; "" is Merciful.
func ParsePolicy(text string) (Policy, error) {
	switch p := Policy(text); p {
	case "":
		return Merciful, nil
	case Merciful, Merciless:
		return p, nil
	}
	return "", fmt.Errorf("%s", unknown("policy", text, []string{string(Merciful), string(Merciless)}))
}

// Merciless holds for the kinds of which a merciful plan has nothing but a power loss.
func (k Kind) Merciless() bool { return k == StaleDisk || k == Wipe }

// soften takes from a fault what the policy does not allow, and notes it in the event.
//
// Raft rests on disks that keep what they have acknowledged: votes, terms and entries. A disk that goes back in time or
// is empty breaks that without a trace, and so does damage to what was synced last, which can't be told from a write
// that a crash has torn. So a merciful plan has none of these. Other damage is found by checksums and only takes the
// server out: it is allowed on a minority of disks at a time, and undone at its end, as if the bits had been right on
// the platter and wrong on their way.
func (r *Runner) soften(e *effect) {
	if r.policy == Merciless {
		return
	}
	switch {
	case e.fault.Kind.Merciless():
		e.softened = true
		e.soft("no protocol survives a disk that forgets: it keeps what it has")
	case damages(e.fault.Kind):
		r.spare(e)
	}
}

// spare takes those machines out of a fault that damages disks by which more than a minority would be damaged.
func (r *Runner) spare(e *effect) {
	members := r.world.Members()
	room := (len(members) - 1) / 2
	for _, a := range members {
		if r.set.machine(a).damaged && !slices.Contains(e.machines, a) {
			room--
		}
	}
	if room = max(room, 0); room >= len(e.machines) {
		return
	}
	spared := e.machines[room:]
	e.machines = slices.Clone(e.machines[:room])
	e.soft("a majority of the disks stays sound: " + list(spared) + " spared")
}

func (e *effect) soft(why string) { e.event.Softened = why }

// remember has copies made of the disks that are to go back in time.
func (r *Runner) remember(e *effect) (reason string) {
	busy := func(a host.Addr) bool {
		return slices.ContainsFunc(r.active, func(o *effect) bool {
			return o.fault.Kind == StaleDisk && slices.Contains(o.machines, a)
		})
	}
	e.machines = slices.DeleteFunc(slices.Clone(e.machines), busy)
	if len(e.machines) == 0 {
		return "a copy of the disk of " + list(e.event.Machines) + " is kept already"
	}
	e.event.Machines, e.event.Detail = e.machines, list(e.machines)
	return ""
}

// goBack ends a StaleDisk: the machine loses power, and what it finds then is the copy.
func (r *Runner) goBack(e *effect) { r.swapDisks(e, r.world.GoBack) }

// swapDisks takes the power of the machines, and puts something else in the place of what is on their disks.
func (r *Runner) swapDisks(e *effect, swap func(host.Addr)) {
	for _, a := range e.machines {
		s := r.set.machine(a)
		s.owed = true
		if r.up(a) {
			r.cutPower(a, s)
		}
		if !e.softened {
			swap(a)
		}
	}
}
