package nemesis

import (
	"math/rand/v2"
	"time"
)

// A succession is a leader that loses its power, and a trap for the others while they elect the next one: what a crash
// then takes is the first thing that they write down in the new term. Votes and terms that are not on disk by the time
// that they count are forgotten in no other way, and two faults that chance has drawn apart from each other hardly ever
// fall into the one moment (canonical/raft 386, hashicorp/raft 661).

// successionLasts is how long a succession lasts at most.
func (m *mix) successionLasts() time.Duration { return m.beat*3 + m.beat/4 }

func (m *mix) succession(rng *rand.Rand, begin time.Duration) Plan {
	lasts := func() time.Duration { return m.round(span(rng, m.beat, m.beat*3)) }
	// What the leader has sent them is on their disks by then, and no election timeout is over.
	trap := m.round(begin + span(rng, m.beat/10, m.beat/4))
	return Plan{
		{At: begin, For: lasts(), Fault: Fault{Kind: Crash, Target: roleLeader}},
		{At: trap, For: lasts(), Fault: Fault{Kind: CrashInSync, Target: pick(rng, []Target{roleAll, roleMajority})}},
	}
}
