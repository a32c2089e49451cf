package testbed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
)

// short is a trial that takes a fraction of a second.
func short() Trial {
	return Trial{Service: coordination.Service(), Nodes: 3, Faults: []string{"swarm"}, Length: 20 * time.Second, Rate: 100}
}

// fakeTB takes what Test has to say.
type fakeTB struct{ said []string }

func (f *fakeTB) Helper()                         {}
func (f *fakeTB) Logf(format string, args ...any) {}
func (f *fakeTB) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) { f.Errorf(format, args...) }

func TestWithinGoTests(t *testing.T) {
	seeds := Seeds{Template: short(), Workloads: []string{"register", "lock"}, Nodes: []int{3}}
	Test(t, seeds, 1, 4)

	var fake fakeTB
	unhappened := seeds
	var err error
	if unhappened.Template.Plan, err = trial.ParsePlan("plan", []byte("at 1h for 1s crash n1")); err != nil {
		t.Fatal(err)
	}
	Test(&fake, unhappened, 1, 1)
	if len(fake.said) != 1 || !strings.Contains(fake.said[0], "ordeal/2 seed=1 workload=lock") {
		t.Errorf("a trial that is unknown was reported as %q", fake.said)
	}
	fake = fakeTB{}
	Test(&fake, Seeds{Template: short(), Workloads: []string{"dance"}, Nodes: []int{3}}, 1, 1)
	if len(fake.said) != 1 || !strings.Contains(fake.said[0], `"dance"`) {
		t.Errorf("a sweep that can't be played was reported as %q", fake.said)
	}
}

func TestRegression(t *testing.T) {
	const line = "ordeal/2 seed=1 workload=register nodes=3 length=2s rate=20 "
	Regression(t, coordination.Service(), line+"faults=none")
	Regression(t, coordination.Service(), line+`plan="" ops="" recovery=skip`)
	for _, c := range []struct{ line, want string }{
		{line + `plan="at 0s for 1ms crash leader"`, "the trial is about nothing any more"},
		{line + "faults=rain", `unknown fault or family "rain"`},
	} {
		var fake fakeTB
		Regression(&fake, coordination.Service(), c.line)
		if len(fake.said) != 1 || !strings.Contains(fake.said[0], c.want) {
			t.Errorf("%s: it said %q", c.line, fake.said)
		}
	}
	planted := line + "faults=none bug=bugStaleSync"
	if got := withoutPlanted(coordination.Service(), planted); coordination.Service().Marked == strings.HasSuffix(got,
		"faults=none") {
		t.Errorf("a line with a planted bug became %s", got)
	}
}
