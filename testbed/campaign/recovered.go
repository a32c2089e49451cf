package campaign

import (
	"ordeal/reports"
	"ordeal/reports/hdr"
	"ordeal/testbed/play"
)

// Recovered is how long clients waited for faults of a kind, from their begin and from their end on.
type Recovered struct {
	Began *hdr.Histogram `json:"began"`
	Ended *hdr.Histogram `json:"ended"`
}

// recovered is that of a kind, to add to.
func (r *Report) recovered(kind string) Recovered {
	of, known := r.Recovered[kind]
	if !known {
		of = Recovered{&hdr.Histogram{}, &hdr.Histogram{}}
		r.Recovered[kind] = of
	}
	return of
}

// with counts what another part of the campaign has.
func (r Recovered) with(other Recovered) {
	r.Began.Merge(other.Began)
	r.Ended.Merge(other.Ended)
}

// recover counts how long the clients of a trial waited.
func (r *Report) recover(s play.Summary) {
	for _, one := range s.Recoveries {
		of := r.recovered(one.Kind)
		if one.Began >= 0 {
			of.Began.Add(one.Began)
		}
		if one.Ended >= 0 {
			of.Ended.Add(one.Ended)
		}
	}
}

// recoveredResult is Recovered in summary.json.
type recoveredResult struct {
	Began reports.RecoveryResult `json:"began"`
	Ended reports.RecoveryResult `json:"ended"`
}

func (r Report) recoveredResults() map[string]recoveredResult {
	all := make(map[string]recoveredResult)
	for kind, of := range r.Recovered { //house:unordered each on its own
		all[kind] = recoveredResult{reports.RecoveryResultOf(of.Began), reports.RecoveryResultOf(of.Ended)}
	}
	return all
}
