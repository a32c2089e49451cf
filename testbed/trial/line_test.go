package trial_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
)

// parse reads a trial line of the coordination service.
func parse(line string) (trial.Trial, error) { return coordination.Service().Parse(line) }

func TestLineRoundTrip(t *testing.T) {
	plan, err := trial.ParsePlan("plan", []byte("at 2s for 3s crash leader; at 6s jump n3 -2s"))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []trial.Trial{
		{Seed: 7, Workload: "lock", Nodes: 3, Faults: []string{"swarm"}, Length: time.Minute, Rate: 100},
		{Seed: 1<<64 - 1, Workload: "queue", Nodes: 1, Faults: []string{"none"}, Length: 1500 * time.Millisecond, Rate: 1},
		{Workload: "register", Nodes: 5, Plan: plan, Length: time.Minute, Rate: 100},
		{Workload: "tree", Nodes: 3, Plan: plan, Length: time.Minute, Rate: 100, Policy: "merciless"},
		{Workload: "register", Nodes: 5, Plan: plan[:0], Length: time.Minute, Rate: 100},
	} {
		one.Service = coordination.Service()
		back, err := parse(one.Line())
		if err != nil || back.Line() != one.Line() {
			t.Errorf("%s came back as %s, %v", one.Line(), back.Line(), err)
		}
	}
}

func TestLineErrors(t *testing.T) {
	const good = "ordeal/2 seed=1 workload=lock nodes=3 faults=swarm"
	if _, err := parse(good); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"":                                "it is empty",
		"seed=1":                          `column 1: it begins with "seed=1", not with ordeal/2`,
		"ordeal/0\"\n\" seed=1":           `column 1: there is a control character in "ordeal/0`,
		"ordeal/2 seed=1 plan=\"\n\"":     `column 17: there is a control character in "plan=`,
		"ordeal/1 seed=1":                 "it is of version 1, and this is version 2",
		"ordeal/2 workload=lock nodes=3":  "seed= is missing",
		good + " seed=2":                  "column 52: seed= stands twice",
		good + " colour=red":              "column 52: colour= is not known",
		good + " what":                    `column 52: "what" is not name=value`,
		good + ` plan="at 1s jump n1 1s"`: "either faults= or plan=",
		good + ` plan="at`:                "column 52: a double quote is not closed",
		good + " length=soon":             "column 52: length=soon is not a duration",
		good + " length=1ms":              "a length of 1ms",
		good + " rate=0":                  "a rate of 0",
		good + " bug=bugNone":             `bug "bugNone" is not known`,
		"ordeal/2 seed=-1 workload=lock":  "column 10: seed=-1 is not a number",
		"ordeal/2 seed=1 workload=x nodes=3 faults=none":                                  `workload "x" is not known`,
		"ordeal/2 seed=1 workload=lock nodes=0 faults=none":                               "0 nodes",
		"ordeal/2 seed=1 workload=lock nodes=3 faults=rain":                               "rain",
		`ordeal/2 seed=1 workload=lock nodes=3 plan="at 1s for 2s rain all"`:              "plan:1:14",
		`ordeal/2 seed=1 workload=lock nodes=3 plan="at 1s for 2s failpoint here leader"`: `failpoint "here" is not known`,
		`ordeal/2 seed=1 workload=lock nodes=3 plan="at 1s for 2s crash leeder"`:          `unknown target "leeder": did you mean leader?`,
		`ordeal/2 seed=1 workload=lock nodes=3 plan="at 1s for 2s crash n1,n4"`: "the plan names n4: there are " +
			"servers n1 to n3 and clients c1 to c10",
		`ordeal/2 seed=1 workload=lock nodes=3 plan="at 1s for 2s pause c11"`: "the plan names c11",
		good + " policy=mild": `column 52: unknown policy "mild"`,
	} {
		_, err := parse(line)
		if err == nil || !strings.HasPrefix(err.Error(), "trial line: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", line, err, want)
		}
	}
}

func TestPlainBuildRefusesBugs(t *testing.T) {
	if coordination.Service().Marked {
		t.Skip("this build has the marks")
	}
	for _, b := range coordination.Service().Bugs {
		_, err := parse("ordeal/2 seed=1 workload=lock nodes=3 faults=none bug=" + b.Name)
		if !errors.Is(err, trial.ErrUnmarked) {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
}

func FuzzParseTrial(f *testing.F) {
	f.Add(`ordeal/2 seed=1 workload=lock nodes=3 length=60s rate=5 plan="at 1s for 2s crash leader" bug=bugStaleSync`)
	f.Fuzz(func(t *testing.T, line string) {
		one, err := parse(line)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is more than a line: %q", err)
			}
			return
		}
		again, err := parse(one.Line())
		if err != nil || again.Line() != one.Line() {
			t.Errorf("%q is %q, and that is %q, %v", line, one.Line(), again.Line(), err)
		}
	})
}
