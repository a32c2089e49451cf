package ordeal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/nemesis"
)

// pinnedTrial is a trial short enough to look at every point of.
func pinnedTrial(plan nemesis.Plan) Trial {
	return Trial{Seed: 1, Workload: "register", Nodes: 3, Length: 3 * time.Second, Rate: 5, Plan: plan,
		Cut: Cut{Storage: Storage{30, 6, 8192, 3000}}}
}

// counted are the points of a trial.
func counted(t *testing.T, trial Trial) []Point {
	t.Helper()
	trial.Plan = append(nemesis.Plan{}, unreached())
	r, err := countPoints(trial)
	if err != nil {
		t.Fatal(err)
	}
	return r.Summary.Points
}

// TestPinnedFaultsHitTheirPoint: each kind does what it says, exactly where the run that counted had that point.
func TestPinnedFaultsHitTheirPoint(t *testing.T) {
	points := counted(t, pinnedTrial(nil))
	pick := func(what string, n int) Point {
		for _, p := range points {
			if p.What == what && p.N >= n && p.Machine != "n1" && (p.Mark == "" || p.Mark == "walBeforeSync") {
				return p
			}
		}
		return Point{}
	}
	for _, tt := range []struct{ kind, what string }{
		{"crash-in-job %[1]s %[2]d leaving 1", PointJob},
		{"crash-in-job %[1]s %[2]d", PointJob},
		{"crash-at-message %[1]s %[2]d leaving 1", PointMessage},
		{"lose-message %[2]d", PointMessage},
		{"double-message %[2]d 10ms", PointMessage},
		{"late-message %[2]d 1s", PointMessage},
		{"break-at-frame %[2]d", PointFrame},
		{"late-frame %[2]d 1s", PointFrame},
		{"crash-at-mark walBeforeSync %[1]s %[2]d leaving 1", PointMark},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			at := pick(tt.what, 9)
			if at.What == "" && tt.what == PointMark && !Marked() {
				t.Skip("this build has no marks")
			}
			fault := fmt.Sprintf(tt.kind, at.Machine, at.N)
			p := playPlan(t, pinnedTrial(nil), "at 0s for 2.5s "+fault)
			all := p.result.Summary.Sprung
			if len(all) != 1 || all[0] != (Sprung{fault, at.At, at.Trace}) {
				t.Errorf("%+v, and the point was %+v", all, at)
			}
			fired := p.result.Faults[0]
			if fired.Type != nemesis.Fired || fired.Time != at.At || fired.Detail == "" {
				t.Errorf("%v", fired)
			}
			stats, before := p.world.Stats(), playPlan(t, pinnedTrial(nil), "at 2900ms jump n1 1ms").world.Stats()
			switch fired.Kind {
			case nemesis.LoseMessage:
				if stats.Lost != before.Lost+1 {
					t.Errorf("%d messages were lost, and %d without the fault", stats.Lost, before.Lost)
				}
			case nemesis.DoubleMessage:
				if stats.Duplicated != 1 {
					t.Errorf("%d messages were doubled", stats.Duplicated)
				}
			case nemesis.LateMessage:
				if stats.Reordered != 1 {
					t.Errorf("%d messages were late", stats.Reordered)
				}
			case nemesis.BreakAtFrame:
				if stats.Broken != before.Broken+1 {
					t.Errorf("%d connections broke, and %d without the fault", stats.Broken, before.Broken)
				}
			case nemesis.LateFrame:
				if p.world.TraceHash() == 0 || stats.Broken != before.Broken {
					t.Errorf("%d connections broke, and %d without the fault", stats.Broken, before.Broken)
				}
			}
		})
	}
}

// TestPinsThatNothingComesTo are skipped, and say so.
func TestPinsThatNothingComesTo(t *testing.T) {
	plan := "at 0s for 2s crash-in-job n2 9999; at 0s for 2s lose-message 99999; at 0s for 2s late-frame 99999 1s; at 0s for 2s crash-in-job c1 1"
	r, err := Run(pinnedTrial(mustPlan(t, plan)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Faults {
		if e.Type != nemesis.Skipped || !strings.Contains(e.Detail, "never") {
			t.Errorf("%v", e)
		}
	}
	if len(r.Faults) != 4 || r.Summary.Outcome != OutcomeUnknown {
		t.Errorf("%d events, %s", len(r.Faults), r.Summary.Outcome)
	}
}

// TestCountingIsTheSameInTwoRuns: a second run has the same points, with the same hashes.
func TestCountingIsTheSameInTwoRuns(t *testing.T) {
	a, b := counted(t, pinnedTrial(nil)), counted(t, pinnedTrial(nil))
	if len(a) != len(b) || len(a) < 500 {
		t.Fatalf("%d and %d points", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("point %d is %+v and %+v", i, a[i], b[i])
		}
	}
}
