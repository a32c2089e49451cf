package reports

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/history"
)

// synthetic is a trial of n operations of five clients over a minute, with eight faults: the look of a real one.
func synthetic(n int) Trial {
	t := Trial{
		Line: "lock seed=4711 nodes=5 for=60s", Title: "lock seed=4711", Workload: "lock",
		Replay: "ordeal replay 'lock seed=4711 nodes=5 for=60s'",
		Plan:   "at 6s for 4s partition leader | rest\nat 14s kill n2\n",
		Length: time.Minute,
		Ops:    syntheticOps(n, time.Minute),
		Leaders: []LeaderSpan{
			{"n1", 2, 300 * time.Millisecond, 9 * time.Second}, {"n3", 3, 7 * time.Second, 22 * time.Second},
			{"n2", 5, 24 * time.Second, 41 * time.Second}, {"n1", 6, 42 * time.Second, -1},
		},
		Trace: Trace{Hash: "9f3c01d2aa55e871", Events: 1_182_233, Counts: []Measure{
			{"messages delivered", 801_233, ""}, {"messages dropped", 12_331, ""}, {"disk jobs", 90_112, ""},
		}},
	}
	during := func(family, colour, kind, label string, from, to time.Duration) {
		t.Faults = append(t.Faults, Fault{
			Family: family, Color: colour, Kind: kind, Label: label, From: from * time.Second, To: to * time.Second,
		})
	}
	during("partition", "#E9DCA0", "partition", "n1 | n2 n3 n4 n5", 6, 10)
	during("crash", "#E9A4A0", "crash", "n2", 14, 17)
	during("pause", "#A0B1E9", "pause", "n3", 22, 26)
	during("clock", "#A0E9E3", "drift", "n4 +200 ppm", 20, -1)
	during("partition", "#E9DCA0", "partition", "n2 n5 | n1 n3 n4", 30, 37)
	during("disk", "#E9A0E6", "slow-disk", "n2", 33, 45)
	during("packet", "#D1E8A0", "clog", "n1 to n3", 39, 42)
	during("crash", "#E9A4A0", "crash", "n1", 41, 44)
	during("disk", "#E9A0E6", "fail-sync", "n5", 50, 51)
	t.Faults[8].Skipped = "n5 was down already"
	t.Verdicts = []Verdict{
		{
			Name: "exclusion", Outcome: Invalid,
			Reason:   "lock1 was held by sessions 0x1a and 0x2b at once from 9.214 s to 9.871 s",
			Details:  []string{"session 0x1a: token 42", "session 0x2b: token 57"},
			Evidence: t.Ops[4:8], Measures: []Measure{{"overlap", 657_000_000, "ns"}},
		},
		{Name: "linearizability", Outcome: Unknown, Reason: "the budget of 1000000 steps ran out on lock2"},
		{Name: "liveness", Outcome: Valid, Measures: []Measure{{"first ok after the last heal", 412_000_000, "ns"}}},
	}
	return t
}

// syntheticOps are n operations: slower and more often unknown in the first ten seconds of every twenty.
func syntheticOps(n int, length time.Duration) []history.Op {
	r := rand.New(rand.NewPCG(1, 2))
	var ops []history.Op
	add := func(at time.Duration, process int, typ history.Type, f string, value any, why string) {
		ops = append(ops, history.Op{
			Index: len(ops), Time: at, Process: process, Type: typ, F: f, Key: "lock1", Value: value, Error: why,
		})
	}
	for i := range n {
		at := time.Duration(int64(length) / int64(n) * int64(i))
		latency := 2*time.Millisecond + time.Duration(r.ExpFloat64()*float64(4*time.Millisecond))
		bad := at%(20*time.Second) < 4*time.Second
		if bad {
			latency *= 20
		}
		f := []string{"acquire", "acquire", "fenced", "release"}[r.IntN(4)]
		session := fmt.Sprintf("0x%x", r.IntN(5))
		process := i // every operation is a process of its own: they may overlap freely
		add(at, process, history.Invoke, f, session, "")
		switch chance := r.IntN(100); {
		case bad && chance < 3:
		case bad && chance < 15:
			add(at+2*time.Second, process, history.Info, f, session, "connection lost")
		case chance < 4:
			add(at+latency, process, history.Fail, f, session, "gave up waiting")
		default:
			add(at+latency, process, history.OK, f, []any{session, int64(i)}, "")
		}
	}
	slices.SortStableFunc(ops, func(a, b history.Op) int { return int(a.Time - b.Time) })
	for i := range ops {
		ops[i].Index = i
	}
	return ops
}
