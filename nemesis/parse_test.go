package nemesis

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestParse holds the grammar and every sentence that a mistake gets.
func TestParse(t *testing.T) {
	datadriven.RunTest(t, "testdata/parse.txt", func(t *testing.T, d *datadriven.TestData) string {
		plan, err := ParsePlan("plan.txt", []byte(d.Input))
		switch {
		case err != nil:
			return err.Error() + "\n"
		case d.Cmd == "line":
			return plan.Line() + "\n"
		}
		return plan.String()
	})
}

func TestExamplesAreCanonical(t *testing.T) {
	for _, info := range Kinds() {
		plan := mustParse(t, info.Example)
		if got := plan.Line(); got != info.Example || plan[0].Fault.Kind != info.Kind {
			t.Errorf("%s: %q became %q", info.Kind, info.Example, got)
		}
	}
}

func TestCheckRefusesWhatTextCannotSay(t *testing.T) {
	good := Step{At: time.Second, For: time.Second, Fault: Fault{Kind: Crash, Target: "n1"}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Step){
		"unused field":  func(s *Step) { s.Fault.PPM = 3 },
		"unknown kind":  func(s *Step) { s.Fault.Kind = "burn" },
		"no time":       func(s *Step) { s.For = 0 },
		"negative time": func(s *Step) { s.At = -1 },
		"two steps":     func(s *Step) { s.Fault.Target = "n1; at 1s for 1s crash n2" },
		"comment":       func(s *Step) { s.Fault.Target = "n1#" },
		"no target":     func(s *Step) { s.Fault.Target = "" },
		"too far":       func(s *Step) { s.At = 1<<63 - 1 },
	} {
		bad := good
		spoil(&bad)
		if bad.Check() == nil {
			t.Errorf("%s: %+v passed", name, bad)
		}
	}
}

func TestDurationsRoundTrip(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 999, 1000, 1001, 1_000_001, 6_500_000_000, 90 * time.Second,
		durationMax, -2 * time.Second, -1, 1_000_000_007} {
		text := formatDuration(d)
		if back, err := parseDuration(text); err != nil || back != d {
			t.Errorf("%d ns became %q became %d, %v", d, text, back, err)
		}
		if back, err := time.ParseDuration(text); err != nil || back != d {
			t.Errorf("%q is not Go's: %v, %v", text, back, err)
		}
	}
}

// checkRoundTrip holds for every plan that came from the parser or the swarm.
func checkRoundTrip(t *testing.T, plan Plan) {
	t.Helper()
	for _, text := range []string{plan.String(), plan.Line()} {
		back, err := ParsePlan("again", []byte(text))
		if err != nil || !slices.Equal(back, plan) {
			t.Fatalf("%q came back as %q, %v", text, back.Line(), err)
		}
	}
	for _, s := range plan {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzParsePlan(f *testing.F) {
	for _, info := range Kinds() {
		f.Add([]byte(info.Example))
	}
	f.Add([]byte("at 1m30s for .5s partition one-way-in n1,leader with-clients # why\n;; at 0s jump all +1ns"))
	f.Add([]byte("at 99999999999999999999h for 1.0000000000000000001s loss 0.00001% all"))
	f.Add([]byte("at 1s for 2s crash {boot_A,no_sends_for_1s,leads_B_within_5s}B+20ms; at 1s jump {leads_A}follower 2s"))
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := ParsePlan("f", text)
		if err == nil {
			checkRoundTrip(t, plan)
			return
		}
		if !strings.HasPrefix(err.Error(), "f:") || plan != nil {
			t.Fatalf("%v, %v", plan, err)
		}
		if strings.Count(err.Error(), "\n") > 0 && !bytes.ContainsAny(text, "\n") {
			t.Fatalf("an error of several lines: %q", err)
		}
	})
}
