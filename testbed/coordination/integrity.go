package coordination

import (
	"fmt"

	"ordeal/cluster"
	"ordeal/host"
)

// Raft promises nothing once a server has forgotten a vote, a term or an entry that it had acknowledged. What the
// service still owes then is that it makes nothing up: what a server applies was written by the leader of its term, and
// what it serves follows from what it has applied. So damage is never served, however many disks were lost.
const (
	ruleWritten = "an entry is what the leader of its term wrote"
	ruleFollows = "a state follows from its log"
)

// integrity holds these two rules.
type integrity struct {
	// entries are the hashes of the log up to an entry, and states those of the state behind a log, by whoever was first
	// seen there.
	entries map[appliedEntry]sighting
	states  map[uint64]sighting
	// led is how often each term was led. In one that was led twice, by forgotten votes, there are two of its entries.
	led   map[uint64]int
	twice bool
}

func newIntegrity() *integrity {
	return &integrity{entries: make(map[appliedEntry]sighting), states: make(map[uint64]sighting),
		led: make(map[uint64]int)}
}

func (i *integrity) leads(term uint64) {
	i.led[term]++
	i.twice = i.twice || i.led[term] > 1
}

// applied looks at what a server has applied now. Entries of one index and term follow the same log, or raft's check of
// what precedes an entry has failed.
func (i *integrity) applied(v *invariants, machine host.Addr, s *cluster.Status) {
	at := appliedEntry{s.Applied, s.AppliedTerm}
	first, known := i.entries[at]
	if !known {
		i.entries[at] = sighting{s.LogHash, machine}
	}
	if known && first.hash != s.LogHash && !i.twice {
		v.breaches.AddAlways(ruleWritten, fmt.Sprintf(
			"%s and %s have applied different logs up to entry %d of term %d", first.machine, machine, at.index, at.term))
	}
	if first, ok := seen(i.states, s.LogHash, machine, s.StateHash); !ok {
		v.breaches.AddAlways(ruleFollows, fmt.Sprintf(
			"%s and %s have applied the same log up to entry %d and differ in their state", first.machine, machine, s.Applied))
	}
}
