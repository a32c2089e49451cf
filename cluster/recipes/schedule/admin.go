package schedule

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Admin changes a scheduler's jobs and shows them. It is one client's. Add, Pause, Resume, Trigger and Remove each
// take effect once, or not at all.
type Admin struct {
	place
	cfg    Config
	shards int // 0 until it is known
}

// NewAdmin makes one. The znodes are made when the first job is added.
func NewAdmin(p host.Process, c *client.Client, cfg Config) *Admin {
	cfg = cfg.filled()
	return &Admin{place: place{p: p, c: c, path: cfg.Path, acl: cfg.ACL}, cfg: cfg}
}

// Change is a change of a job that took effect: of which generation, and by which transaction.
type Change struct {
	Generation, Zxid int64
	// Stamp is when a job was added, in milliseconds by the service.
	Stamp int64
	// Next is the first instant of the job's schedule that was not decided then, 0 for none.
	Next int64
	// Number is that of the firing that was asked for.
	Number int64
}

var (
	// ErrExists says that there is a job of that name, or a scheduler at that path.
	ErrExists = errors.New("schedule: it is there already")
	// ErrNoJob says that there is no job of that name.
	ErrNoJob = errors.New("schedule: there is no job of that name")
	// ErrNeeded says that other jobs come after one that was to be removed.
	ErrNeeded = errors.New("schedule: other jobs come after it")
	// ErrTooMany says that a thousand firings of the job are asked for and not claimed.
	ErrTooMany = errors.New("schedule: too many firings are asked for")
)

// attempt tries a change until it is settled: again after what passes, and where what was read has changed. try's
// doubt says that an earlier attempt may have taken effect.
func (a *Admin) attempt(timeout time.Duration, try func(doubt bool, until time.Duration) (Change, error)) (
	Change, recipes.Outcome, error) {
	until, doubt := recipes.Deadline(a.p, timeout), false
	for {
		c, err := try(doubt, until)
		if err == nil {
			return c, recipes.Done, nil
		}
		maybe := recipes.Passing(err) && client.MaybeApplied(err)
		doubt = doubt || maybe || !errors.Is(err, errChanged) && client.MaybeApplied(err) && !known(err)
		if !recipes.Passing(err) && !errors.Is(err, errChanged) || a.p.Now() >= until {
			if doubt {
				return Change{}, recipes.Unknown, err
			}
			return Change{}, recipes.NoEffect, err
		}
	}
}

// known says whether an error is one of those that say that nothing was changed.
func known(err error) bool {
	for _, k := range []error{ErrExists, ErrNoJob, ErrNeeded, ErrTooMany, ErrForeign, ErrBadJob, errChanged} {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}

// ready makes what is there before any job is.
func (a *Admin) ready(until time.Duration) (err error) {
	if a.shards == 0 {
		a.shards, err = a.ensure(a.cfg.Shards, until)
	}
	return err
}

// Init makes the scheduler, if there is nothing at its path: ErrExists says that there is. Whoever makes it decides
// by Config.ACL who can write jobs.
func (a *Admin) Init(timeout time.Duration) error {
	until := recipes.Deadline(a.p, timeout)
	if _, there, err := a.c.Exists(a.path, nil); err != nil || there {
		return cmp.Or(err, ErrExists)
	}
	return a.ready(until)
}

// find reads a job as of now.
func (a *Admin) find(name string, until time.Duration) (*job, error) {
	if nameProblem(name) != "" {
		return nil, ErrNoJob
	}
	if a.shards == 0 {
		as, _, err := a.assignment(nil, until)
		if errors.Is(err, wire.NoNode) {
			return nil, ErrNoJob
		} else if err != nil {
			return nil, err
		}
		a.shards = as.Shards
	}
	jobs, foreign, err := a.read(shardOf(name, a.shards), []string{name}, a.cfg, until)
	switch {
	case err != nil:
		return nil, err
	case len(foreign) > 0:
		return nil, ErrForeign
	case len(jobs) == 0:
		return nil, ErrNoJob
	}
	return jobs[0], nil
}

// Add adds a job. NoEffect with ErrExists says that there is one of that name, with ErrNoJob that one is not there
// that it comes after, and with ErrBadJob that it means nothing.
func (a *Admin) Add(j Job, timeout time.Duration) (Change, recipes.Outcome, error) {
	if err := j.Check(a.cfg.Zones); err != nil {
		return Change{}, recipes.NoEffect, err
	}
	mark, tried := newMark(a.p), int32(-1)
	return a.attempt(timeout, func(doubt bool, until time.Duration) (Change, error) {
		if err := a.ready(until); err != nil {
			return Change{}, err
		}
		shard := shardOf(j.Name, a.shards)
		data, stat, err := a.get(a.job(shard, j.Name), nil, until)
		switch {
		case err == nil:
			var r record
			if err := decodeStrict(data, &r); err == nil && r.Mark == mark {
				return Change{Generation: r.Generation, Zxid: stat.Czxid, Stamp: stat.Ctime}, nil
			}
			return Change{}, ErrExists
		case !errors.Is(err, wire.NoNode):
			return Change{}, err
		}
		return a.add(j, mark, shard, &tried, doubt, until)
	})
}

// marksMax is how many marks of what was added last are kept.
const marksMax = 32

// errUntold says that an earlier attempt added a job, and it was removed since; or so much was added that it can't be
// told.
var errUntold = errors.New("schedule: it is not known whether it was added")

// add tries once; tried is how much was ever added when it was tried first, -1 before.
func (a *Admin) add(j Job, mark string, shard int, tried *int32, doubt bool, until time.Duration) (Change, error) {
	data, stat, err := a.get(a.path+generationsName, nil, until)
	if err != nil {
		return Change{}, err
	}
	marks := strings.Fields(string(data))
	if doubt && (slices.Contains(marks, mark) || *tried >= 0 && stat.Version-*tried >= marksMax) {
		return Change{}, errUntold
	}
	if *tried < 0 {
		*tried = stat.Version
	}
	marks = append([]string{mark}, marks[:min(len(marks), marksMax-1)]...)
	generation := int64(stat.Version) + 1
	st := state{Count: j.Cron != "" || j.Every > 0 || j.Delay > 0 || j.At > 0, Needs: len(j.After)}
	ops := []wire.Request{
		wire.SetDataRequest{Path: a.path + generationsName, Data: []byte(strings.Join(marks, " ")), Version: stat.Version},
		a.create(a.job(shard, j.Name), encode(record{Job: j, Generation: generation, Mark: mark}), 0),
		a.create(a.state(shard, j.Name, generation), encode(st), 0),
	}
	for _, name := range j.After {
		up, err := a.find(name, until)
		if err != nil {
			return Change{}, err
		}
		next := up.state
		next.Feeds = append(slices.Clone(next.Feeds), feed{j.Name, generation})
		ops = append(ops, a.setState(up, next), a.ring(up.shard))
	}
	if err := a.exists(a.path+logName+"/"+j.Name, nil, until); err != nil {
		return Change{}, err
	}
	results, err := a.c.Multi(append(ops, a.ring(shard))...)
	if err == nil {
		stat := statOf(results[0])
		return Change{Generation: generation, Zxid: stat.Mzxid, Stamp: stat.Mtime}, nil
	}
	if failedAt(results) >= 0 {
		err = errChanged
	}
	return Change{}, err
}

func (l place) setState(j *job, to state) wire.Request {
	return wire.SetDataRequest{Path: l.state(j.shard, j.Name, j.generation), Data: encode(to), Version: j.version}
}

// Pause lets nothing of a job be claimed until Resume. What was claimed goes on.
func (a *Admin) Pause(name string, timeout time.Duration) (Change, recipes.Outcome, error) {
	return a.setPaused(name, true, timeout)
}

// Resume lets a job be claimed again. What was due meanwhile is late, and its policy says what becomes of it.
func (a *Admin) Resume(name string, timeout time.Duration) (Change, recipes.Outcome, error) {
	return a.setPaused(name, false, timeout)
}

func (a *Admin) setPaused(name string, paused bool, timeout time.Duration) (Change, recipes.Outcome, error) {
	return a.attempt(timeout, func(_ bool, until time.Duration) (Change, error) {
		j, err := a.find(name, until)
		if err != nil {
			return Change{}, err
		}
		next := j.state
		next.Paused = paused
		results, err := a.c.Multi(a.setState(j, next), a.ring(j.shard))
		if failedAt(results) >= 0 {
			err = errChanged
		}
		if err != nil {
			return Change{}, err
		}
		return Change{Generation: j.generation, Zxid: statOf(results[0]).Mzxid, Next: next.Next}, nil
	})
}

// Trigger asks for a firing besides the job's schedule. Its Number is in the Change.
func (a *Admin) Trigger(name string, timeout time.Duration) (Change, recipes.Outcome, error) {
	mark := newMark(a.p)
	var tried Firing // the last attempt's
	return a.attempt(timeout, func(doubt bool, until time.Duration) (Change, error) {
		if doubt && tried.Job != "" {
			data, stat, err := a.get(a.log(tried), nil, until)
			var l logged
			switch {
			case err == nil && decodeStrict(data, &l) == nil && l.Mark == mark:
				return Change{Generation: tried.Generation, Zxid: stat.Czxid, Number: tried.Number}, nil
			case err != nil && !errors.Is(err, wire.NoNode):
				return Change{}, err
			}
		}
		j, err := a.find(name, until)
		if err != nil {
			return Change{}, err
		}
		if len(j.state.Asked) >= asksMax {
			return Change{}, ErrTooMany
		}
		next, f, log := a.ask(j.state, name, j.generation, 0, mark)
		tried = f
		results, err := a.c.Multi(a.setState(j, next), log, a.ring(j.shard))
		if failedAt(results) >= 0 {
			results, err = a.bendAsked(j, results)
		}
		if err != nil {
			return Change{}, err
		}
		return Change{Generation: j.generation, Zxid: statOf(results[0]).Mzxid, Number: f.Number}, nil
	})
}

// Remove removes a job. Executions that are under way lose their claims; what the log has stays. NoEffect with
// ErrNeeded says that other jobs come after it.
func (a *Admin) Remove(name string, timeout time.Duration) (Change, recipes.Outcome, error) {
	return a.attempt(timeout, func(_ bool, until time.Duration) (Change, error) {
		j, err := a.find(name, until)
		if err != nil {
			return Change{}, err
		}
		if len(j.state.Feeds) > 0 {
			return Change{}, ErrNeeded
		}
		ops, err := a.removing(j, until)
		if err != nil {
			return Change{}, err
		}
		results, err := a.c.Multi(ops...)
		if failedAt(results) >= 0 {
			err = errChanged
		}
		if err != nil {
			return Change{}, err
		}
		zxid := statOf(results[len(results)-1]).Mzxid
		return Change{Generation: j.generation, Zxid: zxid, Next: j.state.Next}, nil
	})
}

// removing are the requests that remove a job, with its state of the version that was read. The last of them rings.
func (a *Admin) removing(j *job, until time.Duration) ([]wire.Request, error) {
	path := a.job(j.shard, j.Name)
	ops := []wire.Request{
		wire.DeleteRequest{Path: path + "/" + strconv.FormatInt(j.generation, 10), Version: j.version},
		wire.DeleteRequest{Path: path, Version: wire.AnyVersion},
	}
	for _, o := range j.state.Open {
		ops = append(ops, a.setLog(o.firing(j.Name, j.generation), loggedOf(o, Removed, "")))
		if o.Claim == "" {
			continue
		}
		_, _, err := a.get(a.claim(o.Claim), nil, until)
		if err == nil {
			ops = append(ops, wire.DeleteRequest{Path: a.claim(o.Claim), Version: wire.AnyVersion})
		} else if !errors.Is(err, wire.NoNode) {
			return nil, err
		}
	}
	for _, one := range j.state.Asked {
		f := Firing{Job: j.Name, Generation: j.generation, Number: one.Number}
		ops = append(ops, a.setLog(f, logged{Outcome: Removed, Instant: one.Instant}))
	}
	for _, name := range j.After {
		up, err := a.find(name, until)
		if errors.Is(err, ErrNoJob) {
			continue
		} else if err != nil {
			return nil, err
		}
		next := up.state
		next.Feeds = slices.DeleteFunc(slices.Clone(next.Feeds), func(f feed) bool { return f.Job == j.Name })
		ops = append(ops, a.setState(up, next), a.ring(up.shard))
	}
	return append(ops, a.ring(j.shard)), nil
}
