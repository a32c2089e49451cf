// Package campaign plays many trials, in worker processes side by side, confirms what it finds by playing it twice, and
// says what it found: a report for a person, a page, and a summary for programs.
package campaign

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Campaign plays many trials of one service, side by side.
type Campaign struct {
	Service *trial.Service
	// Trials are taken in order, until there is none, or Budget of real time is spent (0: no bound): then those that are
	// under way are finished.
	Trials iter.Seq[trial.Trial]
	// Guide, if it is not nil, says which trials there are, in place of Trials.
	Guide  *Guide
	Budget time.Duration
	// Jobs is how many trials run at once, each in a Worker of its own.
	Jobs      int
	NewWorker func() (Worker, error)
	// Twice runs every trial twice and compares. Otherwise one in twiceShare is, and every one that fails.
	Twice bool
	// StopAtFirst ends the campaign with its first finding.
	StopAtFirst bool
	// Stop, unless it is nil, is asked before each trial whether there are to be no more, never while Done or Found runs.
	Stop func() bool
	// Full asks for every trial's play.Summary.Result.
	Full bool
	// HangAfter is Request.HangAfter for every trial, and Scenarios Request.Scenarios.
	HangAfter time.Duration
	Scenarios *File
	// Out is the folder under which each kept trial gets a folder: every finding, and the last few passes. "" keeps none.
	Out string
	// Done is called after every trial, Found for every finding; from one goroutine at a time.
	Done  func(Tally, play.Summary)
	Found func(Finding)
}

// Worker plays one trial at a time, apart from everything else.
type Worker interface {
	// Run plays a trial. An error that is a *Finding says how the worker perished over it, and the worker is then of
	// no more use; any other error is the tool's own.
	Run(ctx context.Context, r Request) (play.Summary, error)
	Close()
}

// Request asks a worker for a trial.
type Request struct {
	Line string `json:"line"`
	// Dir is the folder to write the trial's files to, or "".
	Dir string `json:"dir,omitempty"`
	// Page asks for no file but timeline.html. The mode has to be one that makes a timeline.
	Page bool `json:"page,omitempty"`
	// Mode and Kind are those of play.Ask.
	Mode play.Mode `json:"mode,omitempty"`
	Kind string    `json:"kind,omitempty"`
	// Full asks for play.Summary.Result, and Explicit for play.Summary.Explicit of a trial that is invalid.
	Full     bool `json:"full,omitempty"`
	Explicit bool `json:"explicit,omitempty"`
	// Scenarios are more than the service has, for the trial to look out for.
	Scenarios *File `json:"scenarios,omitempty"`
	// HangAfter is how much processor time the trial may use before it counts as hanging; 0 is two minutes and twice the
	// trial's own length. A worker that is not heard of hangs after twenty times as much real time.
	HangAfter time.Duration `json:"hang_after,omitempty"`
	watched   bool          // it is played by a process that has nothing else to do
}

// File is a file's text and what errors are to call it.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Kinds of Finding.
const (
	FindingInvalid          = play.Invalid       // the service broke a promise
	FindingUnknown          = play.Unknown       // it can't be decided
	FindingPanic            = "panic"            // the worker died
	FindingHang             = "hang"             // the worker did not end
	FindingMemory           = "memory"           // the worker ate too much memory
	FindingNondeterministic = "nondeterministic" // the same trial came out differently
)

// Finding is what a campaign found, with the trial that shows it.
type Finding struct {
	Kind    string       `json:"kind"`
	Summary play.Summary `json:"summary"`
	// Detail says more: a panic's stack, or how two runs differ.
	Detail string `json:"detail,omitempty"`
	// Reproduced says that a second run came out the same.
	Reproduced bool `json:"reproduced"`
}

func (f *Finding) Error() string { return fmt.Sprintf("%s: %s", f.Kind, f.Detail) }

const (
	twiceShare = 20 // one passing trial in so many is run again
	keepPasses = 3
	// FindingsMax is after how many findings a campaign ends: more of them tell nothing new.
	FindingsMax = 25
)

// passed is a trial that passed.
type passed struct {
	trial   trial.Trial
	summary play.Summary
}

// run is a campaign under way.
type run struct {
	Campaign
	outer  context.Context // cancelled from outside only
	ctx    context.Context // cancelled when the campaign is to end
	cancel context.CancelFunc
	start  time.Time

	mu     sync.Mutex // guards everything below
	over   *sync.Cond // a trial is over, for those who wait for a guide
	next   func() (trial.Trial, bool)
	count  int
	report Report
	passed []passed // the last few
	err    error
}

// Run plays the campaign. The report holds what was found also when ctx was cancelled. The error is the tool's own.
func (c Campaign) Run(ctx context.Context) (Report, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	next, stop := iter.Pull(c.trials())
	defer stop()
	r := &run{Campaign: c, outer: ctx, ctx: inner, cancel: cancel, start: time.Now(), next: next,
		report: newReport(c.Service)}
	r.over = sync.NewCond(&r.mu)
	defer context.AfterFunc(inner, r.over.Broadcast)()
	var slots sync.WaitGroup
	for range max(1, c.Jobs) {
		slots.Go(r.slot)
	}
	slots.Wait()
	if r.err == nil && ctx.Err() == nil {
		r.keepLastPasses()
	}
	if r.Guide != nil {
		sum := r.Guide.Sum()
		r.report.Guided = &sum
	}
	r.report.Interrupted = ctx.Err() != nil
	r.report.Tally.Elapsed = time.Since(r.start)
	return r.report, r.err
}

// trials are those of a campaign without a guide.
func (c Campaign) trials() iter.Seq[trial.Trial] {
	if c.Trials == nil {
		return func(func(trial.Trial) bool) {}
	}
	return c.Trials
}

// slot plays trials one after another in one worker.
func (r *run) slot() {
	var w Worker
	defer func() {
		if w != nil {
			w.Close()
		}
	}()
	for {
		t, n, ok := r.take()
		if !ok {
			return
		}
		if w == nil {
			var err error
			if w, err = r.NewWorker(); err != nil {
				r.fail(err)
				return
			}
		}
		alive := r.play(w, t, n)
		r.reached(n, found{})
		if !alive {
			w.Close()
			w = nil
		}
	}
}

// take gives the next trial and its number.
func (r *run) take() (trial.Trial, int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Guide != nil {
		return r.takeGuided()
	}
	if r.ends() {
		return trial.Trial{}, 0, false
	}
	t, ok := r.next()
	r.count++
	return t, r.count, ok
}

// ends says that no other trial is to begin.
func (r *run) ends() bool {
	spent := r.Budget > 0 && time.Since(r.start) >= r.Budget
	return spent || r.ctx.Err() != nil || r.err != nil || len(r.report.Findings) >= FindingsMax ||
		r.Stop != nil && r.Stop()
}

func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil && r.outer.Err() == nil {
		r.err = err
	}
	r.cancel()
}

// play plays one trial, and again where that is called for. It reports false if the worker is of no more use.
func (r *run) play(w Worker, t trial.Trial, number int) (alive bool) {
	request := Request{Line: t.Line(), Full: r.Full, HangAfter: r.HangAfter, Scenarios: r.Scenarios}
	if r.Guide != nil && r.Guide.goal == GoalStates {
		request.Mode = play.States
	}
	s, err := w.Run(r.ctx, request)
	if err != nil {
		return r.perished(t, err, nil)
	}
	r.reached(number, found{s.States, s.Scenarios})
	r.finished(t, s)
	valid := s.Outcome == play.Valid
	if valid && !r.Twice && number%twiceShare != 0 {
		return true
	}
	again := Request{Line: t.Line(), HangAfter: r.HangAfter, Scenarios: r.Scenarios}
	if !valid {
		again.Dir = r.dirOf(t)
		if s.Outcome == play.Invalid && again.Dir != "" {
			again.Mode = play.Timeline // a finding's folder has its page
		}
	}
	second, err := w.Run(r.ctx, again)
	if err != nil {
		return r.perished(t, err, &s)
	}
	r.compare(s, second)
	return true
}

func (r *run) dirOf(t trial.Trial) string {
	if r.Out == "" {
		return ""
	}
	return filepath.Join(r.Out, t.Name())
}

// perished handles a worker that did not come back with a summary; first is what it came back with the first time, if
// this was the second.
func (r *run) perished(t trial.Trial, err error, first *play.Summary) (alive bool) {
	var f *Finding
	switch {
	case r.ctx.Err() != nil:
		// What failed is not played again, and not forgotten either.
		if r.outer.Err() != nil && first != nil && first.Outcome != play.Valid {
			r.found(Finding{Kind: first.Outcome, Summary: *first})
		}
	case errors.As(err, &f):
		f.Summary = r.summaryOf(t, f)
		if first == nil {
			r.finished(t, f.Summary)
		}
		r.found(*f)
	default:
		r.fail(err)
	}
	return false
}

// summaryOf is the summary of a trial that its worker did not survive.
func (r *run) summaryOf(t trial.Trial, f *Finding) play.Summary {
	s := play.Summary{
		Line: t.Line(), Command: t.Command(), Outcome: play.Invalid, Checker: f.Kind, Reason: FirstLine(f.Detail),
	}
	if r.Full {
		full := reports.Trial{
			Line: s.Line, Title: t.Name(), Workload: t.Workload, Model: t.Service.Workload(t.Workload).ModelName(),
			Replay: s.Command, Length: t.Length,
			Verdicts: []reports.Verdict{{
				Name: f.Kind, Outcome: reports.Invalid, Reason: s.Reason, Details: strings.Split(strings.TrimSpace(f.Detail), "\n"),
			}},
		}.Result()
		s.Result = &full
	}
	return s
}

// finished counts a trial.
func (r *run) finished(t trial.Trial, s play.Summary) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Tally = r.report.Tally.plus(s)
	r.report.ByWorkload[t.Workload] = r.report.ByWorkload[t.Workload].plus(s)
	for kind, n := range s.Fired {
		r.report.Fired[kind] += n
	}
	for kind, n := range s.Skipped {
		r.report.Skipped[kind] += n
	}
	for _, item := range s.Covered {
		r.report.Covered[item]++
	}
	r.report.came(s)
	r.report.recover(s)
	if s.Outcome == play.Valid {
		r.passed = append(r.passed[max(0, len(r.passed)-keepPasses+1):], passed{t, s})
	}
	r.report.Tally.Elapsed = time.Since(r.start)
	if r.Done != nil {
		r.Done(r.report.Tally, s)
	}
}

// compare looks at a second run of the same trial.
func (r *run) compare(first, second play.Summary) {
	r.mu.Lock()
	r.report.Tally.CPU += time.Duration(second.CPUMs) * time.Millisecond
	r.mu.Unlock()
	if second.Unwritten != "" {
		defer r.fail(errors.New(second.Unwritten))
	}
	switch {
	case !first.Same(second):
		r.found(Finding{Kind: FindingNondeterministic, Summary: second, Detail: first.Difference(second)})
	case second.Outcome == play.Unknown:
		r.found(Finding{Kind: FindingUnknown, Summary: second, Reproduced: true})
	case second.Outcome != play.Valid:
		r.found(Finding{Kind: FindingInvalid, Summary: second, Reproduced: true})
	}
}

func (r *run) found(f Finding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Findings = append(r.report.Findings, f)
	if f.Kind != FindingUnknown {
		r.report.Tally.Findings++
	}
	r.report.Kept = append(r.report.Kept, f.Summary)
	if r.Found != nil {
		r.Found(f)
	}
	if r.StopAtFirst && f.Kind != FindingUnknown {
		r.cancel()
	}
}

// keepLastPasses writes the folders of the last few trials that passed, by playing them again.
func (r *run) keepLastPasses() {
	if r.Out == "" || len(r.passed) == 0 {
		return
	}
	w, err := r.NewWorker()
	if err != nil {
		r.err = err
		return
	}
	defer w.Close()
	for _, one := range r.passed {
		again, err := w.Run(r.outer, Request{Line: one.summary.Line, Dir: r.dirOf(one.trial),
			HangAfter: r.HangAfter, Scenarios: r.Scenarios})
		if err != nil {
			r.fail(err)
			return
		}
		r.compare(one.summary, again)
		if r.err != nil {
			return
		}
		r.report.Kept = append(r.report.Kept, again)
	}
}

// FirstLine is the first line of a text.
func FirstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
