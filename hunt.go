package ordeal

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Hunt says what came of one search for a planted bug: of the default campaign with the bug in the service, trial after
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

// DefaultSweep makes the trials of the default campaign, with a bug planted unless its name is "". The faults are words
// as for Trial.Faults.
func DefaultSweep(bug string, faults ...string) Sweep {
	return Sweep{
		Template:  Trial{Length: DefaultLength, Rate: DefaultRate, Faults: faults, Bug: bug},
		Workloads: Workloads(), Nodes: []int{3, 5},
	}
}

// hunt searches with a sweep, from a seed on, for so much CPU time; by a guide, or blind.
func hunt(ctx context.Context, s Sweep, first uint64, budget time.Duration, worker func() (Worker, error), guided bool) (Hunt, error) {
	h := Hunt{First: first}
	var guide *Guide
	if guided {
		guide = NewGuide(s, first, 0)
	}
	c := Campaign{
		Trials: h.trials(s, budget), Guide: guide, Jobs: 1, NewWorker: worker, StopAtFirst: true, Full: true,
		Done: func(_ Tally, sum Summary) {
			h.Trials++
			h.CPUMs += sum.CPUMs
			if sum.Outcome == OutcomeInvalid {
				h.Found, h.Caught = sum.Line, sum.catchers()
			}
			if guided && h.Found == "" && time.Duration(h.CPUMs)*time.Millisecond >= budget {
				guide.ended = true
			}
		},
	}
	report, err := c.Run(ctx)
	if err != nil {
		return h, err
	}
	for _, f := range report.Findings {
		if f.Kind == FindingNondeterministic {
			return h, fmt.Errorf("a trial came out differently the second time: %s: %s", f.Summary.Line, f.Detail)
		}
	}
	return h, ctx.Err()
}

// trials are those of a hunt: until it has found something or its time is spent.
func (h *Hunt) trials(s Sweep, budget time.Duration) iter.Seq[Trial] {
	return func(yield func(Trial) bool) {
		for seed := h.First; h.Found == "" && time.Duration(h.CPUMs)*time.Millisecond < budget; seed++ {
			if !yield(s.Trial(seed)) {
				return
			}
		}
	}
}

// catchers names the checkers that said invalid.
func (s Summary) catchers() (names []string) {
	if s.Result == nil {
		return []string{s.Checker}
	}
	for _, v := range s.Result.Verdicts {
		if v.Outcome == OutcomeInvalid && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}
