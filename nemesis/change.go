package nemesis

import (
	"fmt"
	"slices"

	"ordeal/host"
)

const (
	// votersMin is how many servers that vote a change leaves: ZooKeeper's ensembles take no fewer.
	votersMin = 2
	// membersMax is how many servers there are at most.
	membersMax = 9
)

// change finds out how a fault changes who is in the service, or why it can't.
func (r *Runner) change(e *effect, c *cast) (reason string) {
	voting := c.voting(c.servers)
	var one host.Addr
	if e.fault.Kind != Add {
		if one = c.changeable(e, voting); one == "" {
			return noneToChange(e.fault.Kind)
		}
		e.machines = []host.Addr{one}
		e.event.Machines, e.event.Detail = e.machines, string(one)
	}
	fewer := slices.Contains(voting, one) && (e.fault.Kind == Remove || e.fault.Kind == Demote)
	more := e.fault.Kind == Add || e.fault.Kind == Replace
	switch {
	case len(voting) < votersMin:
		return "a server that stands alone has no company to change"
	case fewer && len(voting) == votersMin:
		return fmt.Sprintf("the voters are already only %d", votersMin)
	case e.fault.Kind == Add && len(c.servers) >= membersMax:
		return fmt.Sprintf("there are already %d servers", membersMax)
	}
	e.change = changeBy(e.fault.Kind, one)
	if more {
		e.change.Join = r.world.Newcomer()
		e.event.Detail = string(e.change.Join)
		if one != "" {
			e.event.Detail += " for " + string(one)
		}
	}
	return ""
}

// changeable is the first of the target's servers, as chance has dealt them, of which the change makes sense.
func (c *cast) changeable(e *effect, voting []host.Addr) host.Addr {
	for _, a := range c.order {
		votes := slices.Contains(voting, a)
		fits := e.fault.Kind == Remove || e.fault.Kind == Replace || votes == (e.fault.Kind == Demote)
		if fits && slices.Contains(e.machines, a) {
			return a
		}
	}
	return ""
}

func noneToChange(k Kind) string {
	if k == Promote {
		return "all of them already vote"
	}
	return "none of them votes already"
}

func changeBy(k Kind, one host.Addr) Change {
	switch k {
	case Promote:
		return Change{Promote: one}
	case Demote:
		return Change{Demote: one}
	}
	return Change{Leave: one}
}
