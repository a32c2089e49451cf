package schedule

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// Status is what is decided of a job at an instant.
type Status struct {
	Job
	Generation int64
	// Instance has the job's shard, "" for none.
	Shard    int
	Instance string
	Paused   bool
	// Next is the first instant of its schedule that is not decided, in milliseconds since 1970, 0 for none.
	Next int64
	// Asked are firings that are asked for, Open those that are claimed and not over, and Resting those that have ended
	// badly and are carried out again, the first of them at Rests, in milliseconds as Next.
	Asked, Open, Resting []Firing
	Rests                int64
	// Changed is the zxid of the last decision.
	Changed int64
}

// List shows all jobs, by their shards and names, and names znodes that hold something of another program. What is
// changed meanwhile may show or not.
func (a *Admin) List(timeout time.Duration) (list []Status, foreign []string, err error) {
	until := recipes.Deadline(a.p, timeout)
	assigned, _, err := a.assignment(nil, until)
	if errors.Is(err, wire.NoNode) {
		return nil, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	for shard := range assigned.Shards {
		names, err := a.children(a.bell(shard), nil, until)
		if err != nil {
			return nil, nil, err
		}
		slices.Sort(names)
		jobs, others, err := a.read(shard, names, a.cfg, until)
		if err != nil {
			return nil, nil, err
		}
		foreign = append(foreign, others...)
		for _, j := range jobs {
			s := Status{Job: j.Job, Generation: j.generation, Shard: shard, Instance: assigned.owner(shard),
				Paused: j.state.Paused, Next: j.state.Next, Changed: j.changed}
			for _, o := range j.state.Asked {
				s.Asked = append(s.Asked, Firing{j.Name, j.generation, o.Instant, o.Number})
			}
			for _, o := range j.state.Open {
				f := o.firing(j.Name, j.generation)
				if o.Claim != "" {
					s.Open = append(s.Open, f)
					continue
				}
				if s.Resting = append(s.Resting, f); s.Rests == 0 || o.Since+o.Rest < s.Rests {
					s.Rests = o.Since + o.Rest
				}
			}
			list = append(list, s)
		}
	}
	return list, foreign, nil
}

// Share is what an instance has of the jobs.
type Share struct {
	Instance string
	Shards   []int
}

// Shares shows the instances that jobs are divided among, by their names. Before one has joined there are none.
func (a *Admin) Shares(timeout time.Duration) ([]Share, error) {
	assigned, _, err := a.assignment(nil, recipes.Deadline(a.p, timeout))
	if err != nil {
		return nil, err
	}
	list := make([]Share, len(assigned.Instances))
	for i, name := range assigned.Instances {
		list[i].Instance = name
	}
	for shard, i := range assigned.Owners {
		list[i].Shards = append(list[i].Shards, shard)
	}
	return list, nil
}

// Latest is what the log has of those jobs of a list that changed last, of so many of them: of each its latest
// firings by schedule, and its latest that were asked for, so many each. What changed last comes first.
func (a *Admin) Latest(of []Status, jobs, each int, timeout time.Duration) ([]Execution, error) {
	until := recipes.Deadline(a.p, timeout)
	of = slices.Clone(of)
	slices.SortStableFunc(of, func(a, b Status) int { return cmp.Compare(b.Changed, a.Changed) })
	of = of[:min(len(of), jobs)]
	var lists []wire.Request
	for _, s := range of {
		lists = append(lists, wire.GetChildrenRequest{Path: a.path + logName + "/" + s.Name})
	}
	results, err := a.readAll(lists, until)
	if err != nil {
		return nil, err
	}
	var firings []Firing
	for i, r := range results {
		if inside, ok := r.Response.(wire.GetChildrenResponse); ok {
			for _, asked := range []bool{false, true} {
				kind := ordered(of[i].Name, inside.Names, asked)
				firings = append(firings, kind[max(0, len(kind)-each):]...)
			}
		}
	}
	list, err := a.executions(firings, until)
	slices.SortStableFunc(list, func(a, b Execution) int { return cmp.Compare(b.Zxid, a.Zxid) })
	return list, err
}
