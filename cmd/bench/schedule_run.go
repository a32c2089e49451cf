package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/host"
)

// scheduleRun is what instances do. Firings that are due from one instant until another are measured; behind that an
// instance is killed, and what is due from then on is measured too.
type scheduleRun struct {
	from, until, killed, end time.Time
	cpu                      time.Duration // of servers and instances, from from until until

	mu     sync.Mutex
	list   []claimed
	missed int64 // firings that the policy left out, as they were too late
	err    error
}

// claimed says when a firing was due and how late an instance had it. The servers' clock is this machine's.
type claimed struct {
	due  time.Time
	late time.Duration
}

// scheduleLast is for how long instances look for what was due before the end.
const scheduleLast = scheduleSession + 2*time.Second

func newScheduleRun(length time.Duration) *scheduleRun {
	r := &scheduleRun{from: time.Now().Add(scheduleWarm)}
	r.until = r.from.Add(length)
	r.killed = r.until.Add(time.Second)
	r.end = r.killed.Add(scheduleSession)
	return r
}

// claim claims and ends what is due until the end. The victim is killed before: its session lives on until its time is
// up.
func (r *scheduleRun) claim(ctx context.Context, p host.Process, c *client.Client, victim bool) {
	s := schedule.NewScheduler(p, c, scheduleConfig)
	err := s.Join(time.Minute)
	var own scheduleRun
	end := r.end.Add(scheduleLast)
	if victim {
		end = r.killed
	}
	for err == nil && time.Now().Before(end) && ctx.Err() == nil {
		err = own.serve(s, r.from)
	}
	if victim {
		c.Abandon()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.missed, r.err = append(r.list, own.list...), r.missed+own.missed, errors.Join(r.err, err)
}

// scheduleTogether is how many firings an instance claims at once, at most.
const scheduleTogether = 32

// serve claims what is due, and ends it.
func (r *scheduleRun) serve(s *schedule.Scheduler, from time.Time) error {
	runs, _, err := s.ClaimSome(scheduleTogether, 100*time.Millisecond)
	if errors.Is(err, recipes.ErrGaveUp) {
		return nil // instances join, and shares change
	}
	if err != nil {
		return err
	}
	var ended []schedule.Ending
	for _, run := range runs {
		due := time.UnixMilli(run.Instant)
		r.list = append(r.list, claimed{due, time.Since(due)})
		if due.After(from) {
			r.missed += run.Skipped
		}
		ended = append(ended, schedule.Ending{Run: run, Well: true})
	}
	for _, e := range s.FinishSome(ended, time.Minute) {
		err = errors.Join(err, e.Err)
	}
	return err
}

// late is how late firings were claimed that were due in a time, in order.
func (r *scheduleRun) late(from, until time.Time) (late []time.Duration) {
	for _, c := range r.list {
		if !c.due.Before(from) && c.due.Before(until) {
			late = append(late, c.late)
		}
	}
	slices.Sort(late)
	return late
}

// print prints what was measured beside what it is to be.
func (r *scheduleRun) print(out io.Writer) error {
	calm, killed := r.late(r.from, r.until), r.late(r.killed, r.end)
	if len(calm) == 0 || len(killed) == 0 {
		return errors.New("nothing was claimed")
	}
	rate := float64(len(calm)) / r.until.Sub(r.from).Seconds()
	at := func(per int) time.Duration { return calm[len(calm)*per/1000].Round(time.Millisecond / 10) }
	worst, most := killed[len(killed)-1].Round(time.Millisecond), scheduleSession+time.Second
	fmt.Fprintf(out, "CPU time for a firing, servers and instances together: %v\n",
		(r.cpu / time.Duration(len(calm))).Round(time.Microsecond))
	fmt.Fprintf(out, "claimed - due: p50 %v, p90 %v, p99.9 %v, the latest %v\n", at(500), at(900), at(999),
		calm[len(calm)-1].Round(time.Millisecond))
	fmt.Fprintf(out, "the same from when an instance is killed: p50 %v, p99 %v\n",
		killed[len(killed)/2].Round(time.Millisecond), killed[len(killed)*99/100].Round(time.Millisecond))
	fmt.Fprintf(out, "firings that were too late, and left out: %d\n\n", r.missed)
	return printFigures(out, []figure{
		{"firings claimed in a second", fmt.Sprintf("%.0f", rate), fmt.Sprint(scheduleRate),
			judged(rate >= 0.95*scheduleRate)},
		{"p99 of claimed - due", at(990).String(), "< " + scheduleLate.String(), judged(at(990) < scheduleLate)},
		{"the latest, an instance being killed", worst.String(), "< " + most.String(), judged(worst < most)},
	})
}
