package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// Execution is what the log has of a firing, or of several that were missed one after the other.
type Execution struct {
	Firing
	// Outcome is one of Asked, Running, Waiting, Done, Failed, Replaced, Removed and Missed.
	Outcome string
	// Attempts counts claims, Failures those of them that ended badly.
	Attempts, Failures int
	// By is the instance that had the last claim, and Note what it said.
	By, Note string
	// Missed, of what was missed, says how many instants: those from Instant to To, by a policy.
	Count, To int64
	Policy    string
	// Claimed is when the firing was first claimed or missed, Changed when the log last changed, in milliseconds by the
	// service's stamps; Zxid is that change.
	Claimed, Changed, Zxid int64
}

// What became of a firing.
const (
	Asked    = "asked"    // it is asked for, and not claimed
	Running  = "running"  // an instance has claimed it
	Waiting  = "waiting"  // it ended badly and is carried out again
	Done     = "done"     // it ended well
	Failed   = "failed"   // it ended badly, and is over
	Replaced = "replaced" // a later firing took its place
	Removed  = "removed"  // its job was removed before it ended
	Missed   = "missed"   // it was not carried out, by a policy
)

// logged is what a znode of the log holds.
type logged struct {
	Outcome  string `json:"outcome"`
	Instant  int64  `json:"instant,omitempty"`
	Attempt  int    `json:"attempt,omitempty"`
	Failures int    `json:"failures,omitempty"`
	By       string `json:"by,omitempty"`
	Note     string `json:"note,omitempty"`
	Claim    string `json:"claim,omitempty"` // of the last attempt
	Mark     string `json:"mark,omitempty"`  // by which who asked finds it
	To       int64  `json:"to,omitempty"`
	Count    int64  `json:"count,omitempty"`
	Policy   string `json:"policy,omitempty"`
	Expired  bool   `json:"expired,omitempty"` // its time was up
}

// execution reads what the log has of a firing.
func execution(f Firing, data []byte, stat wire.Stat) (Execution, error) {
	var l logged
	if err := decodeStrict(data, &l); err != nil {
		return Execution{}, err
	}
	if f.Number > 0 {
		f.Instant = l.Instant
	}
	return Execution{Firing: f, Outcome: l.Outcome, Attempts: l.Attempt, Failures: l.Failures, By: l.By, Note: l.Note,
		Count: l.Count, To: l.To, Policy: l.Policy, Claimed: stat.Ctime, Changed: stat.Mtime, Zxid: stat.Mzxid}, nil
}

func loggedOf(o open, outcome, note string) logged {
	return logged{Outcome: outcome, Instant: o.Instant, Attempt: o.Attempt, Failures: o.Failures, By: o.By, Note: note,
		Claim: o.Claim}
}

// setLog is the request that changes what the log has of an open firing.
func (l place) setLog(f Firing, to logged) wire.Request {
	return wire.SetDataRequest{Path: l.log(f), Data: encode(to), Version: wire.AnyVersion}
}

// createMissed are the requests that log what was missed.
func (l place) createMissed(job string, generation int64, list []missed) (requests []wire.Request) {
	for _, m := range list {
		data := encode(logged{Outcome: Missed, Instant: m.From, To: m.To, Count: m.Count, Policy: m.Policy})
		requests = append(requests, l.create(l.log(Firing{Job: job, Generation: generation, Instant: m.From}), data, 0))
	}
	return requests
}

// Log is what the log has of a job, of all its generations, the oldest first. What other programs wrote there is left
// out.
func (a *Admin) Log(job string, timeout time.Duration) ([]Execution, error) {
	until := recipes.Deadline(a.p, timeout)
	names, err := a.children(a.path+logName+"/"+job, nil, until)
	if err == error(wire.NoNode) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	list, err := a.executions(append(ordered(job, names, false), ordered(job, names, true)...), until)
	slices.SortFunc(list, func(a, b Execution) int {
		return cmp.Or(cmp.Compare(a.Claimed, b.Claimed), strings.Compare(a.name(), b.name()))
	})
	return list, err
}

// ordered are the firings that the names of a job's log are of, those that were asked for or the others, the oldest
// first. What is no firing's name is left out.
func ordered(job string, names []string, asked bool) (list []Firing) {
	for _, name := range names {
		if f, ok := named(job, name); ok && f.Number > 0 == asked {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b Firing) int {
		return cmp.Or(cmp.Compare(a.Generation, b.Generation), cmp.Compare(a.Instant, b.Instant),
			cmp.Compare(a.Number, b.Number))
	})
	return list
}

// executions reads what the log has of firings. What is gone meanwhile, or another program's, is left out.
func (a *Admin) executions(firings []Firing, until time.Duration) (list []Execution, err error) {
	reads := make([]wire.Request, len(firings))
	for i, f := range firings {
		reads[i] = wire.GetDataRequest{Path: a.path + logName + "/" + f.Job + "/" + f.name()}
	}
	results, err := a.readAll(reads, until)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if data, ok := r.Response.(wire.GetDataResponse); ok {
			if e, err := execution(firings[i], data.Data, data.Stat); err == nil {
				list = append(list, e)
			}
		}
	}
	return list, nil
}

// trim removes the oldest of what the log has of a job, but for so many of each kind, and but for what is open.
func (s *Scheduler) trim(j *job, until time.Duration) error {
	names, err := s.children(s.path+logName+"/"+j.Name, nil, until)
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, o := range j.state.Open {
		keep[o.firing(j.Name, j.generation).name()] = true
	}
	for _, a := range j.state.Asked {
		keep[Firing{Job: j.Name, Generation: j.generation, Number: a.Number}.name()] = true
	}
	var sent []*client.Pending
	for _, asked := range []bool{false, true} {
		kind := ordered(j.Name, names, asked)
		for _, f := range kind[:max(0, len(kind)-s.cfg.Keep)] {
			if keep[f.name()] {
				continue
			}
			sent = append(sent, s.c.Submit(wire.DeleteRequest{Path: s.log(f), Version: wire.AnyVersion}, nil, nil))
		}
	}
	for _, p := range sent {
		if failed := p.Wait(); failed != nil && failed != error(wire.NoNode) {
			err = failed
		}
	}
	return err
}
