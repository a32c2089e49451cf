// Package cause finds out from when on a failing trial was bound to fail. It branches the trial at many moments, and
// plays the branches: each has the trial's past up to its moment, and another chance from there on. Where the share of
// branches that fail jumps, something happened that made the difference.
package cause

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"ordeal/reports/timeline"
	"ordeal/sim"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/shrink/search"
	"ordeal/testbed/trial"
)

// Search looks for the moment.
type Search struct {
	NewWorker func() (campaign.Worker, error)
	// Jobs is how many branches are played side by side, and Branches how many in all.
	Jobs, Branches int
	// Kind is the kind of violation that it is about; "" is the one that decided the verdict.
	Kind string
	// TraceHash, unless it is "", is what the trial had when it was kept.
	TraceHash string
	// Progress, unless it is nil, is called with how many branches have been played.
	Progress func(played int)
}

// horizon is how long branches go on behind the instant of the violation. What fails later does for another reason.
const horizon = 5 * time.Second

// branchesMin is the least number of branches with which there is anything to say.
const branchesMin = 40

var (
	// errPasses is of a trial that does not fail, or not in the way that was asked for.
	errPasses = errors.New("there is nothing to look for")
	// errOtherBuild is of a trial that is another one here than where it was kept.
	errOtherBuild = errors.New("the trial was kept by another build, which played it differently")
)

// searching is a search under way. Moments are places in instants: a branch there has another chance before whatever
// happens at the instant.
type searching struct {
	Search
	ctx   context.Context
	trunk trial.Trial
	kind  string
	// until is when branches end; 0 for as long as the trial.
	until time.Duration
	// instants are those at which something happened in the trial, up to the violation, and one behind it: from there on
	// the failure has happened.
	instants []time.Duration
	moments  map[int]*Moment
	played   int
	// low and high are the places between which the share jumps.
	low, high int
	search    *search.Search[trial.Trial, play.Summary]
	// passed and failed are lines of branches of each moment.
	passed, failed map[int]string
}

// Run searches. The timeline is that of the trial itself, with the probability on it.
func (s Search) Run(ctx context.Context, t trial.Trial) (Report, *timeline.Timeline, error) {
	pool := &pool{campaign.Pool{Start: s.NewWorker}}
	defer pool.Close()
	seen, err := pool.play(ctx, t)
	if err != nil {
		return Report{}, nil, err
	}
	if s.TraceHash != "" && seen.TraceHash != s.TraceHash {
		return Report{}, nil, fmt.Errorf("%w: its trace hash was %s, and here it is %s", errOtherBuild, s.TraceHash,
			seen.TraceHash)
	}
	violation, err := s.choose(seen)
	if err != nil {
		return Report{}, nil, err
	}
	run := &searching{
		Search: s, ctx: ctx, trunk: t, kind: violation.Kind, moments: make(map[int]*Moment),
		passed: make(map[int]string), failed: make(map[int]string),
		search: &search.Search[trial.Trial, play.Summary]{Jobs: s.Jobs, Key: trial.Trial.Line, Try: pool.play},
	}
	defer run.search.Wait()
	if until := violation.At + horizon; until < t.Length {
		run.until = until
	}
	told, err := run.follow(violation.At)
	if err != nil {
		return Report{}, nil, err
	}
	if err := run.branchOff(); err != nil {
		return Report{}, nil, err
	}
	report := run.report(seen, violation, told)
	told.Curve = report.curve()
	return report, told, nil
}

// choose picks the violation.
func (s Search) choose(seen play.Summary) (play.Violation, error) {
	if len(seen.Violations) == 0 {
		return play.Violation{}, fmt.Errorf("%w: the trial is %s", errPasses, seen.Outcome)
	}
	var kinds []string
	for _, v := range seen.Violations {
		if s.Kind == "" || v.Kind == s.Kind {
			return v, nil
		}
		kinds = append(kinds, v.Kind)
	}
	return play.Violation{}, fmt.Errorf("%w: the trial has no violation %q; it has %q", errPasses, s.Kind, kinds)
}

// follow plays the trial once more, in this process: a worker has survived it. It notes when something happened.
func (s *searching) follow(violation time.Duration) (*timeline.Timeline, error) {
	note := func(h sim.Happening, _ uint64) {
		if n := len(s.instants); h.At <= violation && (n == 0 || s.instants[n-1] != h.At) {
			s.instants = append(s.instants, h.At)
		}
	}
	r, err := play.Run(s.trunk, play.Ask{Mode: play.Told, Kind: s.kind, Follow: note})
	if err != nil {
		return nil, err
	}
	s.instants = append(s.instants, violation+1)
	return r.Timeline, nil
}

// each is how many branches a moment has, unless it turns out to matter. Of leftOver branches one is left for both ends
// of what the halving leads to.
const (
	each     = 8
	leftOver = 4
)

// branchOff plays the branches: some over the whole trial, then some that halve the interval in which the share jumps,
// and the rest at both ends of what that leads to; or all over the trial, if the share is high from the start.
func (s *searching) branchOff() error {
	grid := s.grid()
	if err := s.branchAll(grid, max(3, min(each, s.Branches/(2*len(grid))))); err != nil {
		return err
	}
	before, after := s.step()
	if before >= certain {
		return s.branchAll(grid, (s.Branches-s.played)/len(grid))
	}
	for s.high-s.low > 1 && s.played+each <= s.Branches-s.Branches/leftOver {
		middle := (s.low + s.high) / 2
		if err := s.branch(middle, each/2); err != nil {
			return err
		}
		if share := s.moments[middle].share(); share > before && share < after { // it may be either
			if err := s.branch(middle, each-each/2); err != nil {
				return err
			}
		}
		if s.moments[middle].share() > (before+after)/2 {
			s.high = middle
		} else {
			s.low = middle
		}
	}
	defer s.settle()
	left := s.Branches - s.played
	if s.high == len(s.instants)-1 {
		return s.branch(s.low, left)
	}
	if err := s.branch(s.low, left/2); err != nil {
		return err
	}
	return s.branch(s.high, left-left/2)
}

// settle goes back to the narrowest interval of which the bounds say for certain that the probability rises in it, if
// the halving went into one of which they do not: where the probability climbs in many steps, or chance misled it.
func (s *searching) settle() {
	if s.clear(s.low, s.high) {
		return
	}
	known := s.known()
	narrowest := time.Duration(math.MaxInt64)
	for i, low := range known {
		for _, high := range known[i+1:] {
			if span := s.instants[high] - s.instants[low]; span < narrowest && s.clear(low, high) {
				narrowest, s.low, s.high = span, low, high
			}
		}
	}
}

// clear says that the probability is certainly higher at one moment than at another.
func (s *searching) clear(low, high int) bool {
	after := s.moments[high]
	if after == nil { // the violation itself
		return s.moments[low].High < million
	}
	return s.moments[low].High < after.Low
}

func (s *searching) branchAll(places []int, count int) error {
	for _, i := range places {
		if err := s.branch(i, count); err != nil {
			return err
		}
	}
	return nil
}

// grid are moments over the whole trial up to the violation, closer to each other towards it.
func (s *searching) grid() []int {
	end := s.instants[len(s.instants)-1]
	grid := []int{0}
	for _, before := range []float64{5. / 6, 4. / 6, 3. / 6, 2. / 6, 1. / 6, 1. / 12, 1. / 24, 1. / 48, 1. / 96} {
		i, _ := slices.BinarySearch(s.instants, end-time.Duration(before*float64(end)))
		grid = append(grid, min(i, len(s.instants)-2))
	}
	slices.Sort(grid)
	return slices.Compact(grid)
}

// step puts low and high on the neighbouring moments between which a probability that takes one step would take it, by
// what is likeliest (the change point of a binomial), and returns what it would be before and after. The violation, at
// which all fail, counts as one more moment.
func (s *searching) step() (before, after float64) {
	known := s.known()
	likeliest := math.Inf(-1)
	for split := 1; split <= len(known); split++ {
		left, right := s.sum(known[:split]), s.sum(known[split:])
		right.Branches, right.Failed = right.Branches+each, right.Failed+each
		if likely := left.likelihood() + right.likelihood(); likely >= likeliest {
			likeliest, before, after = likely, left.share(), right.share()
			s.low, s.high = known[split-1], len(s.instants)-1
			if split < len(known) {
				s.high = known[split]
			}
		}
	}
	return before, after
}

// sum is what became of the branches of several moments.
func (s *searching) sum(places []int) (all Moment) {
	for _, place := range places {
		m := s.moments[place]
		all.Branches, all.Failed = all.Branches+m.Branches, all.Failed+m.Failed
	}
	return all
}

// known are the moments that have branches, in order.
func (s *searching) known() (places []int) {
	for place := range s.moments { //house:unordered they are sorted below
		places = append(places, place)
	}
	slices.Sort(places)
	return places
}

// branch plays more branches of a moment.
func (s *searching) branch(place, count int) error {
	m := s.moments[place]
	if m == nil {
		m = &Moment{At: s.instants[place]}
		s.moments[place] = m
	}
	var trials []trial.Trial
	for i := range count {
		t := s.trunk
		t.End = s.until
		t.Branch = sim.Branch{At: m.At, Number: uint64(m.Branches + i + 1)}
		trials = append(trials, t)
	}
	results, err := s.search.All(s.ctx, trials)
	if err != nil {
		return err
	}
	for i, r := range results {
		same := func(v play.Violation) bool { return v.Kind == s.kind }
		switch {
		case slices.ContainsFunc(r.Violations, same):
			m.Failed++
			s.failed[place] = trials[i].Line()
		case r.Outcome == play.Invalid:
			m.Otherwise++
			fallthrough
		default:
			s.passed[place] = trials[i].Line()
		}
	}
	m.Branches += count
	m.bound()
	if s.played += count; s.Progress != nil {
		s.Progress(s.played)
	}
	return nil
}
