package campaign

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/coverage"
	"ordeal/testbed/trial"
)

func TestRequirement(t *testing.T) {
	known := coverage.Measured{Trials: 100, Covered: map[string]int{"fault:crash": 50, "down-in-joint": 10}}
	other := coordination.Service().Campaign("", "crash")
	wants := *coordination.Service()
	wants.Wanted = []string{"two-leaders"}
	for _, c := range []struct {
		words, required string
		seeds           trial.Seeds
		trials          int
	}{
		{"none", "", coordination.Service().Campaign("", "swarm"), 1000},
		{"usual", "", coordination.Service().Campaign("", "swarm"), 10},
		{"usual", "fault:crash", coordination.Service().Campaign("", "swarm"), 100},
		{"usual", "fault:crash down-in-joint", coordination.Service().Campaign("", "swarm"), 1000},
		{"usual", "", other, 1000},
		{"usual", "", coordination.Service().Campaign("bugStaleSync", "swarm"), 1000},
		{"all", "fault:crash down-in-joint", other, 1},
		{"usual", "fault:crash", wants.Campaign("", "swarm"), 49},
		{"usual", "fault:crash two-leaders", wants.Campaign("", "swarm"), 100},
		{"usual", "", wants.Campaign("", "crash"), 100},
		{"two-leaders,fault:wipe", "fault:wipe two-leaders", other, 1},
	} {
		r, err := coverage.ParseRequirement(coordination.Service(), strings.Split(c.words, ","))
		if err != nil {
			t.Fatal(err)
		}
		report := Report{Tally: Tally{Trials: c.trials}, Covered: map[string]int{"fault:crash": 1}}
		report.Hold(r, c.seeds, known)
		missing := slices.DeleteFunc(strings.Fields(c.required), func(name string) bool { return name == "fault:crash" })
		if got := strings.Join(report.Required, " "); got != c.required || !slices.Equal(report.Missing, missing) {
			t.Errorf("%s of %d trials requires %q and misses %q", c.words, c.trials, got, report.Missing)
		}
	}
	for _, bad := range []string{"", "fault:rain", "all,two-leaders", "none,usual"} {
		if _, err := coverage.ParseRequirement(coordination.Service(), strings.Split(bad, ",")); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestSummaryIsACoverage: what a campaign writes is what the documents are made from.
func TestSummaryIsACoverage(t *testing.T) {
	report := Report{
		service: coordination.Service(),
		Tally:   Tally{Trials: 7, Valid: 7}, Covered: map[string]int{"fault:crash": 3}, Required: []string{"two-leaders"},
		Missing: []string{"two-leaders"},
	}
	var text []byte
	folder := func(name string, data []byte) error {
		if name != "summary.json" {
			t.Errorf("%s is written", name)
		}
		text = data
		return nil
	}
	if err := report.WriteSummary(folder, "ordeal run"); err != nil || !json.Valid(text) || !bytes.Contains(text,
		[]byte(`"missing": [`+"\n\t\t\"two-leaders\"\n")) {
		t.Errorf("%v: %s", err, text)
	}
	c, err := coverage.Parse(text)
	if err != nil || c.Trials != 7 || c.Covered["fault:crash"] != 3 || c.Covered["two-leaders"] != 0 ||
		c.Command != "ordeal run" {
		t.Errorf("%+v, %v", c, err)
	}
	again, err := coverage.Parse(c.JSON(coordination.Service()))
	if want := map[string]int{"fault:crash": 3}; err != nil || !maps.Equal(again.Covered, want) {
		t.Errorf("%+v, %v", again, err)
	}
	for _, bad := range []string{"", "[]", `{"trials": -1}`, `{"trials": 1, "covered": {"fault:crash": 2}}`} {
		if _, err := coverage.Parse([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	if text := report.CoverageText(); !strings.Contains(text, "UNKNOWN  required and not covered: two-leaders\n") {
		t.Error(text)
	}
}
