package ordeal

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
)

// enumerated plays an enumeration in this process.
func enumerated(t *testing.T, e Enumeration) (Enumerated, []Summary) {
	t.Helper()
	var all []Summary
	e.Jobs = 1
	e.NewWorker = func() (Worker, error) { return InProcess(nil), nil }
	e.Done = func(_ Tally, s Summary) { all = append(all, s) }
	done, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return done, all
}

// small is a scenario of a few hundred points.
func small(line string) Scenario {
	s, err := ScenarioNamed("ordeal/1 seed=1 nodes=3 rate=5 length=1.2s " + line)
	if err != nil {
		panic(err)
	}
	return s
}

func TestEverythingIsTried(t *testing.T) {
	s := small(`workload=register plan="" ops="c1 1@900ms" storage=1000/200/65536/262144`)
	counted := 0
	done, all := enumerated(t, Enumeration{Scenarios: []Scenario{s}, Only: []string{"disk", "messages"}, Counted: func(n int) { counted = n }})
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
	want := []string{"the trial none", "disk job crash", "disk job crash, back at once", "message crash", "message crash, back at once", "message lost", "message twice", "message twice, much later", "message late", "message much later"}
	if !slices.Equal(rows, want) {
		t.Errorf("rows %q", rows)
	}
}

func countedPoints(t *testing.T, trial Trial) []Point {
	t.Helper()
	trial.Plan = append(trial.Plan, unreached())
	r, err := countPoints(trial)
	if err != nil {
		t.Fatal(err)
	}
	return r.Summary.Points
}

// TestAPointThatIsNotTheCountedOne ends the enumeration: then nothing that it says would hold.
func TestAPointThatIsNotTheCountedOne(t *testing.T) {
	s := small(`workload=register plan="" ops="c1 1@900ms" storage=1000/200/65536/262144`)
	e := Enumeration{Scenarios: []Scenario{s}, Only: []string{"messages"}, Jobs: 1}
	e.NewWorker = func() (Worker, error) { return otherPoints{InProcess(nil)}, nil }
	_, err := e.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "did not come to its point as the run that counted did") {
		t.Errorf("%v", err)
	}
}

// otherPoints is a worker whose trials differ a little from those that it counted.
type otherPoints struct{ Worker }

func (w otherPoints) Run(ctx context.Context, q Request) (Summary, error) {
	s, err := w.Worker.Run(ctx, q)
	for i := range s.Sprung {
		s.Sprung[i].At += time.Nanosecond
	}
	return s, err
}

func TestEnumerationsThatMakeNoSense(t *testing.T) {
	s := Scenarios()[0]
	for want, e := range map[string]Enumeration{
		"there is no scenario":        {Jobs: 1},
		"0 jobs":                      {Scenarios: []Scenario{s}},
		"it is asked for twice":       {Scenarios: []Scenario{s, s}, Jobs: 1},
		`"discs" is not known: there`: {Scenarios: []Scenario{s}, Only: []string{"discs"}, Jobs: 1},
		`bug "bugNone" is not known`:  {Scenarios: []Scenario{s}, Bug: "bugNone", Jobs: 1},
	} {
		if err := e.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := ScenarioNamed("tea"); err == nil || !strings.Contains(err.Error(), `scenario "tea" is not known: there are write, `) {
		t.Errorf("%v", err)
	}
}

// TestScenariosReachWhatTheyAreAbout plays each once, and looks for what only it is there for.
func TestScenariosReachWhatTheyAreAbout(t *testing.T) {
	for _, s := range Scenarios() {
		var p *play
		snapshots := 0
		r, err := runTrial(s.Trial, func(of *play) {
			p = of
			p.world.Overhear(func(_, _ host.Addr, payload []byte) {
				const piece = 5 // as the service's messages begin that have a piece of a snapshot
				if payload[0] == piece {
					snapshots++
				}
			})
		})
		if err != nil || r.Summary.Outcome != OutcomeValid {
			t.Fatalf("%s: %v %s", s.Name, err, r.Summary.Text)
		}
		fired := r.Summary.Fired
		is := map[string]bool{
			"write":    r.Summary.Operations > 5,
			"tree":     r.Summary.Operations > 20,
			"restart":  fired["crash"] == 2,
			"snapshot": snapshots > 0,
			"election": len(r.Leaders) > 1,
			"votes":    fired["partition"] == 1 && len(r.Leaders) > 0,
			"lock":     len(r.Leaders) > 1 && fired["transfer"] == 1,
			"reconfig": len(p.ground.ensemble.members) == 4,
		}
		if !is[s.Name] {
			t.Errorf("%s: %v, %d leaders, %d snapshots sent", s.Name, fired, len(r.Leaders), snapshots)
		}
	}
}

// TestEnumerationsFindPlantedBugs plays of each scenario what crashes one machine, from some point on, until the bug is
// found. Without the bug that trial does not fail.
func TestEnumerationsFindPlantedBugs(t *testing.T) {
	if !Marked() {
		t.Skip("this build has no marks")
	}
	for _, tt := range []struct {
		bug, scenario, family string
		machine               nemesis.Target
		from                  int
		kind                  string
	}{
		{"bugAckBeforeSync", "write", familyDisk, "n2", 8, "servers: panic: "},
		{"bugSegmentDirUnsynced", "write", familyDisk, "n2", 8, "servers: panic: "},
		{"bugSnapshotInPlace", "snapshot", familyDisk, "n1", 26, "servers: stop: wal is damaged"},
		{"bugLogRemovedFirst", "snapshot", familyDisk, "n1", 26, "servers: stop: wal is damaged"},
		{"bugVoteUnsynced", "votes", familyMessages, "n1", 10, "invariants: one leader a term"},
	} {
		t.Run(tt.bug, func(t *testing.T) {
			s, err := ScenarioNamed(tt.scenario)
			if err != nil {
				t.Fatal(err)
			}
			e := Enumeration{Scenarios: []Scenario{s}, Only: []string{tt.family}, Bug: tt.bug, Jobs: 1}
			e.NewWorker = func() (Worker, error) { return InProcess(nil), nil }
			r := &enumerating{Enumeration: e, byLine: make(map[string]attempt)}
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
			if v := found.Violations; len(v) == 0 || !strings.HasPrefix(v[0].Kind, tt.kind) || len(found.Sprung) != 1 {
				t.Errorf("%s: %+v", found.Line, v)
			}
			trial, err := ParseTrial(found.Line)
			if err != nil {
				t.Fatal(err)
			}
			trial.Bug = ""
			if r, err := Run(trial); err != nil || r.Summary.Outcome == OutcomeInvalid {
				t.Errorf("without the bug: %v %s", err, r.Summary.Text)
			}
			t.Logf("%d trials, %s", done.Report.Tally.Trials, found.Line)
		})
	}
}
