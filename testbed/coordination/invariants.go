package coordination

import (
	"fmt"
	"time"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/testbed/trial"
)

// invariants looks at every node after every event that it handled, and holds what must be true of them all together.
// It finds a broken promise at the event that breaks it, long before a client could see it, and also where no client
// looks. What it relies on is what the nodes say of themselves in their Status.
type invariants struct {
	now func() time.Duration
	// leaders is who led a term.
	leaders map[uint64]host.Addr
	// logs and states are the hashes at an applied index, by whoever was first seen there.
	logs, states map[uint64]sighting
	// applies is what any node ever applied: from then on it may have been acknowledged.
	applies appliedSoFar
	// last is what a node said before, and boot is cleared by a restart.
	last map[host.Addr]*cluster.Status
	// integrity is asked for in a merciless trial.
	integrity *integrity
	// breaches takes what was found.
	breaches *trial.Breaches
	// leaderSpans is who led when, for the plots.
	leaderSpans []trial.LeaderSpan
}

type appliedEntry struct{ index, term uint64 }

type sighting struct {
	hash    uint64
	machine host.Addr
}

func newInvariants(breaches *trial.Breaches) *invariants {
	return &invariants{
		now: breaches.Now, breaches: breaches,
		leaders: make(map[uint64]host.Addr),
		logs:    make(map[uint64]sighting),
		states:  make(map[uint64]sighting),
		last:    make(map[host.Addr]*cluster.Status),
	}
}

// look looks at a node after an event, and at what it says of itself then.
func (v *invariants) look(machine host.Addr, n *cluster.Node, s *cluster.Status) {
	last := v.last[machine]
	if last == nil {
		last = new(cluster.Status)
		v.last[machine] = last
	}
	was := *last
	*last = *s
	v.leads(machine, n, s, &was)
	if s.Applied != was.Applied || s.LogHash != was.LogHash {
		v.applied(machine, s)
	}
	if s.ExpiryTerm != s.ExpiredInTerm && s.SessionsEnded != was.SessionsEnded {
		v.breaches.Add("expiry by the leader of the term", fmt.Sprintf(
			"%s applied the expiry of a session in term %d which the leader of term %d had decided", machine, s.ExpiredInTerm,
			s.ExpiryTerm))
	}
}

// gone notes that a machine is down: what it says next is of another boot.
func (v *invariants) gone(machine host.Addr) {
	if last := v.last[machine]; last != nil {
		v.endSpan(machine, last)
		delete(v.last, machine)
	}
}

// leads holds: one leader a term, and a leader has everything that was applied in an earlier term than its own.
func (v *invariants) leads(machine host.Addr, n *cluster.Node, s, was *cluster.Status) {
	if was.Leading && (!s.Leading || s.Term != was.Term) {
		v.endSpan(machine, was)
	}
	if !s.Leading || was.Leading && s.Term == was.Term {
		return
	}
	v.leaderSpans = append(v.leaderSpans, trial.LeaderSpan{Machine: machine, Epoch: s.Term, From: v.now(), To: -1})
	if other, ok := v.leaders[s.Term]; ok && other != machine {
		v.breaches.Add("one leader a term", fmt.Sprintf("%s and %s both led term %d", other, machine, s.Term))
	}
	if v.integrity != nil {
		v.integrity.leads(s.Term)
	}
	v.leaders[s.Term] = machine
	newest := v.applies.before(s.Term)
	term, known := n.TermAt(newest.index)
	if s.LastIndex < newest.index || known && term != newest.term {
		v.breaches.Add("a leader has what was applied", fmt.Sprintf(
			"%s became leader of term %d without entry %d of term %d, which was applied before: its log ends at %d",
			machine, s.Term, newest.index, newest.term, s.LastIndex))
	}
}

func (v *invariants) endSpan(machine host.Addr, was *cluster.Status) {
	for i := len(v.leaderSpans) - 1; i >= 0; i-- {
		if span := &v.leaderSpans[i]; span.Machine == machine && span.Epoch == was.Term && span.To < 0 {
			span.To = v.now()
			return
		}
	}
}

// applied holds: equal logs and equal states at an equal index.
func (v *invariants) applied(machine host.Addr, s *cluster.Status) {
	if v.integrity != nil {
		v.integrity.applied(v, machine, s)
	}
	v.applies.add(appliedBy{appliedEntry{s.Applied, s.AppliedTerm}, s.Term})
	if first, ok := seen(v.logs, s.Applied, machine, s.LogHash); !ok {
		v.breaches.Add("committed logs agree", fmt.Sprintf(
			"%s and %s have applied different entries up to index %d", first.machine, machine, s.Applied))
	}
	if first, ok := seen(v.states, s.Applied, machine, s.StateHash); !ok {
		v.breaches.Add("equal state at equal zxid", fmt.Sprintf(
			"%s and %s differ in their state at index %d (zxid 0x%x)", first.machine, machine, s.Applied, s.Zxid))
	}
}

// stateAt is the hash of the state behind an entry, if any server was seen there.
func (v *invariants) stateAt(index uint64) (hash uint64, seen bool) {
	at, seen := v.states[index]
	return at.hash, seen
}

// seen compares a hash with the first that was seen at an index.
func seen(at map[uint64]sighting, index uint64, machine host.Addr, hash uint64) (sighting, bool) {
	first, ok := at[index]
	if !ok {
		at[index] = sighting{hash, machine}
		return sighting{}, true
	}
	return first, first.hash == hash
}
