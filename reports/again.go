package reports

import "ordeal/history"

// Trial is the trial that a result was made of, as far as a result has it: without its history, plan and settings.
func (r Result) Trial() Trial {
	t := Trial{
		Line: r.Line, Title: r.Workload, Workload: r.Workload, Replay: r.Replay, Length: r.Length, Notes: r.Notes,
		Covered: r.Covered,
		Trace:   Trace{Hash: r.Trace.Hash, Events: r.Trace.Events, Counts: measuresOf(r.Trace.Counts)},
	}
	for _, f := range r.Faults {
		t.Faults = append(t.Faults, Fault{
			Family: f.Family, Kind: f.Kind, Label: f.Label, From: f.From, To: f.To, Skipped: f.Skipped,
		})
	}
	for _, l := range r.Leaders {
		t.Leaders = append(t.Leaders, LeaderSpan(l))
	}
	for _, v := range r.Verdicts {
		one := Verdict{
			Name: v.Name, Outcome: v.Outcome, Reason: v.Reason, Details: v.Details, Measures: measuresOf(v.Measures),
		}
		for _, e := range v.Evidence {
			one.Evidence = append(one.Evidence, history.Op{
				Index: e.Index, Time: e.Time, Process: e.Process, F: e.F, Key: e.Key, Value: e.Value, Error: e.Error,
			})
		}
		t.Verdicts = append(t.Verdicts, one)
	}
	return t
}

func measuresOf(results []MeasureResult) []Measure {
	var all []Measure
	for _, m := range results {
		all = append(all, Measure(m))
	}
	return all
}
