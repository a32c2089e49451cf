package ordeal

import (
	"fmt"
	"strings"
	"testing"
)

// fakeTB takes what Test has to say.
type fakeTB struct{ said []string }

func (f *fakeTB) Helper()                         {}
func (f *fakeTB) Logf(format string, args ...any) {}
func (f *fakeTB) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) { f.Errorf(format, args...) }

func TestWithinGoTests(t *testing.T) {
	sweep := Sweep{Template: short(0, ""), Workloads: []string{"register", "lock"}, Nodes: []int{3}}
	Test(t, sweep, 1, 4)

	var fake fakeTB
	unhappened := sweep
	var err error
	if unhappened.Template.Plan, err = ParsePlan("plan", []byte("at 1h for 1s crash n1")); err != nil {
		t.Fatal(err)
	}
	Test(&fake, unhappened, 1, 1)
	if len(fake.said) != 1 || !strings.Contains(fake.said[0], "ordeal/1 seed=1 workload=lock") {
		t.Errorf("a trial that is unknown was told as %q", fake.said)
	}
	fake = fakeTB{}
	Test(&fake, Sweep{Template: short(0, ""), Workloads: []string{"dance"}, Nodes: []int{3}}, 1, 1)
	if len(fake.said) != 1 || !strings.Contains(fake.said[0], `"dance"`) {
		t.Errorf("a sweep that can't be played was told as %q", fake.said)
	}
}

func TestRegression(t *testing.T) {
	const line = "ordeal/1 seed=1 workload=register nodes=3 length=2s rate=20 "
	Regression(t, line+"faults=none")
	Regression(t, line+`plan="" ops="" recovery=skip`)
	for _, c := range []struct{ line, want string }{
		{line + `plan="at 0s for 1ms crash leader"`, "the trial is about nothing any more"},
		{line + "faults=rain", `unknown fault or family "rain"`},
	} {
		var fake fakeTB
		Regression(&fake, c.line)
		if len(fake.said) != 1 || !strings.Contains(fake.said[0], c.want) {
			t.Errorf("%s: it said %q", c.line, fake.said)
		}
	}
	planted := line + "faults=none bug=bugStaleSync"
	if got := withoutPlanted(planted); Marked() == strings.HasSuffix(got, "faults=none") {
		t.Errorf("a line with a planted bug became %s", got)
	}
}

func TestEmittedSource(t *testing.T) {
	trial, err := ParseTrial("ordeal/1 seed=1 workload=register nodes=3 length=2s rate=20 faults=none")
	if err != nil {
		t.Fatal(err)
	}
	source, err := Emitted{Package: "shop_test", Trial: trial, Kind: "invariants: one leader a term",
		Reason: strings.Repeat("many words of an endless reason ", 200)}.Source()
	if err != nil {
		t.Fatal(err)
	}
	text := string(source)
	if !strings.HasPrefix(text, "package shop_test\n") || !strings.Contains(text, "func TestRegisterNodes3Seed1(t *testing.T) {\n\tordeal.Regression(t, `"+trial.Line()+"`)\n}\n") ||
		strings.Count(text, "\n") >= 50 {
		t.Errorf("it is\n%s", text)
	}
}
