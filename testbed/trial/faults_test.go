package trial_test

import (
	"errors"
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

func TestTheSwarmIsWhatTheServiceIsToStand(t *testing.T) {
	for _, tt := range []struct {
		service, faults string
		want            []string // families
	}{
		{"", "swarm", []string{"clock", "crash", "disk", "packet", "partition", "pause"}},
		{"swarm", "swarm", []string{"clock", "crash", "disk", "packet", "partition", "pause"}},
		{"delay,pause", "swarm", []string{"packet", "pause"}},
		{"delay,pause", "clock,swarm", []string{"clock", "packet", "pause"}},
		{"delay,pause", "crash", []string{"crash"}},
		{"none", "swarm", nil},
	} {
		s := store()
		if tt.service != "" {
			s.Faults = strings.Split(tt.service, ",")
		}
		var got []string
		for seed := range uint64(200) {
			one := s.Campaign("", strings.Split(tt.faults, ",")...).Trial(seed)
			if err := one.Check(); err != nil {
				t.Fatal(err)
			}
			for _, step := range one.DrawPlan() {
				info, _ := step.Fault.Kind.Info()
				got = append(got, info.Family)
			}
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, tt.want) {
			t.Errorf("of %s a service that is to stand %q has %v, want %v", tt.faults, tt.service, got, tt.want)
		}
	}
}

func TestAServiceThatIsToStandWhatIsNotThere(t *testing.T) {
	for faults, want := range map[string]string{
		"packets": `what swarm stands for, by Service.Faults of store: faults: unknown fault or family "packets"`,
		"add":     "faults: store can't be asked for add",
	} {
		s := store()
		s.Faults = []string{faults}
		if err := s.Campaign("", "swarm").Trial(1).Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", faults, err, want)
		}
	}
}

func TestSettingsAreThoseOfTheService(t *testing.T) {
	check := func(settings string) error {
		if settings != "rate:5" {
			return errors.New("write rate:N")
		}
		return nil
	}
	for _, tt := range []struct {
		words    []string
		check    func(string) error
		settings string
		want     string
	}{
		{nil, nil, "", ""},
		{nil, nil, "fixed", "settings=fixed: store has none"},
		{[]string{"careful", "fixed"}, nil, "fixed", ""},
		{[]string{"careful", "fixed"}, nil, "mended", "settings=mended: store has careful, fixed"},
		{[]string{"fixed"}, check, "fixed", ""},
		{[]string{"fixed"}, check, "rate:5", ""},
		{[]string{"fixed"}, check, "rate:x", "settings=rate:x: write rate:N"},
	} {
		s := store()
		s.Settings, s.CheckSettings = tt.words, tt.check
		one := s.Campaign("", "none").Trial(1)
		one.Settings = tt.settings
		got := ""
		if err := one.Check(); err != nil {
			got = err.Error()
		}
		if _, err := s.Parse(one.Line()); got != tt.want || (err == nil) != (got == "") {
			t.Errorf("settings %q of %v: %q, want %q; read: %v", tt.settings, tt.words, got, tt.want, err)
		}
	}
}

func TestLengthAndProgramOfAService(t *testing.T) {
	s := store()
	if one := s.Campaign("", "none").Trial(1); one.Length != trial.DefaultLength ||
		!strings.HasPrefix(one.Command(), "store replay 'store/1 ") {
		t.Errorf("by default a trial lasts %v, and is played again by %s", one.Length, one.Command())
	}
	s.Length, s.Program = 5*time.Second, "go run ."
	if one := s.Campaign("", "none").Trial(1); one.Length != s.Length || !s.Campaign("", "swarm").IsDefault() ||
		!strings.HasPrefix(one.Command(), "go run . replay 'store/1 ") {
		t.Errorf("a trial lasts %v, and is played again by %s", one.Length, one.Command())
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
