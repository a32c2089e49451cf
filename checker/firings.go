package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// Firings looks at schedulers (see recipes.Schedule), in time near-linear in the history. The transactions of what is
// known are its order, and that has to agree with the order of events; in it
//
//   - a firing is one session's at a time, claimed when it is due, of a job that is there and not paused, and never
//     again when it is over; it is ended by who has it;
//   - policies of overlaps are kept, and of what is late none is claimed that its policy leaves out;
//   - where the log is read, it has every firing that was claimed or asked for, as whoever ended it was told, and every
//     instant of a schedule that was decided, each once;
//   - nothing waits that is due.
func Firings() Checker {
	return Checker{"firings", func(_ history.History, ops []history.Operation) Verdict {
		parts, err := recipes.Schedule().OrDefault().Parts(ops)
		if err != nil {
			return malformed(err)
		}
		spec := recipes.Schedule()
		var bad []Verdict
		var claims int64
		for _, part := range parts {
			// The log is no part of the specification's calls.
			var logs []recipes.ScheduleCall
			for i := range part.Operations {
				op := &part.Operations[i]
				if op.F != "log" || op.End != history.OK {
					continue
				}
				in, out, err := spec.Parse(*op)
				if err != nil {
					return malformed(err)
				}
				logs = append(logs, recipes.ScheduleCall{In: in, Out: out, Op: op})
			}
			f := newFirings(part.Calls)
			verdict := f.judge(logs)
			claims += f.claims
			if verdict.outcome == Invalid {
				bad = append(bad, Verdict{Outcome: Invalid, Key: part.Key, Reason: aboutKey(part.Key) + verdict.reason,
					Evidence: verdict.evidence})
			}
		}
		v := Compose("firings", bad...)
		v.Measures = []Measure{{"firings claimed", claims, ""}}
		return v
	}}
}

// schedulePart is what happened to one scheduler, as its specification has it.
type schedulePart = model.Part[recipes.ScheduleInput, recipes.ScheduleOutput]

// firings is what happened to one scheduler. A firing that was asked for is known by its number, without its instant.
type firings struct {
	known []recipes.ScheduleCall // that show their transactions, in that order
	waits []recipes.ScheduleCall
	// ends are those of sessions, doubts the unknown ends of executions, by the claim, and changes the unknown ones of
	// jobs.
	ends    map[string]*history.Operation
	doubts  map[int64]*recipes.ScheduleCall
	maybe   map[recipes.FiringKey]bool // one of the doubts says that it ended well
	changes map[change][]*history.Operation
	gives   map[int64]*history.Operation // what gave claims up, perhaps

	// from and to bound the time at which what is known took effect, in its order: the latest call until then, and the
	// earliest return from then on.
	from, to map[*history.Operation]int
	// dead are sessions that have ended by what was claimed since.
	dead map[string]*history.Operation

	jobs   map[string]*scheduled
	gens   map[jobKey]*scheduled
	open   map[recipes.FiringKey]recipes.ScheduleCall // the claims
	over   map[recipes.FiringKey]recipes.ScheduleCall // what ended them
	byJob  map[jobKey]map[recipes.FiringKey]bool      // of those that are open
	waited map[recipes.FiringKey]bool                 // open, and no session has them
	claims int64
}

// jobKey is a job's generation.
type jobKey struct {
	job        string
	generation int64
}

// scheduled is a job of a generation.
type scheduled struct {
	plan              recipes.Plan
	stamp, generation int64
	paused            bool
	added, removed    *recipes.ScheduleCall
}

// change is a kind of change of a job.
type change struct{ job, f string }

// keyOfFiring is what a firing is known by.
func keyOfFiring(k recipes.FiringKey) recipes.FiringKey {
	if k.Number > 0 {
		k.Instant = 0
	}
	return k
}

func keyOf(f recipes.FiringKey) jobKey { return jobKey{f.Job, f.Generation} }

func newFirings(calls []recipes.ScheduleCall) *firings {
	f := &firings{ends: map[string]*history.Operation{}, doubts: map[int64]*recipes.ScheduleCall{},
		jobs: map[string]*scheduled{}, gens: map[jobKey]*scheduled{}, open: map[recipes.FiringKey]recipes.ScheduleCall{},
		over: map[recipes.FiringKey]recipes.ScheduleCall{}, byJob: map[jobKey]map[recipes.FiringKey]bool{},
		waited: map[recipes.FiringKey]bool{}, maybe: map[recipes.FiringKey]bool{},
		gives: map[int64]*history.Operation{}, changes: map[change][]*history.Operation{},
		from: map[*history.Operation]int{}, to: map[*history.Operation]int{},
		dead: map[string]*history.Operation{}}
	for _, c := range calls {
		switch {
		case c.In.F == "end":
			if was := f.ends[c.In.Session]; was == nil || c.Op.Call < was.Call {
				f.ends[c.In.Session] = c.Op
			}
		case c.In.F == "waits":
			f.waits = append(f.waits, c)
		case c.In.F == "give":
			f.gives[c.In.Zxid] = c.Op
		case c.Out.Unknown && c.In.F == "finish":
			one := c
			f.doubts[c.In.Zxid] = &one
			if c.In.Well {
				f.maybe[keyOfFiring(c.In.Firing)] = true
			}
		case c.Out.Unknown:
			key := change{c.In.Job, c.In.F}
			f.changes[key] = append(f.changes[key], c.Op)
		default:
			f.known = append(f.known, c)
		}
	}
	slices.SortStableFunc(f.known, func(a, b recipes.ScheduleCall) int { return cmp.Compare(a.Out.Zxid, b.Out.Zxid) })
	latest, earliest := 0, endless
	for i, back := 0, len(f.known)-1; back >= 0; i, back = i+1, back-1 {
		latest = max(latest, f.known[i].Op.Call)
		earliest = min(earliest, f.known[back].Op.Return)
		f.from[f.known[i].Op], f.to[f.known[back].Op] = latest, earliest
	}
	return f
}

func (f *firings) judge(logs []recipes.ScheduleCall) finding {
	for _, c := range f.waits {
		if len(c.Out.Waits) > 0 {
			return wrong(fmt.Sprintf("what is due waits, and an instance is there: %v", c.Out.Waits), c.Op)
		}
	}
	if bad := f.ordered(); bad.outcome == Invalid {
		return bad
	}
	for i := range f.known {
		if bad := f.step(&f.known[i]); bad.outcome == Invalid {
			return bad
		}
	}
	for _, c := range logs {
		if bad := f.logged(c); bad.outcome == Invalid {
			return bad
		}
	}
	return finding{outcome: Valid}
}

// ordered holds that the order of transactions agrees with that of events.
func (f *firings) ordered() finding {
	byCall, byReturn := slices.Clone(f.known), slices.Clone(f.known)
	slices.SortFunc(byCall, func(a, b recipes.ScheduleCall) int { return cmp.Compare(a.Op.Call, b.Op.Call) })
	slices.SortFunc(byReturn, func(a, b recipes.ScheduleCall) int { return cmp.Compare(a.Op.Return, b.Op.Return) })
	var latest *recipes.ScheduleCall
	next := 0
	for i, c := range f.known {
		if i > 0 && f.known[i-1].Out.Zxid == c.Out.Zxid {
			return wrong("two operations were one transaction", f.known[i-1].Op, c.Op)
		}
	}
	for _, c := range byCall {
		for ; next < len(byReturn) && byReturn[next].Op.Return < c.Op.Call; next++ {
			if latest == nil || byReturn[next].Out.Zxid > latest.Out.Zxid {
				latest = &byReturn[next]
			}
		}
		if latest != nil && latest.Out.Zxid > c.Out.Zxid {
			return wrong("an operation took effect before one that was over when it began", latest.Op, c.Op)
		}
	}
	return finding{}
}

// step lets the next operation take effect.
func (f *firings) step(c *recipes.ScheduleCall) finding {
	switch c.In.F {
	case "claim":
		f.claims++
		return f.claim(c)
	case "finish":
		return f.finish(c)
	case "define":
		j := &scheduled{plan: c.In.Plan, stamp: c.Out.Stamp, generation: c.Out.Generation, added: c}
		key := jobKey{c.In.Plan.Job, c.Out.Generation}
		if was := f.jobs[key.job]; was != nil && !f.changed(key.job, "drop", c.Op) {
			return wrong("a job was added that was there", was.added.Op, c.Op)
		}
		if was := f.gens[key]; was != nil {
			return wrong("two jobs have one generation", was.added.Op, c.Op)
		}
		f.jobs[key.job], f.gens[key] = j, j
		return finding{}
	}
	j := f.jobs[c.In.Job]
	if j == nil || j.generation != c.Out.Generation {
		// A job that was added by an unknown operation.
		return finding{}
	}
	switch c.In.F {
	case "drop":
		j.removed = c
		for k := range f.byJob[jobKey{c.In.Job, c.Out.Generation}] { //house:unordered all of them are over
			f.end(k, c)
		}
		delete(f.jobs, c.In.Job)
	case "pause", "resume":
		j.paused = c.In.F == "pause"
	}
	return finding{}
}

// changed says whether an unknown change of a job may have taken effect before an operation.
func (f *firings) changed(job, how string, by *history.Operation) bool {
	return slices.ContainsFunc(f.changes[change{job, how}],
		func(op *history.Operation) bool { return op.Call < f.to[by] && f.from[by] <= returned(op) })
}

// end notes that an open firing is over.
func (f *firings) end(k recipes.FiringKey, by *recipes.ScheduleCall) {
	f.over[k] = *by
	delete(f.open, k)
	delete(f.waited, k)
	delete(f.byJob[keyOf(k)], k)
}

// gone says whether a session may have ended before an operation took effect.
func (f *firings) gone(session string, by *history.Operation) bool {
	end := f.ends[session]
	return end != nil && end.Call < f.to[by]
}

// ended is what says that a session had ended before it did something, nil for nothing.
func (f *firings) ended(session string, did *history.Operation) *history.Operation {
	if end := f.ends[session]; end != nil && end.Return < f.from[did] {
		return end
	}
	return f.dead[session]
}

// claim holds that a firing could be claimed. Of jobs with timeouts it is not known when a claim was taken away.
func (f *firings) claim(c *recipes.ScheduleCall) finding {
	k := keyOfFiring(c.Out.Firing)
	if end := f.ended(c.In.Session, c.Op); end != nil {
		return wrong("a session claimed a firing that had ended", end, c.Op)
	}
	if by, over := f.over[k]; over {
		return wrong("a firing was claimed that was over", by.Op, c.Op)
	}
	if early := k.Instant - c.Out.Due; early > 0 && c.Out.Attempt == 1 {
		return wrong(fmt.Sprintf("a firing was claimed %d ms before it was due", early), c.Op)
	}
	j := f.gens[keyOf(k)]
	if j == nil {
		return f.note(c) // its job was added by an unknown operation
	}
	if live := f.jobs[k.Job]; live != j && j.removed != nil {
		return wrong("a firing was claimed of a job that was removed", j.removed.Op, c.Op)
	}
	if j.paused && !f.changed(k.Job, "resume", c.Op) {
		return wrong("a firing was claimed of a job that is paused", j.added.Op, c.Op)
	}
	if had, is := f.open[k]; is {
		if bad := f.again(had, c, j); bad.outcome == Invalid {
			return bad
		}
		return f.note(c)
	}
	if bad := f.late(c, j); bad.outcome == Invalid {
		return bad
	}
	return f.beside(c, j)
}

// again holds that a firing that is open could be claimed once more.
func (f *firings) again(had recipes.ScheduleCall, c *recipes.ScheduleCall, j *scheduled) finding {
	k := keyOfFiring(c.Out.Firing)
	doubt := f.doubts[had.Out.Zxid]
	// Who has given it up may claim it again.
	free := f.waited[k] || had.In.Session == c.In.Session || j.plan.Timeout != 0 ||
		doubt != nil && !doubt.In.Well && doubt.Op.Call < f.to[c.Op]
	if give := f.gives[had.Out.Zxid]; give != nil && give.Call < f.to[c.Op] {
		free = true
	}
	if !free && f.gone(had.In.Session, c.Op) {
		free, f.dead[had.In.Session] = true, c.Op
	}
	switch {
	case c.Out.Attempt <= had.Out.Attempt:
		return wrong("attempts at a firing do not grow", had.Op, c.Op)
	case !free:
		return wrong("two sessions have one firing", had.Op, c.Op)
	}
	return finding{}
}

// late holds that a firing of a schedule is not claimed that its policy leaves out.
func (f *firings) late(c *recipes.ScheduleCall, j *scheduled) finding {
	k, p := c.Out.Firing, j.plan
	if k.Number > 0 || c.Out.Attempt > 1 {
		return finding{}
	}
	late := c.Out.Due - k.Instant
	switch {
	case p.Kind == "every" && k.Instant%p.Amount != 0:
		return wrong("a firing is at no instant of its job's schedule", c.Op)
	case p.Deadline > 0 && late > p.Deadline, late > p.Grace && p.Misfire == "skip",
		late > p.Grace && p.Misfire == "once" && p.Kind == "every" && k.Instant+p.Amount <= c.Out.Due:
		return wrong(fmt.Sprintf("a firing was claimed that is late by %d ms, which its policy leaves out", late), c.Op)
	}
	return finding{}
}

// beside holds that a firing could be claimed beside others of its job that are open, and takes their place if it is
// to.
func (f *firings) beside(c *recipes.ScheduleCall, j *scheduled) finding {
	others := f.byJob[keyOf(c.Out.Firing)]
	switch j.plan.Overlap {
	case "replace":
		for k := range others { //house:unordered all of them are over
			f.end(k, c)
		}
	case "forbid":
		for k := range others { //house:unordered any one will do
			claim := f.open[k]
			doubt := f.doubts[claim.Out.Zxid]
			if j.plan.Timeout == 0 && (doubt == nil || doubt.Op.Call > f.to[c.Op]) {
				return wrong("two firings of a job are open, and its policy forbids that", claim.Op, c.Op)
			}
		}
	}
	return f.note(c)
}

// note keeps a claim.
func (f *firings) note(c *recipes.ScheduleCall) finding {
	k := keyOfFiring(c.Out.Firing)
	f.open[k] = *c
	delete(f.waited, k)
	if f.byJob[keyOf(k)] == nil {
		f.byJob[keyOf(k)] = map[recipes.FiringKey]bool{}
	}
	f.byJob[keyOf(k)][k] = true
	return finding{}
}

// finish holds that an execution was ended by who had it.
func (f *firings) finish(c *recipes.ScheduleCall) finding {
	k := keyOfFiring(c.In.Firing)
	if by, over := f.over[k]; over {
		return wrong("an execution took effect, and its firing was over", by.Op, c.Op)
	}
	claim, is := f.open[k]
	switch end := f.ended(c.In.Session, c.Op); {
	case !is:
		return wrong("an execution took effect of a firing that none had", c.Op)
	case f.waited[k]:
		return wrong("an execution took effect that had ended", claim.Op, c.Op)
	case claim.Out.Zxid != c.In.Zxid:
		return wrong("an execution took effect, and another had its firing", claim.Op, c.Op)
	case end != nil:
		return wrong("an execution took effect behind the end of its session", end, c.Op)
	}
	if c.Out.Outcome == "waiting" {
		f.waited[k] = true
		return finding{}
	}
	f.end(k, c)
	return finding{}
}
