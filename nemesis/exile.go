package nemesis

import (
	"slices"
	"time"
)

// What a server that is cut off still tells its own clients is where some bugs show alone: an old leader that believes
// in its lease (etcd's early reads), a new one that does not know yet what the old one had promised (Raft thesis,
// section 6.4), a follower that is brought up to date in one step. Each takes faults that fall together, while its
// clients stay with it.

// exilesMost is how many of each kind a plan has at most.
const exilesMost = 3

// exiles draws servers that are cut off from the others, and not from their clients.
func (m *mix) exiles(last time.Duration) (more Plan) {
	if !slices.Contains(m.kinds, Partition) || len(m.o.Nodes) < 3 {
		return nil
	}
	draw := func(long time.Duration, one func(begin time.Duration) Plan) {
		if m.beat+long > last || !chance(m.own, 1, 2) {
			return
		}
		for range 1 + m.own.IntN(exilesMost) {
			more = append(more, one(m.round(span(m.own, m.beat, last-long)))...)
		}
	}
	draw(m.beat*4, m.exile)
	if slices.Contains(m.o.Kinds, Snapshot) {
		draw(m.beat*2, m.laggard)
	}
	return more
}

// exile cuts the leader off. Where its clock is slow it believes in itself for longer, and where messages are late it
// had committed, and answered to its clients, what the others do not know to be committed.
func (m *mix) exile(begin time.Duration) Plan {
	ahead := m.round(m.beat / 2)
	lasts := m.round(span(m.own, m.beat*3/2, m.beat*3))
	plan := Plan{{At: begin + ahead, For: lasts, Fault: Fault{Kind: Partition, Shape: Isolate, Target: roleLeader}}}
	if slices.Contains(m.o.Kinds, Drift) && chance(m.own, 1, 2) {
		slow := -pick(m.own, drifts[levels/2:])
		plan = append(plan, Step{At: begin, For: ahead + lasts, Fault: Fault{Kind: Drift, Target: roleLeader, PPM: slow}})
	}
	if slices.Contains(m.o.Kinds, Delay) && chance(m.own, 1, 2) {
		late := pick(m.own, delays[1:levels-1])
		plan = append(plan, Step{At: begin, For: ahead + lasts, Fault: Fault{Kind: Delay, Target: roleAll, Amount: late}})
	}
	return plan
}

// laggard cuts a follower off for as long as it keeps its clients, while the others' logs are cut behind snapshots: it
// has to be sent one, and knows then that much has changed for its clients, but not what.
func (m *mix) laggard(begin time.Duration) Plan {
	lasts := m.round(span(m.own, m.beat*3/4, m.beat*5/4))
	return Plan{
		{At: begin, For: lasts, Fault: Fault{Kind: Partition, Shape: Isolate, Target: roleFollower}},
		{At: begin, For: lasts, Fault: Fault{Kind: Snapshot, Target: roleAll, Every: periods[1]}},
	}
}
