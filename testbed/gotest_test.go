package testbed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/coordination"
	"ordeal/testbed/trialtest"
)

// short is a trial that takes a fraction of a second.
func short() Trial {
	return Trial{Service: coordination.Service(), Nodes: 3, Faults: []string{"swarm"}, Length: 20 * time.Second, Rate: 100}
}

// fakeTB takes what Play and Regression have to say.
type fakeTB struct{ said []string }

func (f *fakeTB) Helper()                         {}
func (f *fakeTB) Logf(format string, args ...any) {}
func (f *fakeTB) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) { f.Errorf(format, args...) }

func TestWithinGoTests(t *testing.T) {
	Test(t, Seeds{Template: short(), Workloads: []string{"register", "lock"}, Nodes: []int{3}}, 1, 4)
}

func TestFindAndPlay(t *testing.T) {
	wrong := trialtest.Service(trialtest.Options{StaleReads: true})
	wrong.Length = 20 * time.Second
	found, ok := Find(t, wrong.Campaign("", "swarm"), 1, 50)
	if !ok || found.Outcome != "invalid" {
		t.Fatalf("no trial of a service with stale reads fails; the last is %s: %s", found.Outcome, found.Line)
	}
	if again := Play(t, wrong, found.Line); !again.Same(found) {
		t.Errorf("played again: %s", again.Difference(found))
	}
	sound := trialtest.Service(trialtest.Options{})
	last, ok := Find(t, sound.Campaign("", "none"), 6, 7)
	if ok || last.Outcome != "valid" || !strings.HasPrefix(last.Line, "toy/1 seed=7 ") {
		t.Errorf("of a sound service %v is found; the last trial is %s: %s", ok, last.Outcome, last.Line)
	}
	var fake fakeTB
	Play(&fake, sound, "toy/2 seed=1")
	if len(fake.said) != 1 {
		t.Errorf("of a line that can't be played it said %q", fake.said)
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
