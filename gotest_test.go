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
