package reports

// Campaign is many trials, as the index shows them: numbers over all, and a row for each trial that was kept.
type Campaign struct {
	// Title says what was tried, Line the command that ran it.
	Title, Line string
	// Totals is one row for each workload, in the order in which they are to be shown.
	Totals []Total
	// Kept are the trials that have a row of their own: every invalid one, and what else was asked for.
	Kept []Kept
	// Coverage says of each kind of fault how often it fired.
	Coverage []Coverage
	// Unknowns says why trials are unknown, each reason once.
	Unknowns []Reason
}

// Total counts the trials of a workload by outcome.
type Total struct {
	Workload                string
	Valid, Invalid, Unknown int64
	// Operations is how many client operations the trials had together.
	Operations int64
}

// Trials is how many there were.
func (t Total) Trials() int64 { return t.Valid + t.Invalid + t.Unknown }

// Kept is a trial with a row of its own.
type Kept struct {
	Workload, Line, Replay string
	Outcome                Outcome
	// Reason is empty for valid trials.
	Reason string
	// Folder is where WriteTrial wrote to, relative to the index and with forward slashes; "" if nowhere.
	Folder string
}

// Coverage is how often a kind of fault fired in the campaign, and how often it was skipped.
type Coverage struct {
	Kind           string
	Fired, Skipped int64
	// Reasons says why it was skipped.
	Reasons []Reason
}

// Reason is a reason, and how often it was given.
type Reason struct {
	Reason string
	Count  int64
}

func (c Campaign) sum() Total {
	var sum Total
	for _, t := range c.Totals {
		sum.Valid += t.Valid
		sum.Invalid += t.Invalid
		sum.Unknown += t.Unknown
		sum.Operations += t.Operations
	}
	return sum
}

// findings are the invalid trials, in order.
func (c Campaign) findings() []Kept {
	var found []Kept
	for _, k := range c.Kept {
		if k.Outcome == Invalid {
			found = append(found, k)
		}
	}
	return found
}

// others are the kept trials that are no findings, in order.
func (c Campaign) others() []Kept {
	var others []Kept
	for _, k := range c.Kept {
		if k.Outcome != Invalid {
			others = append(others, k)
		}
	}
	return others
}
