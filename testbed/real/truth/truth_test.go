package truth

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

const ms = time.Millisecond

func TestWhatIsTakenFromAResult(t *testing.T) {
	op := func(at time.Duration, process int, kind history.Type, f string) history.Op {
		return history.Op{Time: at, Process: process, Type: kind, F: f}
	}
	r := play.Result{
		Summary: play.Summary{Outcome: play.Invalid, Checker: "order", Reason: "because"},
		History: history.History{
			op(10*ms, 1, history.Invoke, "read"), op(20*ms, 1, history.OK, "read"),
			op(30*ms, 2, history.Invoke, "write"), op(500*ms, 2, history.Info, "write"),
			op(600*ms, history.Service, history.OK, "end"), op(900*ms, 3, history.Invoke, "read"),
			op(1300*ms, 3, history.Info, "read"),
		},
	}
	r.Report = reports.Trial{
		Length: time.Second, Ops: r.History,
		Faults: []reports.Fault{{Family: "kill", From: 0, To: 5 * ms}, {Family: "pause", Skipped: "it was down"}},
		Leaders: []reports.LeaderSpan{
			{Node: "n2", From: 500 * ms}, {Node: "n1", From: 0}, {Node: "n2", From: 700 * ms},
			{Node: "n3", From: 2 * time.Second},
		},
	}
	r.Report.Trace.Counts = []reports.Measure{{Name: trial.MeasureExpired, Value: 7}}
	p := playedOf(r)
	if p.Outcome != play.Invalid || p.Elections != 1 || p.Expired != 7 || !slices.Equal(p.Unknown, []string{"write"}) ||
		!slices.Equal(p.Done, []int{1, 0, 0, 0, 0}) || len(p.Steps) != 1 || p.Steps[0].Family != "kill" {
		t.Errorf("%+v", p)
	}
	if p.Out() != 0.8 || p.Longest() != 800*ms {
		t.Errorf("out %v, %v on end", p.Out(), p.Longest())
	}
	if p.Done = []int{0, 0, 3, 0, 0, 1}; p.Out() != 0.5 || p.Longest() != 400*ms {
		t.Errorf("out %v, %v on end", p.Out(), p.Longest())
	}
	if p.Done = make([]int, 4); p.Out() != 1 {
		t.Errorf("out %v of a trial without service", p.Out())
	}
}

// played is a half of which a share was without service.
func played(outcome string, out int, p50 time.Duration, unknown ...string) Played {
	p := Played{Outcome: outcome, Unknown: unknown, Done: slices.Repeat([]int{9}, 10), Elections: out, Steps: []Step{
		{Number: 0, Family: "kill", Waited: time.Duration(1+out) * ms}, {Number: 1, Family: "pause", Waited: -1},
	}, Latencies: []reports.LatencyResult{{F: "read", Outcome: "ok", Count: 20, P50: p50, P90: 2 * p50, P99: 3 * p50},
		{F: "rare", Outcome: "ok", Count: 19, P50: p50}}}
	clear(p.Done[1 : 1+out])
	return p
}

func pairs() []Pair {
	one := func(seed uint64, real, sim Played) Pair {
		return Pair{Network: "router", CPUs: 2, Seed: seed, Workload: "register", Nodes: 3, Length: 2 * time.Second,
			Rate: 100, Plan: []string{"at 1s for 200ms kill n1"}, Real: real, Sim: sim}
	}
	quiet := one(quietFrom, played(play.Valid, 0, ms), played(play.Valid, 0, ms))
	quiet.Plan = nil
	return []Pair{
		one(1, played(play.Valid, 0, ms), played(play.Valid, 1, 3*ms)),
		one(2, played(play.Unknown, 0, ms), played(play.Valid, 1, 3*ms)),
		one(3, played(play.Valid, 4, ms, "write"), played(play.Invalid, 0, 3*ms)),
		quiet,
	}
}

func TestScore(t *testing.T) {
	s := scoreOf(pairs()[:3])
	want := score{
		Pairs: 3, Verdict: share{2, 3}, Available: share{2, 3}, Unknown: share{2, 3}, Class: share{2, 3}, Names: share{2, 3},
		Elections: beside{Real: 4. / 3, Sim: 2. / 3, Off: 2, Equal: share{0, 3}},
		Expired:   beside{Equal: share{3, 3}},
		Waits:     []times{{"kill", 3, ms, 2 * ms}},
		Latencies: []latency{{"register", "read", times{"read", 3, ms, 3 * ms}, times{"read", 3, 2 * ms, 6 * ms},
			times{"read", 3, 3 * ms, 9 * ms}}},
	}
	s.Out, s.Longest = beside{}, beside{}
	if len(s.Apart) != 1 || s.Apart[0].Seed != 3 {
		t.Errorf("%+v part", s.Apart)
	}
	if s.Apart = nil; !reflect.DeepEqual(s, want) {
		t.Errorf("%+v\nwant\n%+v", s, want)
	}
	if s.within(3).Agree != 1 || s.within(2.9).Agree != 0 || !within(0.5, 2) || within(0.49, 2) {
		t.Errorf("%+v within a factor of 3", s.within(3))
	}
}

func TestThePage(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, pairs(), pairs()[1:3], "sync: 3ms\n"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"3 plans of faults and 1 without any were played, on three servers, network router, 2 processors.",
		"at most: 2 of the plans were played a second time", "**2 of 2 (100.0 %)** in all three. Elections differ by 0.00",
		"real halves: 2 valid, 0 invalid, 1 unknown", "| **all three** | **2 of 3 (66.7 %)** | wanted 95 %: **missed** |",
		"| elections, a trial | 1.33 | 0.67 | 2.00 | 0 of 3 (0.0 %) |", "| kill | 3 | 1.00 ms | 2.00 ms | 2.00 |",
		"Wanted: medians within a factor of 2: **missed** (0 of 1 (0.0 %)).",
		"Wanted: medians within 20 %: holds (1 of 1 (100.0 %)", "- seed 3, register, simulated half: invalid by",
		"| 3 | register | valid, 40.0 %, write | invalid, 0.0 %, none | at 1s for 200ms kill n1 |", "```\nsync: 3ms\n```\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(b.String())
	}
	if err := Write(&b, nil, nil, ""); err == nil {
		t.Error("a page of no pairs")
	}
}

func TestFileOfPairs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pairs.jsonl")
	if all, err := Read(path); err != nil || all != nil {
		t.Errorf("%v, %v of a file that is not there", all, err)
	}
	want := pairs()
	for i := range want {
		if want[i].Sim = (Played{}); want[i].add(path) != nil {
			t.Fatal("it can't be added")
		}
	}
	if got, err := Read(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant\n%+v", got, err, want)
	}
}

func TestSeeds(t *testing.T) {
	want := []uint64{5, quietFrom + 5, 6}
	if got := seeds(5, 2, 1); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
