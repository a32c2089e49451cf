package pricing

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Hunt is the result of one search for a planted bug: of the default campaign with the bug in the service, trial after
// trial from one seed on, until the first finding or until the CPU time is spent.
type Hunt struct {
	// First is the seed of the first trial, and Trials how many there were, the finding among them.
	First  uint64 `json:"first"`
	Trials int    `json:"trials"`
	// CPUMs is what they cost in CPU milliseconds, as the workers count them.
	CPUMs int64 `json:"cpuMs"`
	// Found is the line of the trial that found the bug, "" for none, and Caught the checkers that said so; a worker
	// that perished stands there as the kind of its finding.
	Found  string   `json:"found,omitempty"`
	Caught []string `json:"caught,omitempty"`
}

// huntStride is how far the seeds of two searches are apart: farther than any search gets.
const huntStride = 1_000_000

// hunt searches with a sweep, from a seed on, for so much CPU time; by a guide with a goal, or blind if that is "".
func hunt(ctx context.Context, s trial.Seeds, first uint64, budget time.Duration, worker func() (campaign.Worker,
	error), goal campaign.Goal) (Hunt, error) {
	h := Hunt{First: first}
	var guide *campaign.Guide
	if goal != "" {
		guide = campaign.NewGuide(s, goal, first, 0)
	}
	spent := func() bool { return h.Found != "" || time.Duration(h.CPUMs)*time.Millisecond >= budget }
	c := campaign.Campaign{
		Service: s.Template.Service, Trials: h.trials(s), Guide: guide, Stop: spent, Jobs: 1, NewWorker: worker,
		StopAtFirst: true, Full: true,
		Done: func(_ campaign.Tally, sum play.Summary) {
			h.Trials++
			h.CPUMs += sum.CPUMs
			if sum.Outcome == play.Invalid {
				h.Found, h.Caught = sum.Line, catchers(sum)
			}
		},
	}
	report, err := c.Run(ctx)
	if err != nil {
		return h, err
	}
	for _, f := range report.Findings {
		if f.Kind == campaign.FindingNondeterministic {
			return h, fmt.Errorf("a trial came out differently the second time: %s: %s", f.Summary.Line, f.Detail)
		}
	}
	return h, ctx.Err()
}

// trials are those of a hunt: the campaign ends it.
func (h *Hunt) trials(s trial.Seeds) iter.Seq[trial.Trial] {
	return func(yield func(trial.Trial) bool) {
		for seed := h.First; yield(s.Trial(seed)); seed++ {
		}
	}
}

// catchers names the checkers that said invalid.
func catchers(s play.Summary) (names []string) {
	if s.Result == nil {
		return []string{s.Checker}
	}
	for _, v := range s.Result.Verdicts {
		if v.Outcome == play.Invalid && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}
