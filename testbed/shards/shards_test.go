package shards

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

var toy = trialtest.Service(trialtest.Options{})

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestWhichShard(t *testing.T) {
	none := environment()
	for text, c := range map[string]struct {
		of   func(string) string
		want Shard
	}{
		"3/8": {none, Shard{3, 8}}, "1/1": {none, Shard{1, 1}},
		"auto":  {environment("CI_NODE_INDEX", "2", "CI_NODE_TOTAL", "5"), Shard{2, 5}},
		"auto ": {none, Shard{}}, "0/8": {none, Shard{}}, "9/8": {none, Shard{}}, "3": {none, Shard{}}, "a/b": {none,
			Shard{}},
		"1/1000001": {none, Shard{}},
	} {
		if got, err := Parse(text, c.of); got != c.want || (err == nil) != (c.want.Of > 0) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if got, err := Parse(auto, environment("JOB_COMPLETION_INDEX", "0", "JOB_COMPLETIONS", "8")); got != (Shard{1, 8}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []func(string) string{none, environment("JOB_COMPLETION_INDEX", "0"),
		environment("CI_NODE_INDEX", "6", "CI_NODE_TOTAL", "5")} {
		if got, err := Parse(auto, bad); err == nil {
			t.Errorf("it is %v", got)
		}
	}
}

// TestEveryTrialIsSomeones: the shards have all trials between them, and none twice.
func TestEveryTrialIsSomeones(t *testing.T) {
	for _, of := range []int{1, 2, 7, 8} {
		for trials := range uint64(20) {
			sum := uint64(0)
			for i := 1; i <= of; i++ {
				sum += Shard{i, of}.Own(trials)
			}
			if sum != trials {
				t.Errorf("%d shards have %d of %d trials", of, sum, trials)
			}
		}
	}
}

// result is what a shard of so many hands on.
func result(index, of int) Result {
	name := fmt.Sprintf("register-n3-seed%d", index)
	found := campaign.Finding{Kind: campaign.FindingInvalid, Summary: play.Summary{
		Line: fmt.Sprintf("toy/1 seed=%d workload=register nodes=3 length=10s rate=50 faults=swarm", 100-index),
		Dir:  filepath.Join("elsewhere", name), Outcome: play.Invalid, Reason: strings.Repeat("why ", 100),
	}}
	return Result{
		Shard: Shard{index, of}, Trials: 1000, Played: 1000, Again: []Again{{fmt.Sprint("a", index), Same}},
		Campaign: Campaign{
			Service: "toy", Line: 1, Build: "abc", Command: "toy run", First: 1, Last: uint64(1000 * of),
			Template:  "toy/1 seed=0 workload=register nodes=3 length=10s rate=50 faults=swarm",
			Workloads: []string{"register"}, Nodes: []int{3}, Require: "usual",
		},
		Report: campaign.Report{
			Tally:    campaign.Tally{Trials: 1000, Valid: 999, Invalid: 1, Findings: 1, Virtual: time.Hour},
			Findings: []campaign.Finding{found}, Kept: []play.Summary{found.Summary},
			Fired: map[string]int{"crash": index}, Covered: map[string]int{"fault:crash": 500},
			ByWorkload: map[string]campaign.Tally{"register": {Trials: 1000, Valid: 999, Invalid: 1}},
		},
	}
}

// written writes shards into folders and returns these.
func written(t testing.TB, results ...Result) (dirs []string) {
	t.Helper()
	top := t.TempDir()
	for i, r := range results {
		dir := filepath.Join(top, fmt.Sprint(i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := r.Write(func(name string, data []byte) error {
			return os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

// folders are folders on this machine.
func folders(paths []string) (list []Folder) {
	for _, path := range paths {
		list = append(list, Folder{path, path})
	}
	return list
}

func TestMerge(t *testing.T) {
	dirs := written(t, result(2, 3), result(3, 3), result(1, 3))
	m, err := Merge(folders(dirs), toy, false)
	if err != nil {
		t.Fatal(err)
	}
	r := m.Report
	if r.Tally.Trials != 3000 || r.Tally.Invalid != 3 || r.Fired["crash"] != 6 || r.Covered["fault:crash"] != 1500 ||
		r.ByWorkload["register"].Valid != 2997 || r.Tally.Virtual != 3*time.Hour || len(m.Again) != 3 ||
		m.Again[0].ID != "a1" || m.Shards[0].Index != 1 || m.Missed {
		t.Errorf("%+v", m)
	}
	if len(r.Findings) != 3 || !strings.Contains(r.Findings[0].Summary.Line, "seed=97 ") ||
		r.Findings[2].Summary.Dir != dirs[2]+"/register-n3-seed1" {
		t.Errorf("%+v", r.Findings)
	}
	seeds, err := m.Campaign.Seeds(toy)
	if err != nil || seeds.Trial(7).Line() != "toy/1 seed=7 workload=register nodes=3 length=10s rate=50 faults=swarm" {
		t.Errorf("%+v, %v", seeds, err)
	}
}

// TestMergeSaysWhich: what does not belong together is refused, and the message names it.
func TestMergeSaysWhich(t *testing.T) {
	with := func(index int, change func(*Result)) Result {
		r := result(index, 3)
		change(&r)
		return r
	}
	for want, results := range map[string][]Result{
		"shard 2 of 3 is missing":                {result(1, 3), result(3, 3)},
		"shards 1 and 3 of 3 are missing":        {result(2, 3)},
		"overlap: both are shard 2 of 3":         {result(1, 3), result(2, 3), result(2, 3)},
		"of different builds, \"abc\" and \"d\"": {result(1, 3), with(2, func(r *Result) { r.Campaign.Build = "d" })},
		"of different versions":                  {result(1, 3), with(2, func(r *Result) { r.Campaign.Line = 2 })},
		"told different things":                  {result(1, 3), with(2, func(r *Result) { r.Campaign.Command = "x" })},
		"of different seeds":                     {result(1, 3), with(2, func(r *Result) { r.Campaign.First = 2 })},
		"different numbers of shards":            {result(1, 3), result(2, 4)},
		"shard 3 of 3 has played 7 of its 1000 trials (budget)": {result(1, 3), result(2, 3), with(3, func(r *Result) {
			r.Played, r.Ended = 7, EndedByBudget
		})},
		"shard 1 of 3 was interrupted": {with(1, func(r *Result) { r.Ended = EndedFromAbove }), result(2, 3), result(3, 3)},
		"no shards":                    nil,
	} {
		if _, err := Merge(folders(written(t, results...)), toy, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nand not %s", err, want)
		}
	}
	found := with(3, func(r *Result) { r.Played, r.Ended = 7, EndedByFindings })
	if _, err := Merge(folders(written(t, result(1, 3), result(2, 3), found)), toy, false); err != nil {
		t.Errorf("a shard that ended since it had found enough: %v", err)
	}
	some := written(t, result(1, 3), with(3, func(r *Result) { r.Played, r.Canary = 7, CanaryMissed }))
	m, err := Merge(folders(some), toy, true)
	if err != nil || len(m.Lacks) != 2 || m.Report.Tally.Trials != 2000 || !m.Missed {
		t.Errorf("a partial merge: %+v, %v", m.Lacks, err)
	}
	if _, err := Merge(folders(written(t, result(1, 3), result(1, 3))), toy, true); err == nil {
		t.Error("shards that overlap were put together")
	}
}

func TestBadShardsAreRefused(t *testing.T) {
	dir := written(t, result(1, 1))[0]
	good, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"is of format 7":         strings.Replace(string(good), `"format": 1`, `"format": 7`, 1),
		"is of the service":      strings.Replace(string(good), `"service": "toy"`, `"service": "sea"`, 1),
		"unexpected end of JSON": string(good[:len(good)/2]),
		"of 1 shards":            strings.Replace(string(good), `"index": 1`, `"index": 9`, 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Merge(folders([]string{dir}), toy, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, and not %s", err, want)
		}
	}
	if _, err := Merge(folders([]string{t.TempDir()}), toy, false); err == nil || !strings.Contains(err.Error(),
		"has no shard.json") {
		t.Errorf("%v", err)
	}
}
