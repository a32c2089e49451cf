package schedule

import (
	"slices"
	"strconv"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// shard is what an instance knows of the jobs of a shard.
type shard struct {
	number  int
	watch   *client.Watch // on the shard's bell; nil if the shard is to be read
	jobs    []*job        // by name
	foreign []string
	// looks is when the shard is to be read in any case, by Process.Now.
	looks time.Duration
}

// job is what an instance knows of one.
type job struct {
	Job
	plan       plan
	shard      int
	generation int64
	state      state
	version    int32 // of the state
	changed    int64 // its zxid
	decided    int   // times
}

func (s *Scheduler) firingOf(j *job, o open) Firing { return o.firing(j.Name, j.generation) }
func (s *Scheduler) stateOf(j *job) string          { return s.state(j.shard, j.Name, j.generation) }

// rung says whether a watch has fired, or is not set.
func rung(w *client.Watch) bool {
	if w == nil {
		return true
	}
	_, fired := w.Wait(0)
	return fired
}

// refresh reads what the instance was told has changed: who is there, who has what, and its shards.
func (s *Scheduler) refresh(until time.Duration) error {
	if rung(s.assignmentWatch) || rung(s.membersWatch) {
		if err := s.share(until); err != nil {
			return err
		}
	}
	for _, sh := range s.shards {
		if sh != nil && (rung(sh.watch) || s.p.Now() >= sh.looks) {
			if err := s.load(sh, until); err != nil {
				s.forget(&sh.watch)
				return err
			}
		}
	}
	return nil
}

// share reads who is there and who has what, and sees to it that the two agree.
func (s *Scheduler) share(until time.Duration) error {
	for {
		s.forget(&s.assignmentWatch)
		s.forget(&s.membersWatch)
		w, wm := client.NewWatch(), client.NewWatch()
		a, version, err := s.place.assignment(w, until)
		if err != nil {
			return err
		}
		members, foreign, err := s.instances(wm, until)
		if err != nil {
			s.c.Forget(w)
			return err
		}
		s.assignmentWatch, s.membersWatch, s.foreign = w, wm, foreign
		if _, there := slices.BinarySearch(members, s.own); !there {
			s.own = ""
			return recipes.ErrLost
		}
		s.take(a, version)
		if slices.Equal(members, a.Instances) {
			return nil
		}
		if err := s.rebalance(members); err != nil {
			s.forget(&s.assignmentWatch)
			return err
		}
		if s.p.Now() >= until {
			return recipes.ErrGaveUp
		}
	}
}

// take makes an assignment the instance's: it drops what is another's by now, and is to read what is its own.
func (s *Scheduler) take(a assignment, version int32) {
	s.assigned, s.version = a, version
	if len(s.shards) != a.Shards {
		s.shards = make([]*shard, a.Shards)
	}
	for n, sh := range s.shards {
		switch own := a.owner(n) == s.own; {
		case own && sh == nil && !s.bendStarted():
			s.shards[n] = &shard{number: n}
		case !own && sh != nil:
			s.forget(&sh.watch)
			s.shards[n] = nil
		case own && sh != nil && sh.looks != never:
			sh.looks = 0 // an instance that has gone has left claims, perhaps
		}
	}
	s.bendTaken()
}

func (s *Scheduler) forget(w **client.Watch) {
	if *w != nil {
		s.c.Forget(*w)
	}
	*w = nil
}

// load reads the jobs of a shard. What is changed while it reads is told by the bell, and what is decided by it is of
// a version: so it need not read one instant.
func (s *Scheduler) load(sh *shard, until time.Duration) error {
	s.forget(&sh.watch)
	w := client.NewWatch()
	if _, _, err := s.get(s.bell(sh.number), w, until); err != nil {
		return err
	}
	sh.watch = w
	names, err := s.children(s.bell(sh.number), nil, until)
	if err != nil {
		return err
	}
	slices.Sort(names)
	jobs, foreign, err := s.read(sh.number, names, s.cfg, until)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		s.bendLoaded(sh, j)
	}
	sh.jobs, sh.foreign, sh.looks = jobs, foreign, never
	return s.missing(sh, until)
}

// missing looks for the claims of other instances, of which some may be gone.
func (s *Scheduler) missing(sh *shard, until time.Duration) error {
	var claims []string
	var reads []wire.Request
	for _, j := range sh.jobs {
		for _, o := range j.state.Open {
			if o.Claim != "" && o.By != s.own {
				claims = append(claims, o.Claim)
				reads = append(reads, wire.GetDataRequest{Path: s.claim(o.Claim)})
			}
		}
	}
	results, err := s.readAll(reads, until)
	if err != nil {
		return err
	}
	for i, claim := range claims {
		sh.looks = s.p.Now() + lookAgain
		if _, there := results[i].Response.(wire.GetDataResponse); !there {
			s.gone[claim] = true
		}
	}
	return nil
}

// lookAgain is when a shard with executions of other instances is read again: their claims may be gone. And they tell
// that one has ended, but only if they know that the shard is another's.
const lookAgain = time.Second

// read reads jobs of a shard. What is gone meanwhile is left out, and so is what is not to be read, which is named.
func (l place) read(number int, names []string, cfg Config, until time.Duration) (
	jobs []*job, foreign []string, err error) {
	var reads []wire.Request
	for _, name := range names {
		path := l.job(number, name)
		reads = append(reads, wire.GetDataRequest{Path: path}, wire.GetChildrenRequest{Path: path})
	}
	results, err := l.readAll(reads, until)
	if err != nil {
		return nil, nil, err
	}
	var states []wire.Request
	for i, name := range names {
		path := l.job(number, name)
		data, there := results[2*i].Response.(wire.GetDataResponse)
		inside, listed := results[2*i+1].Response.(wire.GetChildrenResponse)
		if !there || !listed {
			continue
		}
		j, problem := newJob(name, number, data.Data, inside.Names, cfg.Zones)
		if problem == nil && cfg.Admit != nil {
			problem = cfg.Admit(path)
		}
		if problem != nil {
			foreign = append(foreign, path+": "+problem.Error())
			continue
		}
		jobs = append(jobs, j)
		states = append(states, wire.GetDataRequest{Path: l.state(number, name, j.generation)})
	}
	if results, err = l.readAll(states, until); err != nil {
		return nil, nil, err
	}
	var whole []*job
	for i, j := range jobs {
		data, there := results[i].Response.(wire.GetDataResponse)
		if !there {
			continue
		}
		if err := j.see(data.Data, data.Stat); err != nil {
			foreign = append(foreign, l.state(number, j.Name, j.generation)+": "+err.Error())
			continue
		}
		whole = append(whole, j)
	}
	return whole, foreign, nil
}

// newJob reads a job's znode, which has the one of its generation below.
func newJob(name string, shard int, data []byte, inside []string, zones Zones) (*job, error) {
	var r record
	if err := decodeStrict(data, &r); err != nil {
		return nil, err
	}
	if r.Job.Name != name || !slices.Contains(inside, strconv.FormatInt(r.Generation, 10)) {
		return nil, ErrForeign
	}
	p, err := r.Job.plan(zones)
	return &job{Job: r.Job, plan: p, shard: shard, generation: r.Generation}, err
}

// see notes what a state's znode holds.
func (j *job) see(data []byte, stat wire.Stat) error {
	var st state
	if err := decodeStrict(data, &st); err != nil {
		return err
	}
	j.state, j.version, j.changed = st.stamped(j.plan, stat), stat.Version, stat.Mzxid
	return nil
}

// reread reads the state of a job anew, of which the instance knew an old one.
func (s *Scheduler) reread(j *job, until time.Duration) error {
	data, stat, err := s.get(s.stateOf(j), nil, until)
	if err == nil {
		err = j.see(data, stat)
	}
	if err != nil && j.shard < len(s.shards) && s.shards[j.shard] != nil {
		s.forget(&s.shards[j.shard].watch)
	}
	return err
}
