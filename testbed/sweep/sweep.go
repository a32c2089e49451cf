// Package sweep tries every fault at every point of short trials, one trial each: a power loss in every state in which
// it may leave a disk, a message lost, twice or late, a connection broken off. Nothing of it is left to chance.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/machines"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Sweep plays a trial again and again, each time with one more fault: one trial for each fault at each thing that
// happens in it, of crashes one for each state in which the disk may be left. Nothing of it is left to chance.
type Sweep struct {
	Service *trial.Service
	Drills  []Drill
	// Only are families of points, of PointFamilies; none stands for all. Failpoints are left out of a program without
	// marks, unless they are asked for.
	Only []string
	// Bug is a planted bug, or "". With one the sweep ends at the first finding.
	Bug string
	// Jobs, NewWorker, Out, Found and HangAfter are a campaign's.
	Jobs      int
	NewWorker func() (campaign.Worker, error)
	Out       string
	Found     func(campaign.Finding)
	// Counted is told how many trials there are to be, and Done called after every one; from one goroutine at a time.
	Counted func(trials int)
	Done    func(campaign.Tally, play.Summary)
}

// Result is what a sweep found.
type Result struct {
	Report campaign.Report
	// Rows say what was tried, in the order of the drills.
	Rows []Row
	// Whole says that everything was tried that there was.
	Whole bool
}

// Row counts what was tried of one kind in one drill.
type Row struct {
	Drill string `json:"drill"`
	// Point is what faults were pinned to, Fault which.
	Point string `json:"point"`
	Fault string `json:"fault"`
	// Points are how many of these points there are, and Trials how many trials they make.
	Points int `json:"points"`
	Trials int `json:"trials"`
	// LeftOut are states of disks that are not tried, because a disk has too many of them at one instant.
	LeftOut int `json:"leftOut"`
	Valid   int `json:"valid"`
	Unknown int `json:"unknown"`
	Invalid int `json:"invalid"`
}

var (
	// ErrNoPoints is of a family of points that there is not.
	ErrNoPoints = errors.New("not known")
	// errTwiceNamed is of a drill that was asked for more than once.
	errTwiceNamed = errors.New("it is asked for twice")
)

// Check says what is wrong with a sweep.
func (e Sweep) Check() error {
	if len(e.Drills) == 0 {
		return errors.New("there is no drill: a sweep needs one, or a trial line")
	}
	for i, s := range e.Drills {
		t := s.Trial
		t.Bug = e.Bug
		if err := t.Check(); err != nil {
			return fmt.Errorf("drill %s: %w", s.Name, err)
		}
		if slices.ContainsFunc(e.Drills[:i], func(o Drill) bool { return o.Name == s.Name }) {
			return fmt.Errorf("drill %s: %w", s.Name, errTwiceNamed)
		}
	}
	for _, family := range e.Only {
		if !slices.Contains(PointFamilies(), family) {
			return fmt.Errorf("%q is %w: there are %s", family, ErrNoPoints, strings.Join(PointFamilies(), ", "))
		}
	}
	switch {
	case slices.Contains(e.Only, familyFailpoints) && !e.Service.Marked:
		return trial.ErrUnmarked
	case e.Jobs < 1:
		return fmt.Errorf("%d jobs: it must be at least 1", e.Jobs)
	}
	return nil
}

// run is a sweep under way.
type run struct {
	Sweep
	attempts []attempt
	rows     []Row
	// byLine finds the attempt of a trial. It is not changed once the trials begin.
	byLine map[string]attempt
}

// attempt is a trial with one more fault.
type attempt struct {
	trial trial.Trial
	row   int
	// want is the fault as it has to come to its point; nil for the trial without one.
	want *machines.Sprung
}

// Run plays all of it. What was found when ctx was cancelled is in the result too. The error is the tool's own.
func (e Sweep) Run(ctx context.Context) (Result, error) {
	if err := e.Check(); err != nil {
		return Result{}, err
	}
	r := &run{Sweep: e, byLine: make(map[string]attempt)}
	if err := r.count(ctx); err != nil {
		return Result{}, err
	}
	return r.play(ctx)
}

// play plays what was listed.
func (r *run) play(ctx context.Context) (Result, error) {
	if r.Counted != nil {
		r.Counted(len(r.attempts))
	}
	report, err := campaign.Campaign{
		Service: r.Service, Trials: r.trials(), Jobs: r.Jobs, NewWorker: r.worker, StopAtFirst: r.Bug != "", Out: r.Out,
		Done: r.done, Found: r.Found,
	}.Run(ctx)
	return Result{Report: report, Rows: r.rows, Whole: report.Tally.Trials == len(r.attempts)}, err
}

// count plays each drill once and lists the trials that it makes.
func (r *run) count(ctx context.Context) error {
	for _, s := range r.Drills {
		base := s.Trial
		base.Bug = r.Bug
		base.Plan, base.Faults = base.DrawPlan(), nil
		r.attempt(base, r.row(Row{Drill: s.Name, Point: "the trial", Fault: "none", Points: 1}), nil)
		counted := base
		counted.Plan = append(slices.Clone(base.Plan), machines.Unreached())
		points, err := r.pointsOf(ctx, counted)
		if err != nil {
			return fmt.Errorf("drill %s: %w", s.Name, err)
		}
		r.list(s.Name, base, points)
	}
	return nil
}

// pointsOf counts in a worker of its own. A trial that a worker perishes over has none: without any fault it is a
// finding, which will show.
func (r *run) pointsOf(ctx context.Context, t trial.Trial) ([]machines.Point, error) {
	w, err := r.NewWorker()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	s, err := w.Run(ctx, campaign.Request{Line: t.Line(), Mode: play.Points})
	if f := (*campaign.Finding)(nil); errors.As(err, &f) {
		return nil, nil
	}
	return s.Points, err
}

// list lists the trials of a drill, fault by fault in the order of its points.
func (r *run) list(drill string, base trial.Trial, points []machines.Point) {
	for _, k := range pinKinds(r.Service) {
		if len(r.Only) > 0 && !slices.Contains(r.Only, k.family) {
			continue
		}
		for _, mark := range marksAmong(points, k.point) {
			r.listOne(drill, base, k, mark, points)
		}
	}
}

// listOne lists the trials with one fault at each point of one kind, and of one mark if it is about marks.
func (r *run) listOne(drill string, base trial.Trial, k pinKind, mark string, points []machines.Point) {
	row := Row{Drill: drill, Point: k.point, Fault: k.name}
	if mark != "" {
		row.Point += " " + mark
	}
	at := -1
	for _, p := range points {
		if p.What != k.point || p.Mark != mark {
			continue
		}
		if at < 0 {
			at = r.row(row)
		}
		r.rows[at].Points++
		states := 1
		if k.crash {
			states, r.rows[at].LeftOut = p.States, r.rows[at].LeftOut+p.More
		}
		for i := range states {
			step := k.step(p, p.First+i, base.Length)
			t := base
			t.Plan = append(slices.Clone(base.Plan), step)
			r.attempt(t, at, &machines.Sprung{Fault: step.Fault.String(), At: p.At, Trace: p.Trace})
		}
	}
}

func (r *run) row(row Row) int {
	r.rows = append(r.rows, row)
	return len(r.rows) - 1
}

func (r *run) attempt(t trial.Trial, row int, want *machines.Sprung) {
	a := attempt{t, row, want}
	r.attempts = append(r.attempts, a)
	r.byLine[t.Line()] = a
	r.rows[row].Trials++
}

func (r *run) trials() iter.Seq[trial.Trial] {
	return func(yield func(trial.Trial) bool) {
		for _, a := range r.attempts {
			if !yield(a.trial) {
				return
			}
		}
	}
}

// done counts a trial in its row.
func (r *run) done(t campaign.Tally, s play.Summary) {
	row := &r.rows[r.byLine[s.Line].row]
	switch s.Outcome {
	case play.Valid:
		row.Valid++
	case play.Unknown:
		row.Unknown++
	default:
		row.Invalid++
	}
	if r.Done != nil {
		r.Done(t, s)
	}
}

// worker is a worker whose trials are held to what was counted.
func (r *run) worker() (campaign.Worker, error) {
	w, err := r.NewWorker()
	if err != nil {
		return nil, err
	}
	return heldWorker{w, r.byLine}, nil
}

// heldWorker makes sure that each trial was, up to its fault, the very run in which the points were counted.
type heldWorker struct {
	campaign.Worker
	byLine map[string]attempt
}

func (w heldWorker) Run(ctx context.Context, q campaign.Request) (play.Summary, error) {
	s, err := w.Worker.Run(ctx, q)
	if want := w.byLine[q.Line].want; err == nil && want != nil && !slices.Contains(s.Sprung, *want) {
		return s, fmt.Errorf("a trial did not come to its point as the run that counted did: %s: it has %+v, and the "+
			"point is %+v", q.Line, s.Sprung, *want)
	}
	return s, err
}
