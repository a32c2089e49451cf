package campaign

import (
	"time"

	"ordeal/testbed/coverage"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Tally counts what a campaign has done.
type Tally struct {
	Trials     int `json:"trials"`
	Valid      int `json:"valid"`
	Unknown    int `json:"unknown"`
	Invalid    int `json:"invalid"`
	Findings   int `json:"findings"`
	Operations int `json:"operations"`
	// Resolved counts operations that ended unknown to their clients and whose end the simulator knows, and Masked the
	// trials in which something is wrong that no client could have seen.
	Resolved int           `json:"resolved"`
	Masked   int           `json:"masked"`
	Virtual  time.Duration `json:"virtual_ns"`
	Elapsed  time.Duration `json:"elapsed_ns"`
	// CPU is what the trials cost, runs for confirmation included.
	CPU time.Duration `json:"cpu_ns"`
}

// Report is what a campaign found.
type Report struct {
	service  *trial.Service
	Tally    Tally     `json:"tally"`
	Findings []Finding `json:"findings"`
	// Kept are the summaries of the trials that were found, and of those that have a folder.
	Kept []play.Summary `json:"kept"`
	// Fired and Skipped count faults by kind, over all trials.
	Fired   map[string]int `json:"fired"`
	Skipped map[string]int `json:"skipped"`
	// Covered is how many trials each of coverage.Items happened in. Required are the items that Hold was asked for, and
	// Missing those of them that did not happen.
	Covered  map[string]int `json:"covered"`
	Required []string       `json:"-"`
	Missing  []string       `json:"-"`
	// Scenarios are how often each of the service's came about, by name, of those that began.
	Scenarios map[string]Came `json:"scenarios,omitempty"`
	// Recovered are how long clients waited for faults, by kind.
	Recovered map[string]Recovered `json:"recovered,omitempty"`
	// ByWorkload tallies the trials of each workload.
	ByWorkload map[string]Tally `json:"byWorkload"`
	// Guided says how a guided campaign went.
	Guided *Guided `json:"-"`
	// Interrupted says that the campaign was ended from outside.
	Interrupted bool `json:"interrupted"`
	// PageIn is the folder that the campaign's page is in, if the kept trials are in folders elsewhere.
	PageIn string `json:"-"`
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
