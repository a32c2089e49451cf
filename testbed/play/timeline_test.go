package play_test

import (
	"bytes"
	"slices"
	"testing"

	"ordeal/reports/timeline"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

// TestTimelineChangesNothing: a trial of which a timeline is made has the trace that it has without, and the page has
// the same bytes whenever it is made.
func TestTimelineChangesNothing(t *testing.T) {
	for _, o := range []trialtest.Options{{}, {StaleReads: true}, {Bare: true}} {
		one := toy(t, o, leaderCutOff)
		plain := run(t, one, play.Ask{})
		var pages [][]byte
		for _, mode := range []play.Mode{play.Timeline, play.Timeline, play.Told} {
			r := run(t, one, play.Ask{Mode: mode})
			if !plain.Summary.Same(r.Summary) {
				t.Error(plain.Summary.Difference(r.Summary))
			}
			page, err := r.Timeline.Page()
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page)
		}
		if !bytes.Equal(pages[0], pages[1]) {
			t.Error("the page has other bytes the second time")
		}
		if plain.Timeline != nil {
			t.Error("a timeline came unasked")
		}
	}
}

// TestTimelineShowsTheViolation: it opens at the instant of the violation, marks the operations that contradict, and
// has what servers were, and what is told.
func TestTimelineShowsTheViolation(t *testing.T) {
	plan := leaderCutOff + "; at 7s for 1s crash n3"
	r := run(t, toy(t, trialtest.Options{StaleReads: true}, plan), play.Ask{Mode: play.Told})
	line := r.Timeline
	if r.Summary.Outcome != play.Invalid || line.Moment != r.Summary.Violations[0].At {
		t.Fatalf("%s, at %v", r.Summary.Text, line.Moment)
	}
	blamed, lasted := 0, 0
	for _, o := range line.Ops {
		if o.Blamed {
			blamed++
		}
		if o.To > o.From {
			lasted++
		}
		if o.Client >= len(line.Clients) || o.Text == "" {
			t.Fatalf("%+v of %v", o, line.Clients)
		}
	}
	if blamed == 0 || lasted < 50 || len(line.Story) == 0 || len(line.Trial.Faults) != 2 {
		t.Errorf("%d operations blamed, %d lasted, %d lines, %d faults", blamed, lasted, len(line.Story),
			len(line.Trial.Faults))
	}
	n3 := line.Servers[slices.IndexFunc(line.Servers, func(s timeline.Server) bool { return s.Name == "n3" })]
	down := slices.ContainsFunc(n3.States, func(s timeline.State) bool { return s.Role == timeline.Down })
	if !down || n3.States[len(n3.States)-1].Role == timeline.Down {
		t.Errorf("n3 lost power and came back: %v", n3.States)
	}
}
