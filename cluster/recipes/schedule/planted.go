package schedule

import (
	"slices"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// What only the planted bugs need: in a plain build these functions do nothing, or return what they are given.

// planted is what planted bugs remember of an instance.
type planted struct {
	started bool  // it has taken shards
	first   int32 // the version of the first assignment that it took
	taken   bool
	tell    [][]wire.Request // what jobs that come after others are not told yet
}

// bendFollowing returns the instant that follows one: bugWheelSkipsSlot counts on from now when it is late.
func (p plan) bendFollowing(following, now int64) int64 {
	failpoint.Inject("bugWheelSkipsSlot", func(_ failpoint.Value) {
		if following <= now {
			following = p.after(now)
		}
	})
	return following
}

// bendDropped returns a decision: bugMisfireDropsAll drops what is late when more than one is.
func (p plan) bendDropped(d decision, next, now int64) decision {
	failpoint.Inject("bugMisfireDropsAll", func(_ failpoint.Value) {
		if p.after(next) <= now {
			d = decision{next: p.after(now)}
		}
	})
	return d
}

// bendGeneration returns the generation by which a firing that was asked for is known: bugCounterKeyByNameOnly knows
// it by its job's name and number alone.
func (f Firing) bendGeneration() int64 {
	generation := f.Generation
	failpoint.Inject("bugCounterKeyByNameOnly", func(_ failpoint.Value) { generation = 0 })
	return generation
}

// bendAsked returns what became of a request for a firing that was refused: with bugCounterKeyByNameOnly it was asked
// for before, if its znode is there.
func (a *Admin) bendAsked(j *job, results []wire.MultiResult) ([]wire.MultiResult, error) {
	err := errChanged
	failpoint.Inject("bugCounterKeyByNameOnly", func(_ failpoint.Value) {
		if failedAt(results) == 1 {
			results, err = a.c.Multi(a.setState(j, j.state))
		}
	})
	return results, err
}

// bendForbids reports whether a firing waits for others: with bugForbidFromMemory that is found out later.
func (p plan) bendForbids() bool {
	forbids := p.forbids()
	failpoint.Inject("bugForbidFromMemory", func(_ failpoint.Value) { forbids = false })
	return forbids
}

// bendForbidden reports whether others of a job are open: bugForbidFromMemory looks at what runs in this instance.
func (s *Scheduler) bendForbidden(j *job) bool {
	forbidden := j.plan.forbids()
	failpoint.Inject("bugForbidFromMemory", func(_ failpoint.Value) {
		forbidden = forbidden && slices.ContainsFunc(j.state.Open, func(o open) bool { return s.known[o.Claim] })
	})
	return forbidden
}

// bendNow returns the time by which it is decided what is due: bugDueByLocalClock asks the own clock.
func (s *Scheduler) bendNow(until time.Duration) (now int64, err error) {
	local := false
	failpoint.Inject("bugDueByLocalClock", func(_ failpoint.Value) { local = true })
	if local {
		return s.estimate(), nil
	}
	return s.Now(until - s.p.Now())
}

// bendOrphan reports whether the claim of an instance that is there is taken over: bugTakeoverByClock does so when it
// has lasted for long.
func (s *Scheduler) bendOrphan(o open) bool {
	orphan := false
	failpoint.Inject("bugTakeoverByClock", func(_ failpoint.Value) {
		orphan = s.estimate()-o.Since > s.c.Timeout().Milliseconds()/2
	})
	return orphan
}

// bendStarted reports whether shards that are new are left alone: bugSchedulerStartsOnce starts those of the first
// time.
func (s *Scheduler) bendStarted() bool {
	started := false
	failpoint.Inject("bugSchedulerStartsOnce", func(_ failpoint.Value) { started = s.planted.started })
	return started
}

// bendTaken is called when an assignment was taken.
func (s *Scheduler) bendTaken() {
	failpoint.Inject("bugSchedulerStartsOnce", func(_ failpoint.Value) {
		s.planted.started = slices.ContainsFunc(s.shards, func(sh *shard) bool { return sh != nil })
	})
	failpoint.Inject("bugPartitionKeyStale", func(_ failpoint.Value) {
		if !s.planted.taken && s.assigned.has(s.own) {
			s.planted.taken, s.planted.first = true, s.version
		}
	})
}

// bendVersion returns the version of the assignment that a claim checks: for bugPartitionKeyStale, that of the first.
func (s *Scheduler) bendVersion() int32 {
	version := s.version
	failpoint.Inject("bugPartitionKeyStale", func(_ failpoint.Value) {
		if s.planted.taken {
			version = s.planted.first
		}
	})
	return version
}

// bendLoaded is called when a job was read: with bugNextFireLostAtElection, who has a shard newly counts on from now.
func (s *Scheduler) bendLoaded(sh *shard, j *job) {
	failpoint.Inject("bugNextFireLostAtElection", func(_ failpoint.Value) {
		if sh.jobs == nil && j.state.Next > 0 {
			j.state.Next = max(j.state.Next, j.plan.after(s.estimate()))
		}
	})
}

// bendDecided returns the state when a firing is decided: bugMisfireTwice notes one that is late in a second place.
func (p plan) bendDecided(next state, d decision, now int64) state {
	failpoint.Inject("bugMisfireTwice", func(_ failpoint.Value) {
		if now-d.fire > p.job.grace() {
			next.Open = append(slices.Clone(next.Open), open{Instant: d.fire, Attempt: 1})
		}
	})
	return next
}

// bendAgain returns the state when a firing is claimed again: bugTriggerPerItem asks for one more for each that it
// takes over.
func (s *Scheduler) bendAgain(next state, old open) state {
	failpoint.Inject("bugTriggerPerItem", func(_ failpoint.Value) {
		if old.Claim != "" {
			next.Open = append(next.Open, open{Instant: old.Instant, Number: old.Number, Attempt: old.Attempt + 1})
		}
	})
	return next
}

// bendLost reports whether a firing whose instance has gone is over: for bugLostResultIsSuccess it has ended well.
func (s *Scheduler) bendLost(j *job, at int) (next state, over bool) {
	failpoint.Inject("bugLostResultIsSuccess", func(_ failpoint.Value) {
		if over = j.state.Open[at].Claim != ""; over {
			next = j.state.ended(j.plan, at)
		}
	})
	return next, over
}

// bendForgotten reports whether a firing that ended badly is over, though it has retries left.
func bendForgotten() bool {
	forgotten := false
	failpoint.Inject("bugFailedItemForgotten", func(_ failpoint.Value) { forgotten = true })
	return forgotten
}

// bendEnded returns the state when an execution has ended well: with bugFailoverOfFinished the firing stays open.
func bendEnded(next, was state) state {
	failpoint.Inject("bugFailoverOfFinished", func(_ failpoint.Value) { next.Open = was.Open })
	return next
}

// bendLeavesOld reports whether a firing that takes another's place leaves that alone.
func bendLeavesOld() bool {
	leaves := false
	failpoint.Inject("bugReplaceLeavesOld", func(_ failpoint.Value) { leaves = true })
	return leaves
}

// bendClaimed returns the open firing of an execution: bugShardRunsWithoutSession asks for the firing, whoever has
// it.
func bendClaimed(st state, r Run) int {
	at := st.claimed(r.claim)
	failpoint.Inject("bugShardRunsWithoutSession", func(_ failpoint.Value) {
		at = slices.IndexFunc(st.Open, func(o open) bool { return o.Instant == r.Instant && o.Number == r.Number })
	})
	return at
}

// bendFinishing returns the requests that end an execution: for bugShardRunsWithoutSession, without the look at its
// claim.
func (s *Scheduler) bendFinishing(ops []wire.Request) []wire.Request {
	failpoint.Inject("bugShardRunsWithoutSession", func(_ failpoint.Value) {
		ops[0] = wire.CheckRequest{Path: s.path, Version: wire.AnyVersion}
	})
	return ops
}

// bendTold returns the requests that tell the jobs that come after one: bugDependentTornOff carries them out when the
// instance next asks for a firing.
func (s *Scheduler) bendTold(tell []wire.Request) []wire.Request {
	failpoint.Inject("bugDependentTornOff", func(_ failpoint.Value) {
		if len(tell) > 0 {
			s.planted.tell = append(s.planted.tell, tell)
			tell = nil
		}
	})
	return tell
}

// bendTell is called when the instance asks for a firing.
func (s *Scheduler) bendTell() {
	failpoint.Inject("bugDependentTornOff", func(_ failpoint.Value) {
		for _, tell := range s.planted.tell {
			_, _ = s.c.Multi(tell...)
		}
		s.planted.tell = nil
	})
}

// bendClaiming returns the requests that make a claim, of which the first checks the assignment and the second sets
// the state.
//
// For bugFireTimeNotUnique they check nothing, and the log may have the firing already. For bugLockCoversRunOnly the
// next instant is not written down: it is only in the instance's memory. For bugClaimInPieces the state is set first,
// without the firing, and all else behind it.
func (s *Scheduler) bendClaiming(j *job, next state, ops []wire.Request, until time.Duration) []wire.Request {
	failpoint.Inject("bugFireTimeNotUnique", func(_ failpoint.Value) {
		ops[0] = wire.CheckRequest{Path: s.path, Version: wire.AnyVersion}
		ops[1] = wire.SetDataRequest{Path: s.stateOf(j), Data: encode(next), Version: wire.AnyVersion}
		s.bendLogged(ops[3:], until)
	})
	failpoint.Inject("bugLockCoversRunOnly", func(_ failpoint.Value) {
		written := next
		written.Next = j.state.Next
		ops[1] = s.set(j, written)
		s.bendLogged(ops[3:], until)
	})
	failpoint.Inject("bugClaimInPieces", func(_ failpoint.Value) {
		first := next
		first.Open = j.state.Open
		results, err := s.c.Multi(s.checkAssignment(), s.set(j, first))
		if err == nil {
			j.version = statOf(results[1]).Version
			ops[1] = s.set(j, next)
		}
	})
	return ops
}

// bendLogged makes the znodes of the log that some requests are to make, unless they are there, and has the requests
// set them.
func (s *Scheduler) bendLogged(ops []wire.Request, until time.Duration) {
	for i, op := range ops {
		if c, ok := op.(wire.CreateRequest); ok {
			_ = s.exists(c.Path, nil, until)
			ops[i] = wire.SetDataRequest{Path: c.Path, Data: c.Data, Version: wire.AnyVersion}
		}
	}
}
