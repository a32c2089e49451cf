package system_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/antithesishq/antithesis-sdk-go/assert" // these are what the server of testdata imports
	_ "github.com/antithesishq/antithesis-sdk-go/lifecycle"
	_ "github.com/antithesishq/antithesis-sdk-go/random"

	"ordeal/guest/system"
	"ordeal/testbed"
)

var service = system.System{
	Name: "memory", Server: "./testdata/server", Client: "./testdata/client", Nodes: []int{2}, Length: 4 * time.Second,
	Workloads: []testbed.Workload{testbed.ModelWorkload("register")}, Faults: []string{"partition", "packet", "drift"},
	Variants: []string{"forgetful", "fragile", "wrong", "lost"},
}.MustService()

// line is a trial of one plan.
func line(plan, more string) string {
	return `memory/1 seed=3 workload=register nodes=2 length=3s rate=60 plan="` + plan + `" ` + more
}

const faults = "at 500ms for 500ms partition isolate n1; at 1.5s for 1s loss 20% all with-clients; " +
	"at 2s for 200ms crash c3"

// TestAGoodSystem is the same twice, and valid under faults of links and of a client's machine.
func TestAGoodSystem(t *testing.T) {
	first := testbed.Play(t, service, line(faults, "settings=by-chance"))
	again := testbed.Play(t, service, line(faults, "settings=by-chance"))
	if first.Outcome != "valid" || first.TraceHash != again.TraceHash || first.TraceHash == "" {
		t.Errorf("%s, with the hashes %s and %s:\n%s", first.Outcome, first.TraceHash, again.TraceHash, first.Text)
	}
	other := testbed.Play(t, service, line(faults, "settings=priorities-2"))
	if other.Outcome != "valid" || other.TraceHash == first.TraceHash {
		t.Errorf("by priorities: %s, %s:\n%s", other.Outcome, other.TraceHash, other.Text)
	}
}

// TestBadSystems: what a server does wrong is found, and how.
func TestBadSystems(t *testing.T) {
	for variant, want := range map[string][2]string{
		"forgetful": {"linearizable register", ""}, "fragile": {"servers", "panic: the twentieth write"},
		"wrong": {"invariants", "n1 asserts Always at "},
		"lost":  {"invariants", "n1 asserts Unreachable at "},
	} {
		got := testbed.Play(t, service, line("at 500ms for 500ms drift n2 +1000ppm", "settings="+variant+",in-turn"))
		if got.Outcome != "invalid" || got.Checker != want[0] || !strings.Contains(got.Text, want[1]) {
			t.Errorf("%s: %s by %q:\n%s", variant, got.Outcome, got.Checker, got.Text)
		}
	}
}

// TestAssertionsAreCounted: what the Antithesis SDK is told to come to is an item of coverage, whether it comes about
// or not.
func TestAssertionsAreCounted(t *testing.T) {
	got := testbed.Play(t, service, line("at 100ms for 100ms drift n2 +1000ppm", "settings=in-turn"))
	want := []string{"setup-complete", "event:first-write", "assert:more-than-five-writes",
		"assert:writes-are-counted-all-of-them"}
	for _, item := range want {
		if !slices.Contains(got.Covered, item) {
			t.Errorf("%s did not come about: %v", item, got.Covered)
		}
	}
	const never = "assert:fewer-writes-than-none"
	if slices.Contains(got.Covered, never) || !slices.Contains(service.Wanted, never) ||
		slices.Contains(service.Wanted, "event:first-write") || len(service.Items) != len(want)+1 {
		t.Errorf("there are the items %v, of which %v are wanted; %v came about", service.Items, service.Wanted, got.Covered)
	}
}

// TestTurnsThatAreLeftOut: a trial of a few turns, of which some operations are left out, has those that are left.
func TestTurnsThatAreLeftOut(t *testing.T) {
	got := testbed.Play(t, service, line("at 100ms for 100ms drift n2 +1000ppm",
		`ops="c1 1@0s 4[1]@200ms; c2 2@100ms" settings=in-turn recovery=skip`))
	if got.Outcome != "valid" || got.Operations < 3 || got.Operations > 5 {
		t.Errorf("%s, with %d operations:\n%s", got.Outcome, got.Operations, got.Text)
	}
}

func TestSettings(t *testing.T) {
	for settings, want := range map[string]string{
		"by-chance": "", "in-turn": "", "fragile,priorities-31": "", "fragile": "",
		"priorities-32": `"priorities-32" is no schedule`, "other": "and the variants forgetful, fragile",
	} {
		_, err := service.Parse(line("at 1s for 1s crash n1", "settings="+settings))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and not %q", settings, err, want)
		}
	}
}

// TestLiesAreSettings: a variant, a lie of the disks and a schedule may stand together, and nothing else.
func TestLiesAreSettings(t *testing.T) {
	for text, want := range map[string]bool{
		"no-sync": true, "forgetful,no-dir-sync,in-turn": true, "torn-rename,priorities-3": true, "no-syncs": false,
		"": false, "30/6/8192/300": false,
	} {
		if err := service.CheckSettings(text); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	got := service.SimplerSettings("forgetful,no-sync,by-chance")
	if len(got) != 1 || got[0] != "forgetful,no-sync,in-turn" {
		t.Errorf("simpler is %q", got)
	}
}
