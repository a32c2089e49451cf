package schedule

import (
	"errors"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// Run is an execution of a firing, which an instance has claimed.
type Run struct {
	Firing
	// Attempt counts the claims of the firing from 1.
	Attempt int
	// Fence grows with each claim of a job's firings, and of those of one path altogether: what the execution does
	// outside of the service is to be refused behind a greater one.
	Fence int64
	// Due is the stamp of the service by which it was due: at or behind the firing's instant.
	Due int64
	// Work and Timeout are the job's; Timeout is 0 for none.
	Work    []byte
	Timeout time.Duration
	// Skipped are the firings of the job that were missed before this one.
	Skipped int64

	claim string // the name of the claim's znode
	job   *job
}

// attempt is a claim that is made by one multi.
type attempt struct {
	job  *job
	next state
	run  Run
	ops  []wire.Request
	old  string // the claim before, of a firing that is open; "" for none
	sent *client.Pending
}

// decide does what is due of a job by a stamp: it takes a claim away, or logs what is missed; or it prepares a claim,
// and does nothing yet.
func (s *Scheduler) decide(j *job, now int64, until time.Duration) (*attempt, error) {
	st := j.state
	for i, o := range st.Open {
		orphan := o.Claim != "" && s.orphan(o)
		switch {
		case !st.Paused && (orphan || o.Claim == "" && o.Since+o.Rest <= now):
			return s.again(j, i, until)
		case o.Claim != "" && !orphan && j.Timeout > 0 && o.Since+j.Timeout <= now:
			return nil, s.expire(j, i, until)
		}
	}
	if st.Paused || len(st.Open) > 0 && s.bendForbidden(j) {
		return nil, nil
	}
	if len(st.Asked) > 0 {
		next := st
		next.Asked = slices.Clone(st.Asked[1:])
		o := open{Instant: st.Asked[0].Instant, Number: st.Asked[0].Number, Attempt: 1}
		return s.claimNew(j, next, o, decision{fire: o.Instant}, until), nil
	}
	d := j.plan.decide(st.Next, now)
	next := st
	if next.Next = d.next; d.next == never {
		next.Next = 0
	}
	if d.fire == 0 {
		return nil, s.miss(j, next, d.missed, until)
	}
	next = j.plan.bendDecided(next, d, now)
	return s.claimNew(j, next, open{Instant: d.fire, Attempt: 1}, d, until), nil
}

// miss logs what is missed, where there is nothing to claim.
func (s *Scheduler) miss(j *job, next state, list []missed, until time.Duration) error {
	if j.Delay > 0 && next.Next == 0 {
		next.Count = true // from what is missed, as from the end of an execution
	}
	ops := []wire.Request{s.checkAssignment(), s.set(j, next)}
	_, err := s.write(j, next, append(ops, s.createMissed(j.Name, j.generation, list)...), until)
	return err
}

// claimNew prepares the claim of a firing that was not claimed before; next is the state but for that.
func (s *Scheduler) claimNew(j *job, next state, o open, d decision, until time.Duration) *attempt {
	o.Claim, o.By = newMark(s.p), s.own
	f := s.firingOf(j, o)
	r := Run{Firing: f, Attempt: 1, Due: s.stamp, claim: o.Claim}
	var revoke []wire.Request
	if j.Overlap == OverlapReplace && !bendLeavesOld() {
		for _, old := range next.Open {
			revoke = append(revoke, s.setLog(s.firingOf(j, old), loggedOf(old, Replaced, "")))
			if old.Claim != "" {
				revoke = append(revoke, wire.DeleteRequest{Path: s.claim(old.Claim), Version: wire.AnyVersion})
			}
		}
		next.Open = nil
	}
	next.Open = append(slices.Clone(next.Open), o)
	running := loggedOf(o, Running, "")
	logs := s.createMissed(j.Name, j.generation, d.missed)
	for _, m := range d.missed {
		r.Skipped += m.Count
	}
	if o.Number > 0 {
		logs = append(logs, s.setLog(f, running))
	} else {
		logs = append(logs, s.create(s.log(f), encode(running), 0))
	}
	return s.attempt(j, next, r, slices.Concat(logs, revoke), until)
}

// again prepares the claim of a firing that is open: its claim is another's that has gone, or it ended badly and has
// rested.
func (s *Scheduler) again(j *job, at int, until time.Duration) (*attempt, error) {
	if st, over := s.bendLost(j, at); over {
		return nil, s.endWithout(j, at, st, Done, until)
	}
	next := j.state
	next.Open = slices.Clone(next.Open)
	old := next.Open[at]
	o := old
	o.Attempt, o.Claim, o.By, o.Since, o.Rest = old.Attempt+1, newMark(s.p), s.own, 0, 0
	next.Open[at] = o
	next = s.bendAgain(next, old)
	f := s.firingOf(j, o)
	r := Run{Firing: f, Attempt: o.Attempt, Due: s.stamp, claim: o.Claim}
	ops := []wire.Request{s.setLog(f, loggedOf(o, Running, ""))}
	if old.By == s.own && old.Claim != "" && !s.gone[old.Claim] {
		// An own one, whose execution is forgotten: the session lives, and so does its claim.
		ops = append(ops, wire.DeleteRequest{Path: s.claim(old.Claim), Version: wire.AnyVersion})
	}
	a := s.attempt(j, next, r, ops, until)
	a.old = old.Claim
	return a, nil
}

func (s *Scheduler) checkAssignment() wire.Request {
	return wire.CheckRequest{Path: s.path + assignmentName, Version: s.bendVersion()}
}

func (s *Scheduler) set(j *job, to state) wire.Request {
	return wire.SetDataRequest{Path: s.stateOf(j), Data: encode(to), Version: j.version}
}

// attempt is a claim in one multi: it checks that the shard is the instance's, sets the state of the version that it
// knows, and makes the claim's znode and what else belongs to it.
func (s *Scheduler) attempt(j *job, next state, r Run, more []wire.Request, until time.Duration) *attempt {
	ops := append([]wire.Request{s.checkAssignment(), s.set(j, next),
		s.create(s.claim(r.claim), []byte(s.own), wire.FlagEphemeral)}, more...)
	r.job, r.Work, r.Timeout = j, j.Work, time.Duration(j.Timeout)*time.Millisecond
	return &attempt{job: j, next: next, run: r, ops: s.bendClaiming(j, next, ops, until)}
}

// claimed waits for what becomes of claims that are on their way. The outcome is Unknown if it is of one of them, and
// else an error says that one was not made.
func (s *Scheduler) claimed(sent []*attempt, until time.Duration) (
	list []Run, outcome recipes.Outcome, failed error) {
	for _, a := range sent {
		r, one, err := s.settleClaim(a, until)
		if delete(s.gone, a.old); one == recipes.Done {
			list = append(list, r)
		}
		if one == recipes.Unknown || outcome != recipes.Unknown && err != nil {
			outcome, failed = one, err
		}
	}
	if len(list) > 0 && outcome != recipes.Unknown {
		return list, recipes.Done, nil // what was not made is decided anew
	}
	return list, outcome, failed
}

// settleClaim waits for what becomes of a claim that is on its way.
func (s *Scheduler) settleClaim(a *attempt, until time.Duration) (r Run, _ recipes.Outcome, _ error) {
	r = a.run
	results, err := s.written(a.job, a.next, a.sent, until)
	if err == nil {
		r.Fence = statOf(results[1]).Mzxid // of the one transaction, and so the claim's czxid
		s.known[r.claim] = true
		return r, recipes.Done, nil
	}
	if !client.MaybeApplied(err) {
		return Run{}, recipes.NoEffect, err
	}
	// A lost answer: once the session is on another connection, what the old one carried is refused. So a look settles
	// it.
	_, stat, seen := s.get(s.claim(r.claim), nil, until)
	switch {
	case seen == nil:
		r.Fence = stat.Czxid
		s.known[r.claim] = true
		return r, recipes.Done, nil
	case !errors.Is(seen, wire.NoNode):
		return Run{}, recipes.Unknown, seen
	}
	return Run{}, recipes.NoEffect, err
}

// write carries out a multi whose first requests check the assignment and set the state of a job.
func (s *Scheduler) write(j *job, next state, ops []wire.Request, until time.Duration) ([]wire.MultiResult, error) {
	return s.written(j, next, s.c.Submit(wire.MultiRequest{Ops: ops}, nil, nil), until)
}

// written waits for such a multi. Where it failed, or may have, the job is read anew.
func (s *Scheduler) written(j *job, next state, sent *client.Pending, until time.Duration) ([]wire.MultiResult, error) {
	results, err := resultsOf(sent)
	if err == nil {
		stat := statOf(results[1])
		j.state, j.version = next.stamped(j.plan, stat), stat.Version
		s.note(stat.Mtime)
		if j.decided++; j.decided%trimEvery == 0 {
			if err := s.trim(j, until); err != nil {
				s.p.Log().Debug("schedule: the log was not trimmed", "job", j.Name, "error", err)
			}
		}
		return results, nil
	}
	if failedAt(results) == 0 {
		s.forget(&s.assignmentWatch)
	}
	if reread := s.reread(j, until); reread != nil {
		s.p.Log().Debug("schedule: a job was not read", "job", j.Name, "error", reread)
	}
	return nil, err
}

// trimEvery is behind how many decisions on a job its log is trimmed.
const trimEvery = 16

// expire takes a claim away whose time is up: its execution has ended badly.
func (s *Scheduler) expire(j *job, at int, until time.Duration) error {
	next, o, how := j.state.failed(j.plan, at)
	o.Claim = j.state.Open[at].Claim
	expired := loggedOf(o, how, "the time was up")
	expired.Expired = true
	ops := []wire.Request{s.checkAssignment(), s.set(j, next),
		wire.DeleteRequest{Path: s.claim(o.Claim), Version: wire.AnyVersion},
		s.setLog(s.firingOf(j, o), expired)}
	_, err := s.write(j, next, ops, until)
	return err
}

// endWithout ends an open firing that has no execution.
func (s *Scheduler) endWithout(j *job, at int, next state, how string, until time.Duration) error {
	o := j.state.Open[at]
	_, err := s.write(j, next, []wire.Request{s.checkAssignment(), s.set(j, next),
		s.setLog(s.firingOf(j, o), loggedOf(o, how, ""))}, until)
	return err
}
