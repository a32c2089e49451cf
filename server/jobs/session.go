package jobs

import (
	"context"
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/host"
)

// session claims firings and ends their executions until the session is over, or the executor is to stop.
func (x *executor) session(p host.Process, c *client.Client, s *schedule.Scheduler) error {
	patience := x.cfg.SessionTimeout
	if err := s.Join(patience); err != nil {
		return err
	}
	p.Log().Info("jobs: carrying out jobs", "path", x.cfg.Path)
	named := map[string]bool{}
	var until time.Duration
	for left := false; ; {
		if err := x.end(s); err != nil {
			return err
		}
		if x.stopping && until == 0 {
			until = p.Now() + stopWait
		}
		if until > 0 && (len(x.running) == 0 || p.Now() >= until) {
			return x.leave(s, left)
		}
		if until > 0 && !left {
			left = s.Leave(patience) == nil // others have its jobs from now on
		}
		if until > 0 || len(x.running) >= x.cfg.Parallel {
			p.Sleep(claimWait)
			continue
		}
		runs, outcome, err := s.ClaimSome(x.cfg.Parallel-len(x.running), claimWait)
		switch {
		case outcome == recipes.Unknown:
			return errUnknown
		case errors.Is(err, recipes.ErrGaveUp) && c.Alive():
			continue
		case err != nil:
			return err
		}
		for _, r := range runs {
			x.start(r)
		}
		for _, path := range s.Foreign() {
			if !named[path] {
				p.Log().Warn("jobs: left alone", "znode", path)
				named[path] = true
			}
		}
	}
}

// leave gives up what has not ended in time.
func (x *executor) leave(s *schedule.Scheduler, left bool) error {
	for _, e := range x.running { //house:unordered each is given up for itself
		e.cancel()
		_ = s.Abandon(e.Run, x.cfg.SessionTimeout) // else the end of the session gives it up
	}
	if !left {
		return s.Leave(x.cfg.SessionTimeout)
	}
	return nil
}

// start carries a firing out beside the process.
func (x *executor) start(r schedule.Run) {
	ctx, cancel := context.WithCancel(context.Background())
	x.number++
	number := x.number
	x.running[number] = execution{r, cancel}
	x.cfg.Logger.Debug("jobs: begun", "job", r.Job, "instant", r.Instant, "attempt", r.Attempt)
	go func() {
		defer cancel()
		well, note := x.cfg.execute(ctx, r)
		x.post(func() { x.ended = append(x.ended, ended{number, well, note}) })
	}()
}

// end says how executions ended that have.
func (x *executor) end(s *schedule.Scheduler) error {
	var list []schedule.Ending
	for _, e := range x.ended {
		// Others are of a session that is over.
		if run, there := x.running[e.number]; there {
			list = append(list, schedule.Ending{Run: run.Run, Well: e.well, Note: e.note})
			delete(x.running, e.number)
		}
	}
	x.ended = nil
	var failed error
	for i, e := range s.FinishSome(list, x.cfg.SessionTimeout) {
		switch {
		case e.Outcome == recipes.Unknown:
			failed = errUnknown
		case errors.Is(e.Err, recipes.ErrLost):
			x.cfg.Logger.Warn("jobs: an execution had lost its claim", "job", list[i].Run.Job, "instant",
				list[i].Run.Instant)
		case e.Err != nil && failed == nil:
			failed = e.Err
		}
	}
	return failed
}
