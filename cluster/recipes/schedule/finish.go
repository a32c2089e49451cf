package schedule

import (
	"errors"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// Ended is what became of a firing when an execution of it ended.
type Ended struct {
	// Outcome is Done, Waiting or Failed.
	Outcome string
	// Zxid is the transaction by which it ended.
	Zxid int64
	// Asked are the firings of other jobs that were asked for by that.
	Asked []Firing
}

// noteMax is how many bytes of what an execution says are logged.
const noteMax = 4096

// Finish ends an execution, well or not, and carries out writes with that: all in one transaction, and only if the
// execution has its claim. note is logged, up to 4096 bytes of it. s may be an instance of another session than the
// one that claimed it.
//
// NoEffect with recipes.ErrLost says that the claim was lost: the session has ended, its time was up, a later firing
// took its place, or the job was removed. With another error one of the writes was not possible.
func (s *Scheduler) Finish(r Run, well bool, note string, timeout time.Duration, writes ...wire.Request) (
	Ended, recipes.Outcome, error) {
	until := recipes.Deadline(s.p, timeout)
	e := Ending{r, well, note, writes}
	return s.conclude(e, func() (Ended, error) { return s.finish(e, false, until) }, until)
}

// Ending is how an execution ended: see Finish.
type Ending struct {
	Run    Run
	Well   bool
	Note   string
	Writes []wire.Request
}

// Settled is what became of an Ending.
type Settled struct {
	Ended
	Outcome recipes.Outcome
	Err     error
}

// FinishSome is Finish for several executions, each in a transaction of its own, which are on their way together.
func (s *Scheduler) FinishSome(list []Ending, timeout time.Duration) []Settled {
	until := recipes.Deadline(s.p, timeout)
	sent, errs := make([]*conclusion, len(list)), make([]error, len(list))
	for i, e := range list {
		sent[i], errs[i] = s.send(e, false, until)
	}
	settled := make([]Settled, len(list))
	for i, e := range list {
		ended, outcome, err := s.conclude(e, func() (Ended, error) {
			if errs[i] != nil {
				return Ended{}, errs[i]
			}
			return s.answered(sent[i])
		}, until)
		settled[i] = Settled{ended, outcome, err}
	}
	return settled
}

// conclude ends an execution by a first try and others behind it.
func (s *Scheduler) conclude(e Ending, try func() (Ended, error), until time.Duration) (Ended, recipes.Outcome, error) {
	for doubt := false; ; try = func() (Ended, error) { return s.finish(e, true, until) } {
		ended, err := try()
		switch {
		case err == nil:
			delete(s.known, e.Run.claim)
			return ended, recipes.Done, nil
		case errors.Is(err, recipes.ErrLost) && doubt:
			return s.settled(e.Run, e.Well, until)
		case errors.Is(err, recipes.ErrLost):
			delete(s.known, e.Run.claim)
			return Ended{}, recipes.NoEffect, err
		}
		doubt = doubt || client.MaybeApplied(err)
		again := recipes.Passing(err) || errors.Is(err, errChanged)
		if !again || s.p.Now() >= until {
			if doubt {
				return Ended{}, recipes.Unknown, err
			}
			return Ended{}, recipes.NoEffect, err
		}
	}
}

// errChanged says that what was read has changed before it could be written.
var errChanged = errors.New("schedule: it has changed meanwhile")

// settled finds out whether an execution that has no claim any more ended by an attempt whose answer was lost: then
// the log has its claim and that it ended.
func (s *Scheduler) settled(r Run, well bool, until time.Duration) (Ended, recipes.Outcome, error) {
	data, stat, err := s.get(s.log(r.Firing), nil, until)
	if err != nil {
		return Ended{}, recipes.Unknown, err
	}
	var l logged
	if err := decodeStrict(data, &l); err != nil {
		return Ended{}, recipes.Unknown, err
	}
	delete(s.known, r.claim)
	over := l.Outcome == Done || !well && (l.Outcome == Waiting || l.Outcome == Failed)
	switch {
	case l.Claim == r.claim && over && !l.Expired:
		return Ended{Outcome: l.Outcome, Zxid: stat.Mzxid}, recipes.Done, nil
	case l.Claim == r.claim || well:
		return Ended{}, recipes.NoEffect, recipes.ErrLost
	}
	// A later claim: this execution may have ended badly, or only have lost its own.
	return Ended{}, recipes.Unknown, client.ErrConnectionLoss
}

// finish tries once.
func (s *Scheduler) finish(e Ending, fresh bool, until time.Duration) (Ended, error) {
	sent, err := s.send(e, fresh, until)
	if err != nil {
		return Ended{}, err
	}
	return s.answered(sent)
}

// conclusion is a multi by which an execution ends. The first of its requests delete the claim and set the state, and
// own says how many are not the caller's.
type conclusion struct {
	job  job
	next state
	told Ended // if it takes effect
	own  int
	sent *client.Pending
}

// send has one on its way.
func (s *Scheduler) send(e Ending, fresh bool, until time.Duration) (*conclusion, error) {
	r := e.Run
	j, err := s.now(r, fresh, until)
	if err != nil {
		return nil, err
	}
	at := bendClaimed(j.state, r)
	if at < 0 {
		return nil, recipes.ErrLost
	}
	next, o, how := bendEnded(j.state.ended(j.plan, at), j.state), j.state.Open[at], Done
	if !e.Well {
		next, o, how = j.state.failed(j.plan, at)
	}
	o.Claim = r.claim
	ops := []wire.Request{wire.DeleteRequest{Path: s.claim(r.claim), Version: wire.AnyVersion}, s.set(&j, next),
		s.setLog(r.Firing, loggedOf(o, how, e.Note[:min(len(e.Note), noteMax)]))}
	var tell []wire.Request
	var asked []Firing
	if how == Done {
		if tell, asked, err = s.feed(&j, r.Firing, until); err != nil {
			return nil, err
		}
	}
	ops = append(ops, s.bendTold(tell)...)
	if s.assigned.owner(j.shard) != s.own {
		ops = append(ops, s.ring(j.shard))
	}
	own := len(ops)
	sent := s.c.Submit(wire.MultiRequest{Ops: s.bendFinishing(append(ops, e.Writes...))}, nil, nil)
	return &conclusion{j, next, Ended{Outcome: how, Asked: asked}, own, sent}, nil
}

// answered waits for what becomes of it.
func (s *Scheduler) answered(c *conclusion) (Ended, error) {
	results, err := resultsOf(c.sent)
	switch at := failedAt(results); {
	case err == nil:
		stat := statOf(results[1])
		s.learn(&c.job, c.next, stat)
		c.told.Zxid = stat.Mzxid
		return c.told, nil
	case at == 0:
		return Ended{}, recipes.ErrLost
	case at > 0 && at < c.own:
		return Ended{}, errChanged
	}
	return Ended{}, err
}

// now is the job of an execution, as of now if it is to be fresh, and else as the instance knows it: what is done by
// that fails if it has changed.
func (s *Scheduler) now(r Run, fresh bool, until time.Duration) (job, error) {
	j := *r.job
	if own := s.find(&j); own != nil && !fresh && own.state.claimed(r.claim) >= 0 {
		return *own, nil
	}
	data, stat, err := s.get(s.stateOf(&j), nil, until)
	if errors.Is(err, wire.NoNode) {
		return j, recipes.ErrLost
	}
	if err == nil {
		err = j.see(data, stat)
	}
	return j, err
}

// find is what the instance knows of a job, if that is one of its shards.
func (s *Scheduler) find(j *job) *job {
	if j.shard >= len(s.shards) || s.shards[j.shard] == nil {
		return nil
	}
	for _, own := range s.shards[j.shard].jobs {
		if own.Name == j.Name && own.generation == j.generation {
			return own
		}
	}
	return nil
}

// learn notes the state that this instance wrote, if the job is one of its shards.
func (s *Scheduler) learn(j *job, next state, stat wire.Stat) {
	s.note(stat.Mtime)
	if own := s.find(j); own != nil && own.version < stat.Version {
		own.state, own.version = next.stamped(own.plan, stat), stat.Version
	}
}

// Abandon gives a claim up: its firing is claimed again, by whichever instance has the job. An error says that the
// claim may be there still, and is until the session ends.
func (s *Scheduler) Abandon(r Run, timeout time.Duration) error {
	delete(s.known, r.claim)
	err := s.settle(recipes.Deadline(s.p, timeout), func() error {
		return s.c.Delete(s.claim(r.claim), wire.AnyVersion)
	})
	if err == nil || errors.Is(err, wire.NoNode) {
		s.gone[r.claim] = true
		return nil
	}
	return err
}

// ended is the state when an open firing is over.
func (s state) ended(p plan, at int) state {
	s.Open = slices.Delete(slices.Clone(s.Open), at, at+1)
	if p.job.Delay > 0 && s.Next == 0 && len(s.Open) == 0 {
		s.Count = true
	}
	return s
}

// failed is the state when an execution has ended badly: the firing waits to be carried out again, or it is over. o
// is the firing then, and how says which.
func (s state) failed(p plan, at int) (next state, o open, how string) {
	o = s.Open[at]
	o.Failures++
	if o.Failures > p.job.Retries || bendForgotten() {
		return s.ended(p, at), o, Failed
	}
	rest := o
	rest.Claim, rest.By, rest.Since, rest.Rest = "", "", 0, p.backoff(o.Failures)
	s.Open = slices.Clone(s.Open)
	s.Open[at] = rest
	return s, o, Waiting
}

// asksMax is how many firings of a job may be asked for and not claimed.
const asksMax = 1000

// ask is the state of a job in which one more firing is asked for, and what logs that. mark is by whom.
func (l place) ask(st state, job string, generation, instant int64, mark string) (state, Firing, wire.Request) {
	st.Asks++
	f := Firing{Job: job, Generation: generation, Instant: instant, Number: st.Asks}
	st.Asked = append(slices.Clone(st.Asked), ask{Number: f.Number, Instant: instant})
	return st, f, l.create(l.log(f), encode(logged{Outcome: Asked, Instant: instant, Mark: mark}), 0)
}

// feed is what tells the jobs that come after one that it has ended well.
func (s *Scheduler) feed(j *job, f Firing, until time.Duration) (tell []wire.Request, asked []Firing, err error) {
	shards := s.assigned.Shards
	if shards == 0 && len(j.state.Feeds) > 0 {
		a, _, err := s.place.assignment(nil, until)
		if err != nil {
			return nil, nil, err
		}
		shards = a.Shards
	}
	for _, to := range j.state.Feeds {
		shard := shardOf(to.Job, shards)
		path := s.state(shard, to.Job, to.Generation)
		data, stat, err := s.get(path, nil, until)
		if errors.Is(err, wire.NoNode) {
			continue // it was removed
		}
		if err != nil {
			return nil, nil, err
		}
		var st state
		if err := decodeStrict(data, &st); err != nil {
			return nil, nil, err
		}
		// Not stamped: what waits for the stamp of its write is not there, but for what was asked for by hand.
		st = st.stamped(plan{}, stat)
		if !slices.Contains(st.Done, f.Job) {
			st.Done = append(slices.Clone(st.Done), f.Job)
		}
		if len(st.Done) >= st.Needs && len(st.Asked) < asksMax {
			var made Firing
			var log wire.Request
			st.Done = nil
			st, made, log = s.ask(st, to.Job, to.Generation, f.Instant, f.name())
			asked, tell = append(asked, made), append(tell, log)
		}
		tell = append(tell, wire.SetDataRequest{Path: path, Data: encode(st), Version: stat.Version}, s.ring(shard))
	}
	return tell, asked, nil
}
