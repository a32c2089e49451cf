package findings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

var toy = trialtest.Service(trialtest.Options{})

// stale is a finding as a campaign has it, of a seed and a size.
func stale(seed string, operations int) campaign.Finding {
	return campaign.Finding{Kind: campaign.FindingInvalid, Summary: play.Summary{
		Line:    "toy/1 seed=" + seed + " workload=register nodes=3 length=10s rate=50 faults=swarm",
		Outcome: play.Invalid, Checker: "linearizable register", Operations: operations,
		Reason:     "r" + seed + ": event 12 (process 1: write [1 2]) is before event " + seed + ", among 77 operations; x",
		Violations: []play.Violation{{Kind: "linearizable register"}}, Fired: map[string]int{"crash": 2, "clog": 1},
	}}
}

func open(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir, toy)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// campaignOf is a campaign at a commit that has the findings, and before which trials of known ones passed.
func campaignOf(t *testing.T, dir, commit string, passed []string, found ...campaign.Finding) *Folder {
	t.Helper()
	f := open(t, dir)
	for _, one := range found {
		kind, ok := f.Of(one)
		if !ok {
			t.Fatalf("%+v is no finding", one)
		}
		f.Found(kind, commit)
	}
	for _, id := range passed {
		f.Passed(id, commit)
	}
	if err := f.Write(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestAFindingsLife goes through all states, by campaigns at one commit after another.
func TestAFindingsLife(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "found")
	kind, _ := Of(toy, stale("5", 100))
	for _, c := range []struct {
		commit string
		found  []campaign.Finding
		passed bool
		state  State
		line   string // the seed of the smallest trial
		known  bool
		last   string
	}{
		{"aaa", []campaign.Finding{stale("5", 100), stale("6", 90)}, false, New, "seed=6 ", false, "aaa"},
		{"bbb", []campaign.Finding{stale("7", 95)}, false, Ongoing, "seed=6 ", true, "bbb"},
		{"ccc", nil, true, Resolved, "seed=6 ", true, "ccc"},
		{"ddd", nil, true, Resolved, "seed=6 ", false, "ccc"},
		{"eee", []campaign.Finding{stale("8", 10)}, false, Regressed, "seed=8 ", false, "eee"},
		{"fff", []campaign.Finding{stale("8", 10)}, true, Ongoing, "seed=8 ", true, "fff"},
		{"ggg", nil, false, Ongoing, "seed=8 ", true, "fff"},
	} {
		var passed []string
		if c.passed {
			passed = []string{kind.ID}
		}
		f := campaignOf(t, dir, c.commit, passed, c.found...)
		if f.Known(kind.ID) != c.known {
			t.Errorf("%s: known %v", c.commit, f.Known(kind.ID))
		}
		all := open(t, dir).All()
		if len(all) != 1 || all[0].State != c.state || !strings.Contains(all[0].Line, c.line) || all[0].First != "aaa" ||
			all[0].Last != c.last || all[0].Faults != 3 {
			t.Errorf("%s: %+v", c.commit, all)
		}
	}
}

// TestKindsAreToldByWhatAndHow: neither the seed nor names, numbers and values make another finding.
func TestKindsAreToldByWhatAndHow(t *testing.T) {
	id := func(f campaign.Finding) string {
		kind, ok := Of(toy, f)
		if !ok {
			t.Fatalf("%+v is no finding", f)
		}
		return kind.ID
	}
	base := id(stale("5", 100))
	if other := id(stale("77", 1)); other != base {
		t.Errorf("two seeds are %s and %s", base, other)
	}
	otherWay := stale("5", 100)
	otherWay.Summary.Reason = "r5: a read of a value that was never written; x"
	rule := stale("5", 100)
	rule.Summary.Violations = []play.Violation{{Kind: "invariants: one primary a view"}}
	panics := campaign.Finding{Kind: campaign.FindingPanic, Detail: "the worker ended with exit status 2\npanic: no 7 " +
		"such thing\n\ngoroutine 1", Summary: stale("5", 1).Summary}
	hang := campaign.Finding{Kind: campaign.FindingHang, Detail: "no end after 2m0s", Summary: stale("5", 1).Summary}
	ids := []string{base, id(otherWay), id(rule), id(panics), id(hang)}
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("different findings have one ID: %q", ids)
	}
	if kind, _ := Of(toy, panics); kind.Rule() != "panic: no such thing" || !strings.HasPrefix(kind.ID, "panic-") {
		t.Errorf("%+v", kind)
	}
	if kind, _ := Of(toy, stale("5", 1)); kind.How != "event is before event" {
		t.Errorf("how: %q", kind.How)
	}
	if _, ok := Of(toy, campaign.Finding{Kind: campaign.FindingUnknown}); ok {
		t.Error("what is unknown is remembered")
	}
}

// TestResolvedAreFirst: what comes back is to be seen at once. What can't be played is not among them.
func TestResolvedAreFirst(t *testing.T) {
	dir := t.TempDir()
	a, b := stale("5", 1), stale("6", 1)
	a.Summary.Violations = []play.Violation{{Kind: "invariants: a"}}
	b.Summary.Violations = []play.Violation{{Kind: "invariants: b"}}
	old := stale("7", 1)
	old.Summary.Violations = []play.Violation{{Kind: "invariants: c"}}
	old.Summary.Line = "toy/0 seed=1"
	kind, _ := Of(toy, b)
	campaignOf(t, dir, "aaa", nil, a, b, old)
	campaignOf(t, dir, "bbb", []string{kind.ID})
	first := open(t, dir).First()
	if len(first) != 2 || first[0].What != "invariants: b" || first[1].What != "invariants: a" {
		t.Errorf("%+v", first)
	}
	if f := campaignOf(t, dir, "ccc", []string{first[1].ID}); !slices.Equal(f.Resolved(), []string{first[1].ID}) {
		t.Errorf("resolved by this campaign: %q", f.Resolved())
	}
	again := old
	again.Summary.Line = strings.Replace(b.Summary.Line, "seed=6", "seed=99", 1)
	again.Summary.Operations = 1000
	campaignOf(t, dir, "ddd", nil, again)
	if all := open(t, dir).All(); !slices.ContainsFunc(all, func(f Finding) bool {
		return f.What == "invariants: c" && strings.Contains(f.Line, "seed=99")
	}) {
		t.Errorf("a line that can't be played any more was kept: %+v", all)
	}
}

// TestBadFoldersAreRefused: the message says where, and no file changes.
func TestBadFoldersAreRefused(t *testing.T) {
	dir := t.TempDir()
	campaignOf(t, dir, "aaa", nil, stale("5", 100))
	names, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	good, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, with string) string { return strings.Replace(string(good), old, with, 1) }
	for want, text := range map[string]string{
		"is of a newer version": change(`"format": 1`, `"format": 2`),
		":9:1: git left a conflict here": change(`  "first"`, "<<<<<<< ours\n  \"first\": \"x\",\n=======\n  \"first\": "+
			"\"y\",\n>>>>>>> theirs\n  \"first\""),
		":11:3: \"last\" stands here a second time": change(`  "last": "aaa",`, "  \"last\": \"aaa\",\n  \"last\": "+
			"\"bbb\","),
		":10:3: invalid character":                    change(`"first": "aaa",`, `"first": "aaa"`),
		":8:3: \"lost\" is no state":                  change(`"state": "new"`, `"state": "lost"`),
		":9:3: \"second\" is no field of a finding":   change(`"first"`, `"second"`),
		":14:2: \"last\" is missing":                  change("  \"last\": \"aaa\",\n", ""),
		":13:23: operations is no place for a string": change(`"operations": 100`, `"operations": "many"`),
		"is not the id of what this is about":         change(`"how": "event`, `"how": "an event`),
		":1:1: a finding is one object":               "[]",
		":1:1: EOF":                                   "",
	} {
		if err := os.WriteFile(names[0], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, toy)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), names[0]) {
			t.Errorf("%v\nand not %s", err, want)
		}
		if after, _ := os.ReadFile(names[0]); string(after) != text {
			t.Errorf("%s: the file was changed", want)
		}
	}
	if err := os.WriteFile(names[0], good, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(names[0], filepath.Join(dir, "other.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, toy); err == nil || !strings.Contains(err.Error(), "belongs into "+filepath.Base(names[0])) {
		t.Errorf("a file of another's name: %v", err)
	}
}

// TestAShrunkTrialIsTakenOver: of a finding that is there the smaller trial is kept, and nothing else changes.
func TestAShrunkTrialIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	campaignOf(t, dir, "aaa", nil, stale("5", 100))
	f := open(t, dir)
	before := f.All()[0]
	small, _ := f.Of(stale("6", 7))
	large, _ := f.Of(stale("7", 200))
	other := small
	other.ID = "panic-12345678"
	if f.Shrunk(large) || f.Shrunk(other) || !f.Shrunk(small) || f.Shrunk(small) {
		t.Error("what is larger, or of another finding, or the same again was taken over, or what is smaller was not")
	}
	if err := f.Write(); err != nil {
		t.Fatal(err)
	}
	want := before
	want.Line, want.Reason, want.Operations, want.Faults = small.Line, small.Reason, small.Operations, small.Faults
	if all := open(t, dir).All(); len(all) != 1 || all[0] != want || all[0].State != New || all[0].Last != "aaa" {
		t.Errorf("%+v\nand before\n%+v", all, before)
	}
}

// TestARealFindingIsTheSameInTwoCampaigns: of a service that is wrong, two intervals of seeds show the same few kinds.
func TestARealFindingIsTheSameInTwoCampaigns(t *testing.T) {
	dir := t.TempDir()
	wrong := trialtest.Service(trialtest.Options{StaleReads: true})
	seeds := wrong.Campaign("", "partition", "crash")
	seeds.Template.Length, seeds.Template.Rate = 10*time.Second, 50
	kinds := func(first, last uint64) int {
		f := open(t, dir)
		report, err := campaign.Campaign{
			Service: wrong, Jobs: 1, NewWorker: func() (campaign.Worker, error) { return campaign.InProcess(wrong, nil), nil },
			Trials: func(yield func(trial.Trial) bool) {
				for seed := first; seed <= last && yield(seeds.Trial(seed)); seed++ {
				}
			},
		}.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range report.Findings {
			if kind, ok := f.Of(one); ok {
				f.Found(kind, "abc")
			}
		}
		if err := f.Write(); err != nil {
			t.Fatal(err)
		}
		return len(f.All())
	}
	if first, both := kinds(1, 20), kinds(1001, 1020); first == 0 || first > 4 || both > first+1 {
		t.Errorf("%d kinds in one campaign, and %d in two", first, both)
	}
}
