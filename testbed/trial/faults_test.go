package trial_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

// store is a service of which no more is said than there has to be.
func store() *trial.Service {
	return &trial.Service{
		Name: "store", Version: 1,
		Workloads: []trial.Workload{{Name: "register", Judge: func(history.History) []checker.Verdict { return nil }}},
	}
}

func TestTheSwarmAsksForNothingThatIsNotThere(t *testing.T) {
	bare, snapshots := store(), store()
	snapshots.Asks = []nemesis.Kind{nemesis.Snapshot}
	asked := map[nemesis.Kind]int{}
	for seed := range uint64(300) {
		for _, s := range bare.Campaign("", "swarm").Trial(seed).DrawPlan() {
			if s.Fault.Kind.Asks() || slices.Contains(nemesis.ToldRoles(), string(s.Fault.Target)) {
				t.Fatalf("seed %d: a service without an operator is to %s", seed, s)
			}
		}
		for _, s := range snapshots.Campaign("", "swarm").Trial(seed).DrawPlan() {
			if s.Fault.Kind.Asks() {
				asked[s.Fault.Kind]++
			}
		}
	}
	if len(asked) != 1 || asked[nemesis.Snapshot] == 0 {
		t.Errorf("a service that saves snapshots was asked for %v", asked)
	}
}

func TestATrialOfFaultsThatDoNothingIsRefused(t *testing.T) {
	plan := func(text string) nemesis.Plan {
		p, err := trial.ParsePlan("plan", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, tt := range []struct {
		faults string
		plan   string
		want   string
	}{
		{faults: "swarm"},
		{faults: "none"},
		{faults: "service", want: "faults: store can't be asked for service"},
		{faults: "crash,add", want: "faults: store can't be asked for add"},
		{faults: "failpoint", want: "faults: store can't be asked for failpoint"},
		{plan: "at 2s for 3s crash one"},
		{
			plan: "at 2s for 3s crash one; at 3s transfer follower",
			want: "the plan has the fault transfer, which store can't be asked for",
		},
	} {
		one := store().Campaign("").Trial(1)
		if tt.plan != "" {
			one.Plan = plan(tt.plan)
		} else {
			one.Faults = strings.Split(tt.faults, ",")
		}
		got := ""
		if err := one.Check(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("faults %q, plan %q: %q, want %q", tt.faults, tt.plan, got, tt.want)
		}
	}
}

func TestModelWorkload(t *testing.T) {
	read := func(value int64) history.History {
		r := history.NewRecorder(func() time.Duration { return 0 })
		r.Invoke(0, "write", "x", int64(1))
		r.OK(0, "write", "x", int64(1))
		r.Invoke(0, "read", "x", nil)
		r.OK(0, "read", "x", value)
		return r.Ops()
	}
	w := trial.ModelWorkload("register")
	for value, want := range map[int64]checker.Outcome{1: checker.Valid, 2: checker.Invalid} {
		verdicts := w.Judge(read(value))
		if len(verdicts) < 2 || w.Name != "register" {
			t.Fatalf("%s has %d verdicts: every checker has one of its own", w.Name, len(verdicts))
		}
		if v := checker.Compose("all", verdicts...); v.Outcome != want {
			t.Errorf("a read of %d is %v", value, v.Outcome)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("there is no model coffee")
		}
	}()
	trial.ModelWorkload("coffee")
}
