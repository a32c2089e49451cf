// Package shrink makes failing trials smaller as long as they fail in the same way, says which of their faults they
// need and what happened in them, and writes them as Go tests.
package shrink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/shrink/search"
	"ordeal/testbed/trial"
)

// Shrinker cuts a failing trial down: fewer faults, operations, clients and servers, a shorter time, smaller delays and
// errors of clocks, until nothing more can go and it still fails in the same way.
type Shrinker struct {
	NewWorker func() (campaign.Worker, error)
	// Jobs is how many trials run at once, each in a Worker of its own. They change how long it takes and not what comes
	// out, unless Budget ends it.
	Jobs int
	// Budget is the real time to spend, Tries how many trials; 0 is no bound.
	Budget time.Duration
	Tries  int
	// Kind is which of the trial's violations is to stay; "" is the earliest: what is behind it can go.
	Kind string
	// Progress, if it is not nil, is called after every trial that counts, with the smallest one so far.
	Progress func(tried int, smallest Size)
}

// Size is how large a trial is.
type Size struct {
	// Operations are those that clients began before the final look at everything.
	Faults, Operations, Clients, Servers int
	Length                               time.Duration
}

// Shrunk is what became of a trial.
type Shrunk struct {
	Before, After Size
	// Kind is the violation that both have.
	Kind string
	// Trial is the smallest, and Summary its result; of one that the tool itself perished over it has the line only.
	Trial   trial.Trial
	Summary play.Summary
	// Tried is how many trials it took.
	Tried int
	// Spent says that the budget ended it, and it might go on.
	Spent bool
}

// What is wrong with a trial to shrink or to explain.
var (
	// ErrPasses is of a trial that has no violation, or not the one asked for.
	ErrPasses = errors.New("there is nothing to look for")
	// ErrBudget is of a budget that ended before anything was smaller.
	ErrBudget = errors.New("the budget was spent before anything was smaller")
)

// Run shrinks a trial. What it has when ctx is cancelled or the budget is spent is a result too, if it is smaller.
func (s Shrinker) Run(ctx context.Context, t trial.Trial) (Shrunk, error) {
	if err := t.Check(); err != nil {
		return Shrunk{}, err
	}
	if s.Budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.Budget, search.ErrSpent)
		defer cancel()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	pool := newPool(s.NewWorker)
	defer pool.Close()
	c := &cutting{Shrinker: s, ctx: ctx}
	c.search = &search.Search[trial.Trial, played]{
		Jobs: s.Jobs, Limit: s.Tries, Key: trial.Trial.Line, Try: pool.play,
		Good: func(p played) bool { return p.has(c.kind) },
		Done: func(trial.Trial, played, bool) { c.progress() },
	}
	defer c.search.Wait()
	defer cancel(context.Canceled)
	return c.run(t)
}

// cutting is a shrinking under way.
type cutting struct {
	Shrinker
	ctx    context.Context
	search *search.Search[trial.Trial, played]
	kind   string
	// best is the smallest trial that has the violation, and seen its result.
	best trial.Trial
	seen played
	// whole is the trial with everything said and nothing taken out.
	whole trial.Trial
}

func (c *cutting) run(t trial.Trial) (Shrunk, error) {
	first, err := c.first(t)
	if err != nil {
		return Shrunk{}, err
	}
	c.best, c.seen = t, first
	out := Shrunk{Before: c.size(), Kind: c.kind}
	err = c.cut()
	out.Spent = errors.Is(err, search.ErrSpent) || errors.Is(err, context.Canceled)
	if err != nil && !out.Spent {
		return Shrunk{}, err
	}
	out.Trial, out.Summary, out.After, out.Tried = c.best, c.seen.summary, c.size(), c.search.Tried()
	if out.Spent && out.After == out.Before {
		return Shrunk{}, ErrBudget
	}
	return out, nil
}

// first plays the trial that is to be shrunk, and finds out which violation is to stay.
func (c *cutting) first(t trial.Trial) (played, error) {
	all := c.search.Good
	c.search.Good = func(played) bool { return true }
	defer func() { c.search.Good = all }()
	_, p, err := c.search.First(c.ctx, []trial.Trial{t})
	switch {
	case errors.Is(err, search.ErrSpent):
		return p, fmt.Errorf("%w: the trial was not played to its end", ErrBudget)
	case err != nil:
		return p, err
	}
	return p, c.choose(p)
}

// choose picks the violation that is to stay, or says why there is none.
func (c *cutting) choose(p played) error {
	if len(p.kinds) == 0 {
		return fmt.Errorf("%w: the trial is %s", ErrPasses, p.summary.Outcome)
	}
	if c.kind = c.Kind; c.kind == "" {
		c.kind = p.kinds[0]
	}
	if !p.has(c.kind) {
		return fmt.Errorf("%w: the trial has no violation %q; it has %q", ErrPasses, c.kind, p.kinds)
	}
	return nil
}

// cut makes the trial smaller in every way, again and again until none helps.
func (c *cutting) cut() error {
	if err := c.explicit(); err != nil {
		return err
	}
	smaller := []func() error{c.length, c.settings, c.guess, c.coarse, c.faults, c.operations, c.servers, c.hasten}
	for _, passes := range [][]func() error{smaller, append(smaller, c.otherWorlds), append(smaller, c.otherWorlds,
		c.simplify)} {
		if err := c.repeat(passes); err != nil {
			return err
		}
	}
	for _, pass := range []func() error{c.tighten, c.roundTimes, c.faults, c.operations} {
		if err := pass(); err != nil {
			return err
		}
	}
	return nil
}

// repeat makes passes over the trial until none makes it smaller.
func (c *cutting) repeat(passes []func() error) error {
	for {
		before := c.size()
		for _, pass := range passes {
			if err := pass(); err != nil {
				return err
			}
		}
		if !c.size().smaller(before) {
			return nil
		}
	}
}

// smaller says whether a trial of size s is smaller than one of size t: a little less time is not worth another pass.
func (s Size) smaller(t Size) bool {
	return s.Faults < t.Faults || s.Operations < t.Operations || s.Clients < t.Clients || s.Servers < t.Servers ||
		s.Length < t.Length-t.Length/8
}

// take tries candidates, and goes on with the first that has the violation.
func (c *cutting) take(candidates ...trial.Trial) (int, error) {
	sound := candidates[:0:0]
	var places []int
	for i, t := range candidates {
		if t.Check() == nil && t.Line() != c.best.Line() {
			sound, places = append(sound, t), append(places, i)
		}
	}
	i, p, err := c.search.First(c.ctx, sound)
	if i < 0 {
		return -1, err
	}
	c.best, c.seen = sound[i], p
	c.progress()
	return places[i], nil
}

func (c *cutting) progress() {
	if c.Progress != nil && c.seen.kinds != nil {
		c.Progress(c.search.Tried(), c.size())
	}
}

// size is that of the best trial.
func (c *cutting) size() Size {
	s := Size{Faults: len(c.best.Plan), Clients: len(c.best.ClientNumbers()), Servers: c.best.Nodes, Length: c.best.Length}
	if e := c.seen.summary.Explicit; e != nil {
		s.Operations = len(e.Calls)
		if c.best.Plan == nil {
			s.Faults = e.Faults()
		}
	} else {
		s.Operations = c.best.Script.Turns()
	}
	return s
}

// violation is that of the best trial which is to stay.
func (c *cutting) violation() (play.Violation, bool) {
	for _, v := range c.seen.summary.Violations {
		if v.Kind == c.kind {
			return v, true
		}
	}
	return play.Violation{}, false
}

// explicit says what the trial did instead of leaving it to its seed, and does without what came after the violation.
func (c *cutting) explicit() error {
	e := c.seen.summary.Explicit
	if e == nil {
		return c.perished()
	}
	base := c.best
	base.Faults = nil
	base.Draws = c.draws()
	var err error
	base.Settings = e.Settings
	if base.Script, err = trial.ParseScript(e.Ops); err != nil {
		return err
	}
	var candidates []trial.Trial
	for _, text := range []string{e.Aimed, e.Plan} {
		t := base
		if t.Plan, err = trial.ParsePlan("plan", []byte(text)); err != nil {
			return err
		}
		candidates = append(candidates, c.shorter(t, c.slack())...)
		candidates = append(candidates, t)
	}
	c.whole = candidates[len(candidates)-1]
	already := c.best.Plan != nil && c.best.Script != nil
	i, err := c.take(candidates...)
	if i < 0 && err == nil && already {
		// What a search left before: to say it once more may be the same trial.
		c.whole = c.best
		return nil
	}
	if i < 0 && err == nil {
		err = errors.New("a trial whose faults and operations are said is not the one that drew them: the tool itself is " +
			"at fault")
	}
	return err
}

// perished says the plan of a trial of which no more is known: the tool itself did not survive it.
func (c *cutting) perished() error {
	t := c.best
	if t.Plan == nil {
		t.Plan, t.Faults = t.DrawPlan(), nil
	}
	if t.Plan == nil {
		t.Plan = nemesis.Plan{}
	}
	_, err := c.take(t)
	return err
}

func (c *cutting) draws() uint64 {
	if c.best.Draws != 0 {
		return c.best.Draws
	}
	return c.best.Seed
}
