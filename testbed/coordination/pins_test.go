package coordination

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/machines"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// pinnedTrial is a trial short enough to look at every point of.
func pinnedTrial(plan nemesis.Plan) trial.Trial {
	return trial.Trial{
		Service: Service(), Seed: 1, Workload: "register", Nodes: 3, Length: 3 * time.Second, Rate: 5, Plan: plan,
		Cut: trial.Cut{Settings: "30/6/8192/3000"},
	}
}

// counted are the points of a trial.
func counted(t *testing.T, one trial.Trial) []machines.Point {
	t.Helper()
	one.Plan = append(nemesis.Plan{}, machines.Unreached())
	return mustAsk(t, one, play.Ask{Mode: play.Points}).Summary.Points
}

// TestPinnedFaultsHitTheirPoint: each kind does what it says, exactly where the run that counted had that point.
func TestPinnedFaultsHitTheirPoint(t *testing.T) {
	points := counted(t, pinnedTrial(nil))
	pick := func(what string, n int) machines.Point {
		for _, p := range points {
			if p.What == what && p.N >= n && p.Machine != "n1" && (p.Mark == "" || p.Mark == "walBeforeSync") {
				return p
			}
		}
		return machines.Point{}
	}
	for _, tt := range []struct{ kind, what string }{
		{"crash-in-job %[1]s %[2]d leaving 1", machines.PointJob},
		{"crash-in-job %[1]s %[2]d", machines.PointJob},
		{"crash-at-message %[1]s %[2]d leaving 1", machines.PointMessage},
		{"lose-message %[2]d", machines.PointMessage},
		{"double-message %[2]d 10ms", machines.PointMessage},
		{"late-message %[2]d 1s", machines.PointMessage},
		{"break-at-frame %[2]d", machines.PointFrame},
		{"late-frame %[2]d 1s", machines.PointFrame},
		{"crash-at-mark walBeforeSync %[1]s %[2]d leaving 1", machines.PointMark},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			at := pick(tt.what, 9)
			if at.What == "" && tt.what == machines.PointMark && !Service().Marked {
				t.Skip("this build has no marks")
			}
			fault := fmt.Sprintf(tt.kind, at.Machine, at.N)
			p := playPlan(t, pinnedTrial(nil), "at 0s for 2.5s "+fault)
			all := p.result.Summary.Sprung
			if len(all) != 1 || all[0] != (machines.Sprung{Fault: fault, At: at.At, Trace: at.Trace}) {
				t.Errorf("%+v, and the point was %+v", all, at)
			}
			fired := p.result.Faults[0]
			if fired.Type != nemesis.Fired || fired.Time != at.At || fired.Detail == "" {
				t.Errorf("%v", fired)
			}
			stats, before := p.stage.World.Stats(), playPlan(t, pinnedTrial(nil),
				"at 2900ms jump n1 1ms").stage.World.Stats()
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
				if p.stage.World.TraceHash() == 0 || stats.Broken != before.Broken {
					t.Errorf("%d connections broke, and %d without the fault", stats.Broken, before.Broken)
				}
			}
		})
	}
}

// TestPinsThatNothingComesTo are skipped, and say so.
func TestPinsThatNothingComesTo(t *testing.T) {
	plan := "at 0s for 2s crash-in-job n2 9999; at 0s for 2s lose-message 99999; at 0s for 2s late-frame 99999 1s; " +
		"at 0s for 2s crash-in-job c1 1"
	r, err := play.Run(pinnedTrial(mustPlan(t, plan)), play.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Faults {
		if e.Type != nemesis.Skipped || !strings.Contains(e.Detail, "never") {
			t.Errorf("%v", e)
		}
	}
	if len(r.Faults) != 4 || r.Summary.Outcome != play.Unknown {
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
