package ordeal

import "time"

// Tally counts what a campaign has done.
type Tally struct {
	Trials, Valid, Unknown, Invalid int
	Findings                        int
	Operations                      int
	// Resolved counts operations that ended unknown to their clients and whose end the simulator knows, and Masked the trials
	// in which something is wrong that no client could have seen.
	Resolved, Masked int
	Virtual          time.Duration
	Elapsed          time.Duration
	// CPU is what the trials cost, runs for confirmation included.
	CPU time.Duration
}

// Report is what came of a campaign.
type Report struct {
	Tally    Tally
	Findings []Finding
	// Kept are the summaries of the trials that were found, and of those that have a folder.
	Kept []Summary
	// Fired and Skipped count faults by kind, over all trials.
	Fired, Skipped map[string]int
	// Covered is how many trials each of CoverageItems happened in. Required are the items that Requirement.Hold asked for,
	// and Missing those of them that did not happen.
	Covered           map[string]int
	Required, Missing []string
	// ByWorkload tallies the trials of each workload.
	ByWorkload map[string]Tally
	// Guided says how a guided campaign went.
	Guided *Guided
	// Interrupted says that the campaign was ended from outside.
	Interrupted bool
}

func (t Tally) plus(s Summary) Tally {
	t.Trials++
	switch s.Outcome {
	case OutcomeValid:
		t.Valid++
	case OutcomeUnknown:
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
