package coordination

import (
	"fmt"
	"time"

	"ordeal/testbed/coordination/setup"
	"ordeal/workloads"
)

// habits are what the clients of the trial do besides what its workload is about.
func (i *instance) habits() workloads.Habits {
	s := i.setup
	h := workloads.Habits{ReadOnly: s.Is(setup.ReadOnly, "yes"), Asks: s.Is(setup.Asks, "any")}
	h.Eager, h.Piles, h.Rude = s.Is(setup.Eager, "yes"), s.Is(setup.Piles, "yes"), s.Is(setup.Rude, "yes")
	h.Strangers, h.Super = s.Is(setup.Strangers, "yes"), s.Is(setup.Super, "digest") && !s.Open()
	h.Reconfigures = s.Is(setup.Reconfig, "yes") && h.Super
	h.LateXids = i.late() && i.workload != "tree" // whose judge goes by their order
	h.Second, h.Known, h.Kin = s.Is(setup.Codec, "second"), len(s.Schemes()) > 0, s.Is(setup.Names, "kin")
	h.Idle, h.Watches, h.Tail = s.Count(setup.Idle), s.Count(setup.Watches), s.Is(setup.Keys, "tail")
	h.TimeoutMin, h.TimeoutMax = s.Bounds(setup.Timeouts)
	return h
}

// granted holds that a session is granted what it asks for, or the nearest that is allowed.
func (i *instance) granted(g workloads.Grant) {
	low, high := i.setup.Bounds(setup.Timeouts)
	want := min(max(time.Duration(g.Asked)*time.Millisecond, low), high)
	got := time.Duration(g.Granted) * time.Millisecond
	i.lifetimes.asked(g.Session, got)
	if got != want {
		i.stage.Breaches.Add("a session is granted the timeout that it asks for, within the bounds", fmt.Sprintf(
			"session %s asked for %d ms and was granted %v; the bounds are %v and %v", sessionName(g.Session), g.Asked, got, low,
			high))
	}
}
