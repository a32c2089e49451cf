// Package schedule is what clients do with the task scheduler: the workload schedule.
package schedule

import (
	"errors"
	"fmt"
	"math"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/wire"
	"ordeal/workloads"
	"ordeal/workloads/clients"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("schedule", math.MaxInt, clientsPerObject, workloads.Steps{EndsSessions: true, Linear: true,
			Needs: []wire.OpCode{wire.OpMulti, wire.OpMultiRead}, Step: step, Probe: probe, Drain: drain}),
	}
}

const (
	clientsPerObject = 5
	// shards are few, so that instances differ in what they have, and each has some of it.
	shards = 4
	// jobsMax is how many names jobs have.
	jobsMax = 4
	// everyMin and everyMax bound the time between two firings of a job, which is a multiple of everyStep.
	everyMin, everyMax, everyStep = 500 * time.Millisecond, 1500 * time.Millisecond, 100 * time.Millisecond
	// serveMax is how long an instance is there in a turn, runsMax how many executions it has under way at once, and
	// workMax how long one takes, mostly.
	serveMax, runsMax, workMax = 2 * time.Second, 3, 400 * time.Millisecond
	// claimMax is for how long it asks for a firing in one go.
	claimMax = 300 * time.Millisecond
	// tick is how often an instance that waits looks whether it was told of a change.
	tick = 25 * time.Millisecond
)

func config(o *workloads.Object) schedule.Config {
	return schedule.Config{Path: o.Path(), Shards: shards, Tick: tick, Keep: math.MaxInt32}
}

// known is what clients know of an object besides: how many jobs were added.
type known struct{ added int }

func step(h workloads.Hand) {
	o := h.Object()
	k := o.Kept(func() any { return new(known) }).(*known)
	name := fmt.Sprintf("j%d", 1+h.Rand().IntN(jobsMax))
	switch n := h.Rand().IntN(100); {
	case n < 15 || k.added < jobsMax && h.Chance(60):
		if add(h, o, drawJob(h, name)) {
			k.added++
		}
	case n < 19:
		change(h, o, "drop", name)
	case n < 23:
		change(h, o, "pause", name)
	case n < 30:
		change(h, o, "resume", name)
	case n < 40:
		change(h, o, "ask", name)
	default:
		serve(h, o)
	}
}

// drawJob draws when a job is due, and its policies.
func drawJob(h workloads.Hand, name string) schedule.Job {
	pick := func(list ...string) string { return list[h.Rand().IntN(len(list))] }
	ms := func(least, most time.Duration) int64 { return (least + h.UpTo(most-least)).Milliseconds() }
	j := schedule.Job{Name: name, Grace: ms(200*time.Millisecond, 800*time.Millisecond), Retries: h.Rand().IntN(3),
		Misfire:    pick(schedule.MisfireSkip, schedule.MisfireOnce, schedule.MisfireAll, schedule.MisfireAll),
		Overlap:    pick(schedule.OverlapAllow, schedule.OverlapForbid, schedule.OverlapReplace),
		Backoff:    ms(50*time.Millisecond, 300*time.Millisecond),
		BackoffMax: 500}
	if h.Chance(25) {
		j.Deadline = ms(1500*time.Millisecond, 4*time.Second)
	}
	if h.Chance(15) {
		j.Timeout = ms(time.Second, 2*time.Second)
	}
	switch n := h.Rand().IntN(100); {
	case n < 10:
		j.Cron = "* * * * * *"
	case n < 60:
		j.Every = (everyMin + h.UpTo(everyMax-everyMin)).Truncate(everyStep).Milliseconds()
	case n < 72:
		j.Delay, j.Overlap = ms(everyMin, everyMax), schedule.OverlapForbid
	case n < 92:
		if of := pick("j1", "j2", "j3", "j4"); of != name {
			j.After = []string{of}
		}
	}
	return j
}

// plan is a job as histories have it: see recipes.Plan of the models.
func plan(j schedule.Job) []any {
	kind, amount, of := "hand", int64(0), ""
	switch {
	case j.Cron != "":
		kind, amount = "every", 1000
	case j.Every > 0:
		kind, amount = "every", j.Every
	case j.Delay > 0:
		kind, amount = "delay", j.Delay
	case len(j.After) > 0:
		kind, of = "after", j.After[0]
	}
	return []any{j.Name, kind, amount, of, j.Misfire, j.Grace, j.Deadline, j.Overlap, int64(j.Retries), j.Timeout}
}

func firing(f schedule.Firing) []any { return []any{f.Job, f.Generation, f.Instant, f.Number} }

func add(h workloads.Hand, o *workloads.Object, j schedule.Job) bool {
	_, outcome := h.Do(o, "define", plan(j), func() (any, recipes.Outcome, error) {
		c, outcome, err := schedule.NewAdmin(h, h.Session(), config(o)).Add(j, h.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return []any{j.Name, c.Generation, c.Zxid, c.Stamp}, outcome, nil
	})
	return outcome == recipes.Done
}

// change is a change of a job that is there. It reports whether it was answered, by a refusal too.
func change(h workloads.Hand, o *workloads.Object, f, name string) bool {
	admin := schedule.NewAdmin(h, h.Session(), config(o))
	how := map[string]func(string, time.Duration) (schedule.Change, recipes.Outcome, error){
		"drop": admin.Remove, "pause": admin.Pause, "resume": admin.Resume, "ask": admin.Trigger}[f]
	refused := false
	_, outcome := h.Do(o, f, name, func() (any, recipes.Outcome, error) {
		c, outcome, err := how(name, h.Patience())
		if err != nil {
			refused = errors.Is(err, schedule.ErrNoJob) || errors.Is(err, schedule.ErrNeeded)
			return nil, outcome, err
		}
		result := []any{name, c.Generation, c.Zxid}
		switch f {
		case "drop":
			result = append(result, c.Next)
		case "ask":
			result = append(result, c.Number)
		}
		return result, outcome, nil
	})
	return outcome == recipes.Done || refused
}

// instance is a scheduler of a session, by the session's name.
type instance struct {
	*schedule.Scheduler
	session string
}

func join(h workloads.Hand, o *workloads.Object) (instance, bool) {
	s := schedule.NewScheduler(h, h.Session(), config(o))
	if err := s.Join(h.Patience()); err != nil {
		h.Log().Debug("schedule: an instance has not joined", "error", err)
		h.Abandon() // it may be there, and is given what it would not do
		return instance{}, false
	}
	return instance{s, h.SessionName()}, true
}

func leave(h workloads.Hand, i instance) {
	if err := i.Leave(h.Patience()); err != nil {
		h.Log().Debug("schedule: an instance has not left", "error", err)
		h.Abandon()
	}
}

var errNothing = errors.New("nothing is due")

func claim(h workloads.Hand, o *workloads.Object, i instance, within time.Duration) (r schedule.Run, ok bool) {
	h.Do(o, "claim", i.session, func() (_ any, outcome recipes.Outcome, err error) {
		r, ok, outcome, err = i.Claim(within)
		switch {
		case err != nil:
			return nil, outcome, err
		case !ok:
			return nil, recipes.NoEffect, errNothing
		}
		return claimedRun(i, r), outcome, nil
	})
	return r, ok
}

// claimSome asks for several firings, whose claims are on their way together.
func claimSome(
	h workloads.Hand, o *workloads.Object, i instance, most int, within time.Duration,
) (runs []schedule.Run) {
	arguments := make([]any, most)
	for n := range arguments {
		arguments[n] = i.session
	}
	h.DoSome(o, "claim", arguments, func(taken []int) []clients.Ended {
		list, outcome, err := i.ClaimSome(len(taken), within)
		if err == nil {
			err = errNothing
		}
		var ended []clients.Ended
		for n := range taken {
			switch {
			case n < len(list):
				ended = append(ended, clients.Ended{Result: claimedRun(i, list[n]), Outcome: clients.Done})
			case outcome == recipes.Unknown:
				ended = append(ended, clients.Ended{Outcome: clients.Unknown, Err: err})
			default:
				ended = append(ended, clients.Ended{Outcome: clients.NoEffect, Err: err})
			}
		}
		runs = list
		return ended
	})
	return runs
}

func claimedRun(i instance, r schedule.Run) []any {
	return []any{i.session, firing(r.Firing), int64(r.Attempt), r.Fence, r.Due}
}

// finish ends an execution, by any instance: session is that which claimed it. One that could not be ended gives its
// claim up. It reports whether it is known what became of it.
func finish(h workloads.Hand, o *workloads.Object, i instance, session string, r schedule.Run, well bool) bool {
	var failed error
	_, outcome := h.Do(o, "finish", finishing(session, r, well), func() (any, recipes.Outcome, error) {
		ended, outcome, err := i.Finish(r, well, "", h.Patience())
		if failed = err; err != nil {
			return nil, outcome, err
		}
		return finished(ended), outcome, nil
	})
	if outcome != recipes.NoEffect || errors.Is(failed, recipes.ErrLost) {
		return outcome != recipes.Unknown
	}
	return give(h, o, i, session, r)
}

func finishing(session string, r schedule.Run, well bool) []any {
	return []any{session, firing(r.Firing), r.Fence, well}
}

func finished(e schedule.Ended) []any {
	asked := []any{}
	for _, f := range e.Asked {
		asked = append(asked, firing(f))
	}
	return []any{e.Outcome, e.Zxid, asked}
}

// give gives a claim up. It reports whether it is known what became of that.
func give(h workloads.Hand, o *workloads.Object, i instance, session string, r schedule.Run) bool {
	_, outcome := h.Do(o, "give", []any{session, firing(r.Firing), r.Fence}, func() (any, recipes.Outcome, error) {
		if err := i.Abandon(r, h.Patience()); err != nil {
			return nil, recipes.Unknown, err
		}
		return nil, recipes.Done, nil
	})
	return outcome != recipes.Unknown
}

// finishSome is finish for several executions that end together.
func finishSome(h workloads.Hand, o *workloads.Object, i instance, list []schedule.Ending) bool {
	var arguments []any
	for _, e := range list {
		arguments = append(arguments, finishing(i.session, e.Run, e.Well))
	}
	left := make([]bool, len(list)) // that have their claims, by what is known
	for n := range left {
		left[n] = true
	}
	known := true
	h.DoSome(o, "finish", arguments, func(taken []int) (ended []clients.Ended) {
		var some []schedule.Ending
		for _, n := range taken {
			some = append(some, list[n])
		}
		for n, s := range i.FinishSome(some, h.Patience()) {
			e := clients.Ended{Outcome: clients.NoEffect, Err: s.Err}
			switch s.Outcome {
			case recipes.Done:
				e = clients.Ended{Result: finished(s.Ended), Outcome: clients.Done}
			case recipes.Unknown:
				e.Outcome, known = clients.Unknown, false
			}
			left[taken[n]] = s.Outcome == recipes.NoEffect && !errors.Is(s.Err, recipes.ErrLost)
			ended = append(ended, e)
		}
		return ended
	})
	for n, e := range list {
		known = known && (!left[n] || give(h, o, i, i.session, e.Run))
	}
	return known
}

// end ends executions, several of them together. It reports whether it is known what became of them.
func end(h workloads.Hand, o *workloads.Object, i instance, list []schedule.Ending) bool {
	if len(list) > 1 {
		return finishSome(h, o, i, list)
	}
	return finish(h, o, i, i.session, list[0].Run, list[0].Well)
}

// execution is one that is under way, until an instant of the own clock.
type execution struct {
	schedule.Run
	until time.Duration
}

// serve is an instance for a while: it claims firings, and ends their executions when their time has come, now and
// then badly. At times it dies, and goes on by another session with what it had.
func serve(h workloads.Hand, o *workloads.Object) {
	i, ok := join(h, o)
	if !ok {
		return
	}
	var runs []execution
	for until := h.Now() + h.UpTo(serveMax); h.Now() < until || len(runs) > 0; {
		if len(runs) > 0 && (runs[0].until <= h.Now() || h.Now() >= until) {
			h.Sleep(runs[0].until - h.Now())
			var list []schedule.Ending
			for _, r := range runs[:1+h.Rand().IntN(len(runs))] {
				list = append(list, schedule.Ending{Run: r.Run, Well: !h.Chance(20)})
			}
			runs = runs[len(list):]
			if !end(h, o, i, list) {
				return
			}
			continue
		}
		if len(runs) < runsMax && h.Now() < until {
			within := claimMax
			if len(runs) > 0 {
				within = min(within, max(0, runs[0].until-h.Now()))
			}
			var list []schedule.Run
			if most := 1 + h.Rand().IntN(runsMax-len(runs)); most > 1 {
				list = claimSome(h, o, i, most, within)
			} else if r, ok := claim(h, o, i, within); ok {
				list = append(list, r)
			}
			for _, r := range list {
				runs = append(runs, execution{r, h.Now() + h.UpTo(workMax)})
			}
			if !h.Session().Alive() {
				return
			}
			if h.Chance(3) && len(runs) > 0 {
				dieAndGoOn(h, o, i, runs)
				return
			}
			continue
		}
		h.Sleep(tick)
	}
	leave(h, i)
}

// dieAndGoOn lets the session end, as if paused for long, and ends what was claimed by another session.
func dieAndGoOn(h workloads.Hand, o *workloads.Object, i instance, runs []execution) {
	h.Abandon()
	h.Sleep(h.UpTo(2 * h.SessionTimeout()))
	if !h.Renew() {
		return
	}
	other := instance{schedule.NewScheduler(h, h.Session(), config(o)), h.SessionName()}
	for _, r := range runs {
		if !finish(h, o, other, i.session, r.Run, true) {
			return
		}
	}
}

// probe joins, writes, and leaves.
func probe(h workloads.Hand, o *workloads.Object) bool {
	i, ok := join(h, o)
	if !ok {
		return false
	}
	if _, err := i.Now(h.Patience()); err != nil {
		h.Abandon()
		return false
	}
	leave(h, i)
	return h.Session().Alive()
}
