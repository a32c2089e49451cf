package schedule

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Config says where a scheduler is and how it goes about its work. Only Path is needed.
type Config struct {
	// Path is the znode below which all of the scheduler's are.
	Path string
	// Shards is into how many parts the jobs are divided among the instances, if this is the first that uses the path;
	// 0 is 64.
	Shards int
	// ACL is that of every znode that is made; nil lets everyone do everything.
	ACL []wire.ACL
	// Zones finds time zones; nil knows UTC alone. time.LoadLocation will do where its data is the same everywhere.
	Zones Zones
	// Tick is how often an instance that waits looks whether it was told of a change; 0 is 50 ms.
	Tick time.Duration
	// Keep is how many executions the log has of a job, of its schedule and asked for each; 0 is 100.
	Keep int
	// Admit, unless it is nil, refuses jobs by the znode in which they are, and so by its ACL: they are left alone. It
	// is asked each time that a job is read.
	Admit func(path string) error
}

// openACL lets everyone do everything.
var openACL = []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

func (c Config) filled() Config {
	if c.Shards == 0 {
		c.Shards = 64
	}
	if c.ACL == nil {
		c.ACL = openACL
	}
	if c.Tick == 0 {
		c.Tick = 50 * time.Millisecond
	}
	if c.Keep == 0 {
		c.Keep = 100
	}
	return c
}

// Scheduler is an instance that carries out jobs when they are due: it claims firings of the shards that are its own,
// and says how their executions ended. It is one client's, and as long as that's session: where it is over, make
// another of another session.
//
// Guaranteed: a firing (a job's generation, and an instant or the number of a request) is claimed by one instance at
// a time, by the service's order, and fences grow with each claim; it ends once: Finish, and the writes that go with
// it, takes effect for one execution of a firing at most. Every instant of a schedule is claimed or the log says by
// which policy it was missed; a firing that is open is claimed again when its session ends, or it ended badly and has
// retries left. Whether something is due is decided by stamps of the service: an instance's clock may make it late,
// and neither early nor another's. Not guaranteed: that work is begun once only (an execution that has lost its claim
// may go on: what it does outside of the service needs the fence); that stamps of the service are right; and an order
// over jobs.
type Scheduler struct {
	place
	cfg Config
	own string // the name of the instance's znode; "" outside

	assigned                      assignment
	version                       int32           // of the assignment
	assignmentWatch, membersWatch *client.Watch   // nil if it is to be read
	shards                        []*shard        // by number; nil for those of others
	foreign                       []string        // beside the instances
	known                         map[string]bool // claims of executions that are under way here
	gone                          map[string]bool // claims of others that are not there any more
	stamp                         int64           // the latest of the service's stamps
	at                            time.Duration   // when it came, by Process.Now
	planted                       planted
}

// NewScheduler makes an instance, which does nothing before it joins.
func NewScheduler(p host.Process, c *client.Client, cfg Config) *Scheduler {
	cfg = cfg.filled()
	return &Scheduler{place: place{p: p, c: c, path: cfg.Path, acl: cfg.ACL}, cfg: cfg, known: map[string]bool{},
		gone: map[string]bool{}}
}

// Join makes the instance one of those that jobs are divided among, until it leaves or the session ends. The znodes
// are made if need be.
func (s *Scheduler) Join(timeout time.Duration) error {
	until := recipes.Deadline(s.p, timeout)
	if s.own != "" {
		return recipes.ErrHeld
	}
	if _, err := s.ensure(s.cfg.Shards, until); err != nil {
		return err
	}
	mark := newMark(s.p)
	for {
		created, stat, err := s.c.CreateAs(s.path+instancesName+"/"+mark+"-", nil, s.acl,
			wire.FlagEphemeral|wire.FlagSequential)
		if err == nil {
			s.own = base(created)
			s.note(stat.Ctime)
			return nil
		}
		if client.MaybeApplied(err) && recipes.Passing(err) {
			// One that was made and is not known would be given shards: it must be found, or the session left to end.
			names, err := s.children(s.path+instancesName, nil, until)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(names, func(n string) bool { return len(n) > len(mark) && n[:len(mark)] == mark }); i >= 0 {
				s.own = names[i]
				return nil
			}
		} else if !recipes.Passing(err) {
			return err
		}
		if s.p.Now() >= until {
			return recipes.ErrGaveUp
		}
	}
}

// Leave takes the instance out: others have its shards from then on. Executions that are under way keep their claims,
// and may be ended still.
func (s *Scheduler) Leave(timeout time.Duration) error {
	if s.own == "" {
		return recipes.ErrNotHeld
	}
	until := recipes.Deadline(s.p, timeout)
	err := s.settle(until, func() error { return s.c.Delete(s.path+instancesName+"/"+s.own, wire.AnyVersion) })
	if err == nil || errors.Is(err, wire.NoNode) {
		s.own = ""
		return nil
	}
	return err
}

// note keeps a stamp of the service, which came now.
func (s *Scheduler) note(stamp int64) { s.stamp, s.at = stamp, s.p.Now() }

// estimate is what the service's clock shows, by a stamp and what has passed since on the own clock.
func (s *Scheduler) estimate() int64 { return s.stamp + (s.p.Now() - s.at).Milliseconds() }

// Now is a stamp of the service: the time at which it carried out a write that was asked for by this call.
func (s *Scheduler) Now(timeout time.Duration) (int64, error) {
	err := s.settle(recipes.Deadline(s.p, timeout), func() error {
		stat, err := s.c.Set(s.path+instancesName+"/"+s.own, nil, wire.AnyVersion)
		if err == nil {
			s.note(stat.Mtime)
		}
		return err
	})
	if errors.Is(err, wire.NoNode) {
		s.own = ""
		return 0, recipes.ErrLost
	}
	return s.stamp, err
}

// Claim claims a firing that is due, waiting for one for about timeout. After Done, ok is false if there was none.
// After Unknown the firing may be claimed, and the end of the session gives it back.
func (s *Scheduler) Claim(timeout time.Duration) (r Run, ok bool, outcome recipes.Outcome, err error) {
	list, outcome, err := s.ClaimSome(1, timeout)
	if len(list) == 1 {
		return list[0], true, outcome, err
	}
	return Run{}, false, outcome, err
}

// ClaimSome is Claim for several firings, up to most of them: those that are due now, of a job one at a time. Each is
// claimed by a transaction of its own, and these are on their way together. After Unknown others may be claimed besides
// those that are returned.
func (s *Scheduler) ClaimSome(most int, timeout time.Duration) (list []Run, outcome recipes.Outcome, err error) {
	until := recipes.Deadline(s.p, timeout)
	for {
		if s.own == "" {
			return nil, recipes.NoEffect, recipes.ErrNotHeld
		}
		wait := s.cfg.Tick
		err := s.refresh(until)
		if err == nil {
			list, wait, outcome, err = s.next(most, until)
			if len(list) > 0 || outcome == recipes.Unknown {
				return list, outcome, err
			}
		}
		if err != nil {
			wait = s.cfg.Tick
		}
		if err != nil && !recipes.Passing(err) && !errors.Is(err, wire.BadVersion) && !errors.Is(err, wire.NoNode) {
			return nil, recipes.NoEffect, err
		}
		left := until - s.p.Now()
		if left <= 0 {
			if err != nil {
				return nil, recipes.NoEffect, recipes.ErrGaveUp
			}
			return nil, recipes.Done, nil
		}
		s.p.Sleep(min(left, wait))
	}
}

// next decides what is due first, of so many jobs at most. wait is for how long there is nothing to decide, if nothing
// was claimed.
func (s *Scheduler) next(most int, until time.Duration) (
	list []Run, wait time.Duration, _ recipes.Outcome, err error) {
	s.bendTell()
	first := s.first(most)
	if len(first) == 0 {
		return nil, s.cfg.Tick, recipes.Done, nil
	}
	now, due := s.stamp, first[0].due
	if due > now {
		if left := due - s.estimate(); left > 0 {
			return nil, min(s.cfg.Tick, time.Duration(left)*time.Millisecond), recipes.Done, nil
		}
		if now, err = s.bendNow(until); err != nil {
			return nil, 0, recipes.NoEffect, err
		}
		if due > now {
			// The own clock is fast.
			return nil, min(s.cfg.Tick, time.Duration(due-now)*time.Millisecond), recipes.Done, nil
		}
	}
	var sent []*attempt
	for _, j := range first {
		if j.due > now {
			break
		}
		var a *attempt
		if a, err = s.decide(j.job, now, until); err != nil {
			break
		}
		if a != nil {
			a.sent = s.c.Submit(wire.MultiRequest{Ops: a.ops}, nil, nil)
			sent = append(sent, a)
		}
	}
	list, outcome, failed := s.claimed(sent, until)
	if len(sent) > 0 {
		err = failed
	}
	return list, time.Millisecond, outcome, err
}

// waiting is a job of which something is to be decided, and since when.
type waiting struct {
	*job
	due int64
}

// first are the jobs of the instance's shards of which something is to be decided first, up to most of them: those that
// are due by the own clock, the first ones first; and if there is none, the next.
func (s *Scheduler) first(most int) (list []waiting) {
	next, now := waiting{due: never}, s.estimate()
	for _, sh := range s.shards {
		if sh == nil {
			continue
		}
		for _, j := range sh.jobs {
			switch at := j.state.due(j.plan, s.stamp, s.orphan); {
			case at <= now:
				list = append(list, waiting{j, at})
			case at < next.due:
				next = waiting{j, at}
			}
		}
	}
	if len(list) == 0 && next.job != nil {
		return []waiting{next}
	}
	slices.SortStableFunc(list, func(a, b waiting) int { return cmp.Compare(a.due, b.due) })
	return list[:min(most, len(list))]
}

// orphan says whether a claim is gone for good, with its session: its name is no other's, so it never comes back. Or
// it is the instance's own, of an execution that it knows nothing of.
func (s *Scheduler) orphan(o open) bool {
	if o.By == s.own {
		return !s.known[o.Claim]
	}
	return s.gone[o.Claim] || s.bendOrphan(o)
}

// Foreign lists znodes below the path that hold something of another program, or of a newer one, or that were not
// admitted. They are left alone.
func (s *Scheduler) Foreign() (list []string) {
	list = append(list, s.foreign...)
	for _, sh := range s.shards {
		if sh != nil {
			list = append(list, sh.foreign...)
		}
	}
	return list
}
