package shrink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/shrink/search"
	"ordeal/testbed/trial"
)

// Explainer says why a trial fails: which of its faults it takes, and what happened.
type Explainer struct {
	NewWorker func() (campaign.Worker, error)
	// Jobs is how many trials run at once, each in a Worker of its own.
	Jobs int
	// Kind is which of the trial's violations it is about; "" is the one that decided its verdict.
	Kind string
	// TraceHash, unless it is "", is what the trial had when it was kept: another build may play another trial.
	TraceHash string
}

// ErrOtherBuild is of a trial that is another one here than where it was kept.
var ErrOtherBuild = errors.New("the trial was kept by another build, which played it differently")

// Explanation is what there is to say of a trial that fails.
type Explanation struct {
	Summary play.Summary
	Kind    string
	// Faults are those that happened, in order.
	Faults []FaultRole
	// Account tells the story: who led, what was on which disk, what was told to whom. It is empty where the tool itself
	// did not survive the trial.
	Account string
}

// FaultRole says what a fault has to do with a violation.
type FaultRole struct {
	Step string
	// Needed says that without it the violation is gone.
	Needed bool
}

// Run explains a trial. The error is ErrPasses of one that has nothing to explain.
func (e Explainer) Run(ctx context.Context, t trial.Trial) (Explanation, error) {
	if err := t.Check(); err != nil {
		return Explanation{}, err
	}
	pool := newPool(e.NewWorker)
	pool.request.Mode, pool.request.Kind = play.Accounts, e.Kind
	defer pool.Close()
	told, err := pool.play(ctx, t)
	if err != nil {
		return Explanation{}, err
	}
	pool.request.Mode = play.Plain
	if e.TraceHash != "" && told.summary.TraceHash != e.TraceHash {
		return Explanation{}, fmt.Errorf("%w: its trace hash was %s, and here it is %s", ErrOtherBuild, e.TraceHash,
			told.summary.TraceHash)
	}
	c := &cutting{Shrinker: Shrinker{Kind: e.Kind}, ctx: ctx, best: t, seen: told}
	if err := c.choose(told); err != nil {
		return Explanation{}, err
	}
	out := Explanation{Summary: told.summary, Kind: c.kind, Account: told.summary.Account}
	search := &search.Search[trial.Trial, played]{Jobs: e.Jobs, Key: trial.Trial.Line, Try: pool.play}
	defer search.Wait()
	out.Faults, err = c.roles(search)
	return out, err
}

// roles plays the trial without each of its faults.
func (c *cutting) roles(search *search.Search[trial.Trial, played]) ([]FaultRole, error) {
	base := c.best
	base.Faults = nil
	if base.Plan = c.best.DrawPlan(); c.seen.summary.Explicit != nil {
		var err error
		if base.Plan, err = trial.ParsePlan("plan", []byte(c.seen.summary.Explicit.Plan)); err != nil {
			return nil, err
		}
	}
	var trials []trial.Trial
	for i := range base.Plan {
		t := base
		t.Plan = slices.Delete(slices.Clone(base.Plan), i, i+1)
		trials = append(trials, t)
	}
	gone, err := search.All(c.ctx, trials)
	if err != nil {
		return nil, err
	}
	var roles []FaultRole
	for i, p := range gone {
		roles = append(roles, FaultRole{base.Plan[i].String(), !p.has(c.kind)})
	}
	return roles, nil
}

// Text is the explanation for a person.
func (e Explanation) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "EXPLAINED  %s\n", Shown(e.Summary.Line))
	reason, _, _ := strings.Cut(e.Summary.Reason, "; what contradicts: ") // that is told below
	fmt.Fprintf(&b, "%s: %s\n", e.Summary.Checker, reason)
	b.WriteString(e.faultsText())
	b.WriteString(e.Account)
	if e.Account == "" {
		b.WriteString("The tool itself did not survive this trial, so there is no more to tell.\n")
	}
	return b.String()
}

func (e Explanation) faultsText() string {
	if len(e.Faults) == 0 {
		return "It takes no fault.\n"
	}
	var b strings.Builder
	b.WriteString("The faults, each left out in turn:\n")
	for _, f := range e.Faults {
		word := "not needed"
		if f.Needed {
			word = "needed"
		}
		fmt.Fprintf(&b, "  %-10s  %s\n", word, f.Step)
	}
	return b.String()
}
