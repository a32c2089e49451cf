package reports

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"ordeal/reports/hdr"
)

// small is a trial that a page of text can hold.
func small(t *testing.T) Trial {
	ops := events(t, `
		100 0 invoke acquire
		103 0 ok acquire
		110 1 invoke acquire
		2000 -1 info partition
		2110 1 info acquire
		2300 2 invoke acquire
		2304 2 ok acquire
		2400 0 invoke release
		2500 3 invoke acquire
		2510 0 fail release`)
	for i := range ops {
		ops[i].Key = "lock1"
	}
	ops[1].Value, ops[6].Value = []any{"0x1a", int64(42)}, []any{"0x2b", int64(57)}
	ops[4].Error = "connection lost"
	return Trial{
		Line: "lock seed=7 nodes=3 for=3s", Title: "lock seed=7", Workload: "lock", Model: "lock",
		Replay: "ordeal replay 'lock seed=7 nodes=3 for=3s'", Plan: "at 1s for 1s partition isolate leader",
		Length: 3 * time.Second, Ops: ops,
		Faults: []Fault{
			{
				Family: "partition", Kind: "partition", Label: "n1 | n2 n3", Color: "#E9DCA0",
				From: time.Second, To: 2 * time.Second,
			},
			{
				Family: "pause", Kind: "pause", Label: "leader", From: 2 * time.Second, To: -1,
				Skipped: "there was no leader",
			},
		},
		Leaders: []LeaderSpan{
			{"n1", 2, 50 * time.Millisecond, 1500 * time.Millisecond}, {"n3", 3, 1200 * time.Millisecond, -1},
		},
		Verdicts: []Verdict{
			{Name: "liveness", Outcome: Valid, Measures: []Measure{{"last heal to first ok", 304_000_000, "ns"}}},
			{
				Name: "exclusion", Outcome: Invalid, Reason: "lock1 was held by 0x1a and 0x2b at once",
				Details: []string{"0x1a never released"}, Evidence: ops[1:8:8],
			},
			{Name: "linearizability", Reason: "the budget of 1000 steps ran out"},
		},
		Trace: Trace{Hash: "00c0ffee", Events: 12345,
			Counts: []Measure{{"messages", 801, ""}, {"synced", 4096, "bytes"}}},
	}
}

// small's text, JSON and files, and the hashes of its plots, are in testdata. Run with -rewrite to make them anew.
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			trial := small(t)
			switch d.Cmd {
			case "text":
				return Text(trial)
			case "file":
				return writtenFile(t, trial, d.CmdArgs[0].Key)
			case "plot-hashes":
				out := ""
				for _, p := range plots {
					out += fmt.Sprintf("%x %s\n", sha256.Sum256([]byte(drawn(t, p.plot, trial))), p.name)
				}
				return out
			}
			d.Fatalf(t, "there is no command %s", d.Cmd)
			return ""
		})
	})
}

func smallCampaign(trial Trial) Campaign {
	return Campaign{
		Title: "a small campaign", Line: "ordeal campaign --trials 1204",
		Totals: []Total{
			{Workload: "lock", Valid: 590, Invalid: 1, Unknown: 11, Operations: 1_203_000},
			{Workload: "queue", Valid: 602, Operations: 903_000},
		},
		Kept: []Kept{
			{Workload: "queue", Line: "queue seed=9", Outcome: Valid, Folder: "queue-9"},
			{
				Workload: "lock", Line: trial.Line, Replay: trial.Replay,
				Outcome: Invalid, Reason: trial.Reason(), Folder: "lock-7",
			},
		},
		Coverage: []Coverage{
			{Kind: "partition", Fired: 2021, Skipped: 3, Reasons: []Reason{{"there was no leader", 3}}},
			{Kind: "crash-in-sync", Skipped: 1, Reasons: []Reason{{"n2 was down already", 1}}},
		},
		Items: []Item{
			{"two-leaders", "a leader was elected while a deposed one still believed in itself", 271, true},
			{"fault:wipe", "the fault wipe happened", 0, false},
			{"down-in-joint", "a server went down while the ensemble had two majorities", 0, true},
		},
		Recoveries: []KindRecovery{{"partition", waits(300, 2), waits(4, 1)}, {"crash-in-sync", waits(5, 1), nil}},
		Unknowns:   []Reason{{"linearizability: the budget of 1000 steps ran out", 10}, {"nothing succeeded", 1}},
	}
}

// waits is a histogram of a hundred waits, from some milliseconds up to a hundred times as long.
func waits(ms, step int) *hdr.Histogram {
	var h hdr.Histogram
	for i := range 100 {
		h.Add(time.Duration(ms+ms*i*step) * time.Millisecond)
	}
	return &h
}

func writtenFile(t *testing.T, trial Trial, name string) string {
	found := ""
	err := WriteTrial(func(n string, data []byte) error {
		if n == name {
			found = string(data)
		}
		return nil
	}, trial)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
