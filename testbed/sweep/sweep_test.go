package sweep

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/machines"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// enumerated plays an enumeration in this process.
func enumerated(t *testing.T, e Sweep) (Result, []play.Summary) {
	t.Helper()
	var all []play.Summary
	e.Jobs = 1
	e.NewWorker = func() (campaign.Worker, error) { return campaign.InProcess(coordination.Service(), nil), nil }
	e.Done = func(_ campaign.Tally, s play.Summary) { all = append(all, s) }
	done, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return done, all
}

// small is a drill of a few hundred points.
func small(line string) Drill {
	s, err := DrillNamed(coordination.Service(), "ordeal/2 seed=1 nodes=3 rate=5 length=1.2s "+line)
	if err != nil {
		panic(err)
	}
	return s
}

func TestEverythingIsTried(t *testing.T) {
	s := small(`workload=register plan="" ops="c1 1@900ms" settings=1000/200/65536/262144`)
	counted := 0
	done, all := enumerated(t, Sweep{Service: coordination.Service(), Drills: []Drill{s}, Only: []string{"disk",
		"messages"}, Counted: func(n int) { counted = n }})
	if !done.Whole || counted != len(all) || done.Report.Tally.Valid != counted || counted < 500 {
		t.Errorf("%d of %d trials, %+v", len(all), counted, done.Report.Tally)
	}
	seen := map[string]bool{}
	for _, s := range all {
		seen[s.Line] = true
	}
	if len(seen) != counted {
		t.Errorf("%d trials, of which %d differ", counted, len(seen))
	}
	var rows []string
	points := countedPoints(t, s.Trial)
	for _, r := range done.Rows {
		rows = append(rows, r.Point+" "+r.Fault)
		want, states := 0, 0
		for _, p := range points {
			switch {
			case p.What != r.Point:
			case strings.HasPrefix(r.Fault, "crash"):
				want, states = want+1, states+p.States
			default:
				want, states = want+1, states+1
			}
		}
		if r.Point != "the trial" && (r.Points != want || r.Trials != states || r.Valid != r.Trials || r.LeftOut != 0) {
			t.Errorf("%+v, and the trial has %d points with %d states", r, want, states)
		}
	}
	want := []string{"the trial none", "disk job crash", "disk job crash, back at once", "message crash",
		"message crash, back at once", "message lost", "message twice", "message twice, much later", "message late",
		"message much later"}
	if !slices.Equal(rows, want) {
		t.Errorf("rows %q", rows)
	}
}

func countedPoints(t *testing.T, one trial.Trial) []machines.Point {
	t.Helper()
	one.Plan = append(one.Plan, machines.Unreached())
	r, err := play.Run(one, play.Ask{Mode: play.Points})
	if err != nil {
		t.Fatal(err)
	}
	return r.Summary.Points
}

// TestAPointThatIsNotTheCountedOne ends the enumeration: then nothing that it says would hold.
func TestAPointThatIsNotTheCountedOne(t *testing.T) {
	s := small(`workload=register plan="" ops="c1 1@900ms" settings=1000/200/65536/262144`)
	e := Sweep{Service: coordination.Service(), Drills: []Drill{s}, Only: []string{"messages"}, Jobs: 1}
	e.NewWorker = func() (campaign.Worker, error) {
		return otherPoints{campaign.InProcess(coordination.Service(), nil)}, nil
	}
	_, err := e.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "did not come to its point as the run that counted did") {
		t.Errorf("%v", err)
	}
}

// otherPoints is a worker whose trials differ a little from those that it counted.
type otherPoints struct{ campaign.Worker }

func (w otherPoints) Run(ctx context.Context, q campaign.Request) (play.Summary, error) {
	s, err := w.Worker.Run(ctx, q)
	for i := range s.Sprung {
		s.Sprung[i].At += time.Nanosecond
	}
	return s, err
}

func TestEnumerationsThatMakeNoSense(t *testing.T) {
	s := Drills(coordination.Service())[0]
	for want, e := range map[string]Sweep{
		"there is no drill":     {Service: coordination.Service(), Jobs: 1},
		"0 jobs":                {Service: coordination.Service(), Drills: []Drill{s}},
		"it is asked for twice": {Service: coordination.Service(), Drills: []Drill{s, s}, Jobs: 1},
		`"discs" is not known: there`: {Service: coordination.Service(), Drills: []Drill{s}, Only: []string{"discs"},
			Jobs: 1},
		`bug "bugNone" is not known`: {Service: coordination.Service(), Drills: []Drill{s}, Bug: "bugNone", Jobs: 1},
	} {
		if err := e.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := DrillNamed(coordination.Service(), "tea"); err == nil || !strings.Contains(err.Error(),
		`drill "tea" is not known: there are write, `) {
		t.Errorf("%v", err)
	}
}

// TestEnumerationsFindPlantedBugs plays of each drill what crashes one machine, from some point on, until the bug is
// found. Without the bug that trial does not fail.
func TestEnumerationsFindPlantedBugs(t *testing.T) {
	if !coordination.Service().Marked {
		t.Skip("this build has no marks")
	}
	for _, tt := range []struct {
		bug, drill, family string
		machine            nemesis.Target
		from               int
		kinds              []string // what is broken, in this order, by its beginning
	}{
		{"bugAckBeforeSync", "write", familyDisk, "n2", 8, []string{"servers: panic: "}},
		{"bugSegmentDirUnsynced", "write", familyDisk, "n2", 8,
			[]string{"invariants: a server's books agree", "servers: panic: "}},
		{"bugSnapshotInPlace", "snapshot", familyDisk, "n1", 26, []string{"servers: stop: wal is damaged"}},
		{"bugLogRemovedFirst", "snapshot", familyDisk, "n1", 26, []string{"servers: stop: wal is damaged"}},
		{"bugVoteUnsynced", "votes", familyMessages, "n1", 10, []string{"invariants: one leader a term"}},
	} {
		t.Run(tt.bug, func(t *testing.T) {
			s, err := DrillNamed(coordination.Service(), tt.drill)
			if err != nil {
				t.Fatal(err)
			}
			e := Sweep{Service: coordination.Service(), Drills: []Drill{s}, Only: []string{tt.family}, Bug: tt.bug,
				Jobs: 1}
			e.NewWorker = func() (campaign.Worker, error) { return campaign.InProcess(coordination.Service(), nil), nil }
			r := &run{Sweep: e, byLine: make(map[string]attempt)}
			if err := r.count(context.Background()); err != nil {
				t.Fatal(err)
			}
			r.attempts = slices.DeleteFunc(r.attempts, func(a attempt) bool {
				if a.want == nil {
					return false
				}
				f := a.trial.Plan[len(a.trial.Plan)-1].Fault
				return f.Target != tt.machine || f.N < tt.from
			})
			done, err := r.play(context.Background())
			if err != nil || len(done.Report.Findings) != 1 {
				t.Fatalf("%v, %d findings in %d trials", err, len(done.Report.Findings), len(r.attempts))
			}
			found := done.Report.Findings[0].Summary
			asWanted := func(v play.Violation, kind string) bool { return strings.HasPrefix(v.Kind, kind) }
			v := found.Violations
			if len(v) < len(tt.kinds) || !slices.EqualFunc(v[:len(tt.kinds)], tt.kinds, asWanted) || len(found.Sprung) != 1 {
				t.Errorf("%s: %+v", found.Line, v)
			}
			one, err := coordination.Service().Parse(found.Line)
			if err != nil {
				t.Fatal(err)
			}
			one.Bug = ""
			if r, err := play.Run(one, play.Ask{}); err != nil || r.Summary.Outcome == play.Invalid {
				t.Errorf("without the bug: %v %s", err, r.Summary.Text)
			}
			t.Logf("%d trials, %s", done.Report.Tally.Trials, found.Line)
		})
	}
}
