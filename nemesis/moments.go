package nemesis

import (
	"slices"
	"time"
)

// A crash that chance has drawn hardly ever falls into the short while in which a server sends, receives or saves a
// snapshot, or in which the ensemble has two majorities. So some plans have faults that wait for it. What is drawn for
// that comes from a stream of its own: plans without such faults are what they would be otherwise.

// drawMoments draws what faults of the plan may wait for.
func (m *mix) drawMoments() {
	for _, role := range []Target{roleSender, roleReceiver, roleSaver} {
		if chance(m.own, 1, 4) && !slices.Contains(m.o.Untold, string(role)) {
			m.waits = append(m.waits, role)
		}
	}
}

// awaitMoment lets a fault that takes a server down, or stops it for a while, wait for a moment.
func (m *mix) awaitMoment(s *Step, last time.Duration) {
	f := &s.Fault
	fits := keepsDown(f.Kind) || isTrap(f.Kind) || f.Kind == Pause
	if len(m.waits) == 0 || !fits || f.Target == roleClient || f.Target == roleClients || !chance(m.own, 1, 3) {
		return
	}
	f.Target = pick(m.own, m.waits)
	// The moment may be some way off, and the fault is to last from there on.
	s.For = min(m.round(span(m.own, m.beat*4, m.beat*12)), last-s.At)
}

// ambushes draws faults that lie in wait for what the plan brings about, and for what they bring about themselves.
func (m *mix) ambushes(plan Plan, last time.Duration) (more Plan) {
	if !slices.Contains(m.o.Kinds, Crash) {
		return nil
	}
	long := func() time.Duration { return m.round(span(m.own, m.beat*2, m.beat*5)) }
	for _, s := range plan {
		if reconfigures(s.Fault.Kind) && s.At+m.beat*5 <= last && chance(m.own, 1, 2) {
			more = append(more, Step{At: s.At, For: long(), Fault: Fault{Kind: Crash, Target: roleJoiner}})
		}
		if at := s.At + m.beat*6; s.Fault.Kind == Demote && at <= last && slices.Contains(m.o.Kinds, Promote) &&
			chance(m.own, 1, 2) {
			more = append(more, Step{At: at, Fault: Fault{Kind: Promote, Target: roleObserver}})
		}
	}
	possible := slices.Contains(m.kinds, Crash) && slices.Contains(m.o.Kinds, Snapshot) && len(m.o.Nodes) > 1
	if least := m.beat * 16; possible && least < last && chance(m.own, 1, 2) {
		more = append(more, m.siege(m.round(span(m.own, m.beat, last-least+m.beat)))...)
	}
	return more
}

// siege keeps a follower down while the others' logs go on and are cut behind snapshots. When it comes back it has to
// be sent one, and then the server that sends or receives it goes down.
func (m *mix) siege(begin time.Duration) Plan {
	lasts := m.round(span(m.own, m.beat*4, m.beat*8))
	role := pick(m.own, []Target{roleSender, roleReceiver})
	return Plan{
		{At: begin, For: lasts, Fault: Fault{Kind: Crash, Target: roleFollower}},
		{At: begin, For: lasts, Fault: Fault{Kind: Snapshot, Target: roleAll, Every: periods[1]}},
		{At: begin + lasts - m.beat/10, For: m.round(m.beat * 6), Fault: Fault{Kind: Crash, Target: role}},
	}
}
