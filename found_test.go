package ordeal

import "testing"

// TestFoundBugsStayAway plays what is left of trials that found bugs of the service (docs/BUGS.md), where the line
// still means the same.
func TestFoundBugsStayAway(t *testing.T) {
	for name, line := range map[string]string{
		"a snapshot that a change of the ensemble asks for waits for an entry that " +
			"never comes": `ordeal/2 seed=309069 workload=queue nodes=3 length=1.01s rate=100 plan="at 1s for 10ms crash-in-sync minority-without-leader; at 1s remove all" ops="" draws=309058 settings=2/1/65536/300`,
		"a leader that is to become an observer takes itself " +
			"for silent": `ordeal/2 seed=408448 workload=queue nodes=3 length=11s rate=100 plan="at 0s for 4s crash follower; at 1s demote minority-with-leader; at 4s for 2s partition isolate leader; at 4s for 6s crash sender; at 10s for 1s partition halves" ops="" draws=408443 settings=8/1/1048576/300`,
	} {
		t.Run(name, func(t *testing.T) { Regression(t, line) })
	}
}
