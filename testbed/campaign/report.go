package campaign

import (
	"time"

	"ordeal/testbed/coverage"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Tally counts what a campaign has done.
type Tally struct {
	Trials, Valid, Unknown, Invalid int
	Findings                        int
	Operations                      int
	// Resolved counts operations that ended unknown to their clients and whose end the simulator knows, and Masked the
	// trials in which something is wrong that no client could have seen.
	Resolved, Masked int
	Virtual          time.Duration
	Elapsed          time.Duration
	// CPU is what the trials cost, runs for confirmation included.
	CPU time.Duration
}

// Report is what a campaign found.
type Report struct {
	service  *trial.Service
	Tally    Tally
	Findings []Finding
	// Kept are the summaries of the trials that were found, and of those that have a folder.
	Kept []play.Summary
	// Fired and Skipped count faults by kind, over all trials.
	Fired, Skipped map[string]int
	// Covered is how many trials each of coverage.Items happened in. Required are the items that Hold was asked for, and
	// Missing those of them that did not happen.
	Covered           map[string]int
	Required, Missing []string
	// ByWorkload tallies the trials of each workload.
	ByWorkload map[string]Tally
	// Guided says how a guided campaign went.
	Guided *Guided
	// Interrupted says that the campaign was ended from outside.
	Interrupted bool
}

func (t Tally) plus(s play.Summary) Tally {
	t.Trials++
	switch s.Outcome {
	case play.Valid:
		t.Valid++
	case play.Unknown:
		t.Unknown++
	default:
		t.Invalid++
	}
	t.Operations += s.Operations
	t.Resolved += s.Resolved
	if s.Masked {
		t.Masked++
	}
	t.Virtual += time.Duration(s.VirtualMs) * time.Millisecond
	t.CPU += time.Duration(s.CPUMs) * time.Millisecond
	return t
}

// Hold compares a campaign with what is required of the trials of seeds, given what was measured before: Required and
// Missing are set.
func (r *Report) Hold(required coverage.Requirement, seeds trial.Seeds, known coverage.Measured) {
	r.Required, r.Missing = required.Of(seeds, known, r.Tally.Trials), nil
	for _, name := range r.Required {
		if r.Covered[name] == 0 {
			r.Missing = append(r.Missing, name)
		}
	}
}
