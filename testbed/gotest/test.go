// Package gotest plays trials within Go tests: each is a subtest, which a worker process of its own plays. So what a
// trial does to its process is a finding like any other, and the flags of go test mean what they always do.
package gotest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// T is a *testing.T, whose package no program that serves may reach: it registers flags.
type T[Sub any] interface {
	tb
	Run(name string, test func(Sub)) bool
	Parallel()
}

// tb is what all tests have.
type tb interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
	Cleanup(func())
	Deadline() (time.Time, bool)
	Context() context.Context
}

// Test plays the trials of the seeds from first to last as subtests: see testbed.Test.
func Test[Sub T[Sub]](t Sub, seeds trial.Seeds, first, last uint64) {
	t.Helper()
	service := seeds.Template.Service
	number := calls.next(t)
	if isWorker() {
		serve(service, number)
		return
	}
	for _, corner := range seeds.Corners() {
		if err := corner.Check(); err != nil {
			t.Fatalf("%v", err)
		}
	}
	if few := uint64(len(seeds.Corners())); short() && last-first >= few {
		last = first + few - 1
	}
	r := &run{service: service, workers: newPool(service, t.Name(), number), dir: keptDir(t.Name())}
	kept, err := readKept(r.dir, service)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { r.end(t) })
	tried := make(map[string]bool)
	for _, one := range kept {
		tried[one.Line()] = true
		t.Run(name(one), func(t Sub) { r.play(t, one) })
	}
	for seed := first; ; seed++ {
		if one := seeds.Trial(seed); !tried[one.Line()] {
			t.Run(name(one), func(t Sub) {
				t.Parallel()
				r.play(t, one)
			})
		}
		if seed == last {
			return
		}
	}
}

// short says that go test was called with -short.
func short() bool {
	f := flag.Lookup("test.short")
	return f != nil && f.Value.String() == "true"
}

// name is that of a trial's subtest.
func name(one trial.Trial) string { return fmt.Sprintf("seed=%d", one.Seed) }

// run is a campaign within a Go test.
type run struct {
	service  *trial.Service
	workers  *pool
	dir      string // of kept lines
	unplayed atomic.Int64
}

// margin is how long before the test's deadline no trial begins any more, and a second later those that go on are
// ended: then there is time to say which ones they are.
const margin = 5 * time.Second

// play plays a trial as a subtest.
func (r *run) play(t tb, one trial.Trial) {
	t.Helper()
	if one.Bug != "" && !r.service.Marked {
		t.Skipf("%v", trial.ErrUnmarked)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	if deadline, ok := t.Deadline(); ok {
		left := time.Until(deadline) - margin
		if left <= 0 {
			r.unplayed.Add(1)
			t.Skipf("not played: too little is left of -timeout")
		}
		defer time.AfterFunc(left+time.Second, end).Stop()
	}
	w, err := r.workers.take()
	if err != nil {
		t.Fatalf("%s: %v", one.Line(), err)
	}
	again, alive := r.judge(ctx, t, w, one)
	if again == "" && !alive {
		w.Close()
		if t.Context().Err() != nil {
			t.Skipf("interrupted")
		}
		// It has shown nothing: one that hangs has had its time.
		r.unplayed.Add(1)
		t.Skipf("%s: ended before it was over: too little is left of -timeout", one.Line())
	}
	if alive {
		r.workers.give(w)
	} else {
		w.Close()
	}
	if again != "" {
		path, err := keep(r.dir, one, again)
		if err != nil {
			t.Logf("the trial's line could not be kept: %v", err)
			return
		}
		t.Logf("kept in %s, and tried first from now on\nalone: go test -run '%s'", filepath.ToSlash(path),
			runFlag(t.Name()))
	}
}

// judge plays a trial, and once more if it is not valid. It says in a line what is wrong with the service, "" for
// nothing; alive is false if the worker is of no more use.
func (r *run) judge(ctx context.Context, t tb, w campaign.Worker, one trial.Trial) (wrong string, alive bool) {
	t.Helper()
	request := campaign.Request{Line: one.Line()}
	summary, err := w.Run(ctx, request)
	if err != nil {
		return perished(t, one, err), false
	}
	if text := firstRuns.differs(summary); text != "" {
		t.Errorf("%s: it came out differently than in the run before (-count): %s", one.Line(), text)
	}
	if summary.Outcome == play.Valid {
		return "", true
	}
	second, err := w.Run(ctx, request)
	switch {
	case err != nil:
		return perished(t, one, err), false
	case !summary.Same(second):
		t.Errorf("%s: %s", one.Line(), summary.Difference(second))
	default:
		t.Errorf("%s", summary.Text)
	}
	if summary.Outcome == play.Invalid {
		return summary.Checker + ": " + summary.Reason, true
	}
	return "", true
}

// perished fails a test whose trial its worker did not survive.
func perished(t tb, one trial.Trial, err error) (wrong string) {
	t.Helper()
	var f *campaign.Finding
	switch {
	case errors.As(err, &f):
		t.Errorf("%s: %s\nagain: %s", one.Line(), f.Error(), one.Command())
		return f.Kind + ": " + campaign.FirstLine(f.Detail)
	case errors.Is(err, context.Canceled):
		return ""
	}
	t.Fatalf("%s: %v", one.Line(), err)
	return ""
}

// end ends the workers, and fails the test if trials were left out.
func (r *run) end(t tb) {
	r.workers.close()
	if n := r.unplayed.Load(); n > 0 {
		t.Errorf("%d trials were not played: -timeout left too little time", n)
	}
}

// firstRuns are the first runs of trials in this process: with -count, the others are compared with them.
var firstRuns = runs{byLine: make(map[string]play.Summary)}

type runs struct {
	mu     sync.Mutex
	byLine map[string]play.Summary
}

// differs says how a run differs from the first of its trial; "" if it is that, or the same.
func (r *runs) differs(s play.Summary) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	first, ok := r.byLine[s.Line]
	if !ok {
		r.byLine[s.Line] = play.Summary{Line: s.Line, TraceHash: s.TraceHash, HistoryHash: s.HistoryHash, Events: s.Events,
			Outcome: s.Outcome, Reason: s.Reason, Covered: s.Covered}
		return ""
	}
	if first.Same(s) {
		return ""
	}
	return first.Difference(s)
}
