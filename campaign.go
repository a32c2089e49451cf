package ordeal

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
)

// Campaign plays many trials, side by side.
type Campaign struct {
	// Trials are taken in order, until there is none, or Budget of real time is spent (0: no bound): then those that are
	// under way are finished.
	Trials iter.Seq[Trial]
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
	// Full asks for every trial's Summary.Result.
	Full bool
	// HangAfter is Request.HangAfter for every trial.
	HangAfter time.Duration
	// Out is the folder under which each kept trial gets a folder: every finding, and the last few passes. "" keeps none.
	Out string
	// Done is called after every trial, Found for every finding; from one goroutine at a time.
	Done  func(Tally, Summary)
	Found func(Finding)
}

// Worker plays one trial at a time, apart from everything else.
type Worker interface {
	// Run plays a trial. An error that is a *Finding says how the worker perished over it, and the worker is then of
	// no more use; any other error is the tool's own.
	Run(ctx context.Context, r Request) (Summary, error)
	Close()
}

// Request asks a worker for a trial.
type Request struct {
	Line string `json:"line"`
	// Dir is the folder to write the trial's files to, or "".
	Dir string `json:"dir,omitempty"`
	// Full asks for Summary.Result, and Explicit for Summary.Explicit of a trial that is invalid.
	Full     bool `json:"full,omitempty"`
	Explicit bool `json:"explicit,omitempty"`
	// Points asks for Summary.Points.
	Points bool `json:"points,omitempty"`
	// States asks for Summary.States.
	States bool `json:"states,omitempty"`
	// Account asks for Summary.Account, about a violation of the Kind, or the one that decides the verdict. The trial is
	// the same, and takes longer.
	Account bool   `json:"account,omitempty"`
	Kind    string `json:"kind,omitempty"`
	// HangAfter is how long the trial may take in real time before it counts as hanging; 0 is two minutes and twice the
	// trial's own length.
	HangAfter time.Duration `json:"-"`
}

// Outcomes of a trial.
const (
	OutcomeValid   = "valid"
	OutcomeUnknown = "unknown"
	OutcomeInvalid = "invalid"
)

// Kinds of Finding.
const (
	FindingInvalid          = OutcomeInvalid     // the service broke a promise
	FindingUnknown          = OutcomeUnknown     // nobody can say
	FindingPanic            = "panic"            // the worker died
	FindingHang             = "hang"             // the worker did not end
	FindingMemory           = "memory"           // the worker ate too much memory
	FindingNondeterministic = "nondeterministic" // the same trial came out differently
)

// Finding is what a campaign found, with the trial that shows it.
type Finding struct {
	Kind    string
	Summary Summary
	// Detail says more: a panic's stack, or how two runs differ.
	Detail string
	// Reproduced says that a second run came out the same.
	Reproduced bool
}

func (f *Finding) Error() string { return fmt.Sprintf("%s: %s", f.Kind, f.Detail) }

const (
	twiceShare  = 20 // one passing trial in so many is run again
	keepPasses  = 3
	findingsMax = 25 // after so many findings, more of them tell nothing new
)

// run is a campaign under way.
type run struct {
	Campaign
	outer  context.Context // cancelled from outside only
	ctx    context.Context // cancelled when the campaign is to end
	cancel context.CancelFunc
	start  time.Time

	mu     sync.Mutex // guards everything below
	over   *sync.Cond // a trial is over, for those who wait for a guide
	next   func() (Trial, bool)
	count  int
	report Report
	passed []Summary // the last few
	err    error
}

// Run plays the campaign. The report holds what was found also when ctx was cancelled. The error is the tool's own.
func (c Campaign) Run(ctx context.Context) (Report, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	next, stop := iter.Pull(c.Trials)
	defer stop()
	r := &run{Campaign: c, outer: ctx, ctx: inner, cancel: cancel, start: time.Now(), next: next, report: Report{
		Fired: map[string]int{}, Skipped: map[string]int{}, Covered: map[string]int{}, ByWorkload: map[string]Tally{},
	}}
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
		r.reached(n, nil)
		if !alive {
			w.Close()
			w = nil
		}
	}
}

// take gives the next trial and its number.
func (r *run) take() (Trial, int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Guide != nil {
		return r.takeGuided()
	}
	if r.ends() {
		return Trial{}, 0, false
	}
	t, ok := r.next()
	r.count++
	return t, r.count, ok
}

// ends says that no other trial is to begin.
func (r *run) ends() bool {
	spent := r.Budget > 0 && time.Since(r.start) >= r.Budget
	return spent || r.ctx.Err() != nil || r.err != nil || len(r.report.Findings) >= findingsMax
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
func (r *run) play(w Worker, t Trial, number int) (alive bool) {
	s, err := w.Run(r.ctx, Request{Line: t.Line(), Full: r.Full, HangAfter: r.HangAfter, States: r.Guide != nil})
	if err != nil {
		return r.perished(t, err, nil)
	}
	r.reached(number, s.States)
	r.finished(t, s)
	valid := s.Outcome == OutcomeValid
	if valid && !r.Twice && number%twiceShare != 0 {
		return true
	}
	again := Request{Line: t.Line(), HangAfter: r.HangAfter}
	if !valid {
		again.Dir = r.dirOf(t)
	}
	second, err := w.Run(r.ctx, again)
	if err != nil {
		return r.perished(t, err, &s)
	}
	r.compare(s, second)
	return true
}

func (r *run) dirOf(t Trial) string {
	if r.Out == "" {
		return ""
	}
	return filepath.Join(r.Out, t.name())
}

// perished takes in that a worker did not come back with a summary; first is what it came back with the first time, if
// this was the second.
func (r *run) perished(t Trial, err error, first *Summary) (alive bool) {
	var f *Finding
	switch {
	case r.ctx.Err() != nil:
		// Nobody plays again what failed, but nobody forgets it either.
		if r.outer.Err() != nil && first != nil && first.Outcome != OutcomeValid {
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
func (r *run) summaryOf(t Trial, f *Finding) Summary {
	s := Summary{
		Line: t.Line(), Command: t.command(), Outcome: OutcomeInvalid, Checker: f.Kind, Reason: firstLine(f.Detail),
	}
	if r.Full {
		full := reports.Trial{
			Line: s.Line, Title: t.name(), Workload: t.Workload, Model: t.Workload, Replay: s.Command, Length: t.Length,
			Verdicts: []reports.Verdict{{
				Name: f.Kind, Outcome: reports.Invalid, Reason: s.Reason, Details: strings.Split(strings.TrimSpace(f.Detail), "\n"),
			}},
		}.Result()
		s.Result = &full
	}
	return s
}

// finished counts a trial.
func (r *run) finished(t Trial, s Summary) {
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
	if s.Outcome == OutcomeValid {
		r.passed = append(r.passed[max(0, len(r.passed)-keepPasses+1):], s)
	}
	r.report.Tally.Elapsed = time.Since(r.start)
	if r.Done != nil {
		r.Done(r.report.Tally, s)
	}
}

// compare takes in a second run of the same trial.
func (r *run) compare(first, second Summary) {
	r.mu.Lock()
	r.report.Tally.CPU += time.Duration(second.CPUMs) * time.Millisecond
	r.mu.Unlock()
	if second.Unwritten != "" {
		defer r.fail(errors.New(second.Unwritten))
	}
	switch {
	case !first.same(second):
		r.found(Finding{Kind: FindingNondeterministic, Summary: second, Detail: difference(first, second)})
	case second.Outcome == OutcomeUnknown:
		r.found(Finding{Kind: FindingUnknown, Summary: second, Reproduced: true})
	case second.Outcome != OutcomeValid:
		r.found(Finding{Kind: FindingInvalid, Summary: second, Reproduced: true})
	}
}

func difference(a, b Summary) string {
	return fmt.Sprintf("two runs of one trial differ: trace %s and %s, %d and %d events, history %s and %s, %s and %s",
		a.TraceHash, b.TraceHash, a.Events, b.Events, a.HistoryHash, b.HistoryHash, a.Outcome, b.Outcome)
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
	for _, s := range r.passed {
		t, err := ParseTrial(s.Line)
		if err != nil {
			r.err = err
			return
		}
		again, err := w.Run(r.outer, Request{Line: s.Line, Dir: r.dirOf(t), HangAfter: r.HangAfter})
		if err != nil {
			r.fail(err)
			return
		}
		r.compare(s, again)
		if r.err != nil {
			return
		}
		r.report.Kept = append(r.report.Kept, again)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
