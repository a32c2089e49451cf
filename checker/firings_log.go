package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/recipes"
)

// logRead is the log of a scheduler, as it was read, and what is decided of its jobs then.
type logRead struct {
	call    recipes.ScheduleCall
	entries map[recipes.FiringKey]recipes.Entry
	jobs    map[jobKey]recipes.Standing
}

// logged holds a log to what was known before it was read. All that others asked for is over by then.
func (f *firings) logged(c recipes.ScheduleCall) finding {
	l := logRead{c, map[recipes.FiringKey]recipes.Entry{}, map[jobKey]recipes.Standing{}}
	schedules := map[jobKey][]recipes.Entry{}
	for _, e := range c.Out.Log {
		if e.Number == 0 {
			schedules[keyOf(e.FiringKey)] = append(schedules[keyOf(e.FiringKey)], e)
		}
		l.entries[keyOfFiring(e.FiringKey)] = e
	}
	for _, s := range c.Out.Jobs {
		l.jobs[jobKey{s.Job, s.Generation}] = s
	}
	for i := range f.known {
		if k := &f.known[i]; k.Op.Return < c.Op.Call {
			if bad := f.isLogged(l, k); bad.outcome == Invalid {
				return bad
			}
		}
	}
	for _, e := range c.Out.Log {
		if bad := f.saysEnd(l, e); bad.outcome == Invalid {
			return bad
		}
	}
	for i := range f.known {
		if k := &f.known[i]; k.In.F == "define" && k.Op.Return < c.Op.Call {
			key := jobKey{k.In.Plan.Job, k.Out.Generation}
			if bad := f.whole(l, f.gens[key], schedules[key]); bad.outcome == Invalid {
				return bad
			}
		}
	}
	return finding{}
}

// find is what a log has of a firing.
func (l logRead) find(k recipes.FiringKey) (recipes.Entry, bool) {
	e, ok := l.entries[keyOfFiring(k)]
	return e, ok
}

// isLogged holds that the log has what an operation did.
func (f *firings) isLogged(l logRead, c *recipes.ScheduleCall) finding {
	lost := func(k recipes.FiringKey, what string) finding {
		if _, has := l.find(k); !has {
			return wrong(fmt.Sprintf("the log has nothing of a firing that was %s", what), c.Op, l.call.Op)
		}
		return finding{}
	}
	switch c.In.F {
	case "claim":
		return lost(c.Out.Firing, "claimed")
	case "ask":
		return f.asked(l, recipes.FiringKey{Job: c.In.Job, Generation: c.Out.Generation, Number: c.Out.Count}, c)
	case "finish":
		for _, k := range c.Out.Asked {
			if bad := f.asked(l, k, c); bad.outcome == Invalid {
				return bad
			}
		}
		e, has := l.find(c.In.Firing)
		if bad := lost(c.In.Firing, "ended"); bad.outcome == Invalid {
			return bad
		}
		if has && c.Out.Outcome != "waiting" && e.Outcome != c.Out.Outcome {
			return wrong(fmt.Sprintf("the log says of a firing that it is %s, and it is %s", e.Outcome, c.Out.Outcome),
				c.Op, l.call.Op)
		}
	}
	return finding{}
}

// asked holds that a firing that was asked for was carried out: all was settled when the log was read.
func (f *firings) asked(l logRead, k recipes.FiringKey, by *recipes.ScheduleCall) finding {
	e, has := l.find(k)
	switch {
	case !has:
		return wrong("the log has nothing of a firing that was asked for", by.Op, l.call.Op)
	case e.Outcome == "asked" && by.Op.Return < f.settledAt(l) && !f.held(l, k):
		return wrong("a firing was asked for, and never claimed", by.Op, l.call.Op)
	}
	return finding{}
}

// held says whether a firing waits for others of its job, which are open.
func (f *firings) held(l logRead, k recipes.FiringKey) bool {
	j := f.gens[keyOf(k)]
	return j != nil && j.plan.Overlap == "forbid" && len(l.jobs[keyOf(k)].Open) > 0
}

// settledAt is the last event before a log at which nothing waited.
func (f *firings) settledAt(l logRead) (event int) {
	for _, c := range f.waits {
		if c.Op.Call < l.call.Op.Call {
			event = max(event, c.Op.Call)
		}
	}
	return event
}

// saysEnd holds that what the log says of the end of a firing was said by an execution of it.
func (f *firings) saysEnd(l logRead, e recipes.Entry) finding {
	j := f.gens[keyOf(e.FiringKey)]
	if j == nil {
		return finding{}
	}
	p := j.plan
	switch {
	case e.Outcome == "failed" && e.Failures <= p.Retries:
		return wrong(fmt.Sprintf("a firing has failed %d times and is over, and may be carried out %d times again",
			e.Failures, p.Retries), j.added.Op, l.call.Op)
	case e.Outcome == "done" && !f.didEnd(e):
		return wrong("the log says that a firing is done, and no execution of it ended well", j.added.Op, l.call.Op)
	case (e.Outcome == "running" || e.Outcome == "waiting") && f.settled(l, e) && !l.isOpen(e.FiringKey):
		return wrong("the log says that a firing is not over, and it is not open", j.added.Op, l.call.Op)
	case e.Outcome == "missed" && !allows(p, e.Policy):
		return wrong(fmt.Sprintf("a firing was missed by the policy %s, which is not its job's", e.Policy), j.added.Op,
			l.call.Op)
	}
	return finding{}
}

// settled says whether nothing happened to a firing, that is known, while the log was read, and its job was there.
func (f *firings) settled(l logRead, e recipes.Entry) bool {
	if l.jobs[keyOf(e.FiringKey)].Job == "" {
		return false
	}
	claim, open := f.open[keyOfFiring(e.FiringKey)]
	return open && claim.Op.Return < l.call.Op.Call
}

func (l logRead) isOpen(k recipes.FiringKey) bool {
	return slices.ContainsFunc(l.jobs[keyOf(k)].Open, func(other recipes.FiringKey) bool {
		return keyOfFiring(other) == keyOfFiring(k)
	})
}

// allows says whether a plan lets firings be missed by a policy.
func allows(p recipes.Plan, policy string) bool {
	return policy == "deadline" && p.Deadline > 0 || policy == p.Misfire && policy != "all"
}

// didEnd says whether an execution of a firing ended well, or may have.
func (f *firings) didEnd(e recipes.Entry) bool {
	k := keyOfFiring(e.FiringKey)
	by, over := f.over[k]
	return over && by.In.F == "finish" && by.Out.Outcome == "done" || f.maybe[k]
}

// whole holds that every instant of a schedule that was decided is in the log, once; entries are of the schedule.
func (f *firings) whole(l logRead, j *scheduled, entries []recipes.Entry) finding {
	standing, live := l.jobs[jobKey{j.plan.Job, j.generation}]
	if j.plan.Kind == "delay" && live && standing.Next == 0 && len(standing.Open) == 0 {
		return wrong("a job is to be carried out behind its last firing, and none is next nor open", j.added.Op, l.call.Op)
	}
	if j.plan.Kind != "every" {
		return finding{}
	}
	next := int64(0)
	switch {
	case live:
		next = standing.Next
	case j.removed != nil:
		next = j.removed.Out.Next
	}
	slices.SortFunc(entries, func(a, b recipes.Entry) int { return int(max(-1, min(1, a.Instant-b.Instant))) })
	every := j.plan.Amount
	expect := j.stamp - j.stamp%every + every
	for _, e := range entries {
		if e.Instant != expect {
			return missing(j, expect, e.Instant, l)
		}
		expect += every
		if e.Outcome == "missed" {
			if e.To < e.Instant || e.To != e.Instant+(e.Count-1)*every {
				return wrong("the log has missed firings that are not those of the schedule", j.added.Op, l.call.Op)
			}
			expect = e.To + every
		}
	}
	if next != 0 && next != expect {
		return missing(j, expect, next, l)
	}
	return finding{}
}

func missing(j *scheduled, expect, got int64, l logRead) finding {
	ops := []*history.Operation{j.added.Op, l.call.Op}
	if got < expect {
		return wrong(fmt.Sprintf("job %s: the instant %d is in the log again, behind %d", j.plan.Job, got,
			expect-j.plan.Amount), ops...)
	}
	return wrong(fmt.Sprintf("job %s: the instants from %d to before %d were neither carried out nor missed by a policy",
		j.plan.Job, expect, got), ops...)
}
