package play_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// leaderCutOff is a plan in which the primary is cut off with clients, and another takes its place.
const leaderCutOff = "at 3s for 3s partition isolate leader with-clients"

func toy(t *testing.T, o trialtest.Options, plan string) trial.Trial {
	t.Helper()
	p, err := trial.ParsePlan("plan", []byte(plan))
	if err != nil {
		t.Fatal(err)
	}
	return trial.Trial{
		Service: trialtest.Service(o), Seed: 1, Workload: "register", Nodes: 3, Plan: p, Length: 10 * time.Second, Rate: 50,
	}
}

func run(t *testing.T, one trial.Trial, ask play.Ask) play.Result {
	t.Helper()
	r, err := play.Run(one, ask)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAServiceOfOthersIsValid: without faults, with a lost leader, with power losses, and in worlds that a swarm
// breaks.
func TestAServiceOfOthersIsValid(t *testing.T) {
	for _, plan := range []string{"", leaderCutOff,
		"at 2s for 2s crash leader; at 5s for 1s crash all; at 7s for 1s pause leader"} {
		r := run(t, toy(t, trialtest.Options{}, plan), play.Ask{})
		if r.Summary.Outcome != play.Valid || r.Summary.Operations < 100 || len(r.Leaders) == 0 {
			t.Errorf("%q: %d operations, leaders %v\n%s", plan, r.Summary.Operations, r.Leaders, r.Summary.Text)
		}
		if plan != "" && len(r.Leaders) < 2 {
			t.Errorf("%q: no other leader: %v", plan, r.Leaders)
		}
	}
	for seed := range uint64(20) {
		one := toy(t, trialtest.Options{}, "")
		one.Seed, one.Plan, one.Faults = seed, nil, []string{"crash", "partition", "pause"}
		// Nothing happens by plans whose faults all wait for moments that the service does not have.
		if s := run(t, one, play.Ask{}).Summary; s.Outcome != play.Valid && s.Checker != "nemesis" {
			t.Errorf("%s", s.Text)
		}
	}
}

// TestAWrongServiceOfOthersIsFound, and nothing but the fault has to be said of it.
func TestAWrongServiceOfOthersIsFound(t *testing.T) {
	one := toy(t, trialtest.Options{StaleReads: true}, leaderCutOff)
	r := run(t, one, play.Ask{})
	if r.Summary.Outcome != play.Invalid || !strings.HasPrefix(r.Summary.Checker, "linearizable") {
		t.Fatalf("%s by %s: %s", r.Summary.Outcome, r.Summary.Checker, r.Summary.Reason)
	}
	calm := run(t, toy(t, trialtest.Options{StaleReads: true}, ""), play.Ask{})
	if calm.Summary.Outcome != play.Valid {
		t.Errorf("without the fault it shows too: %s", calm.Summary.Text)
	}
}

// TestWhatIsAskedChangesNothing: the same line has the same trace, whatever is asked of it.
func TestWhatIsAskedChangesNothing(t *testing.T) {
	one := toy(t, trialtest.Options{StaleReads: true}, leaderCutOff)
	first := run(t, one, play.Ask{}).Summary
	back, err := one.Service.Parse(one.Line())
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []play.Ask{{}, {Mode: play.Accounts}, {Mode: play.States}, {Mode: play.Points}, {Poison: true}} {
		s := run(t, back, ask).Summary
		if !first.Same(s) {
			t.Errorf("%+v: %s", ask, first.Difference(s))
		}
		if (len(s.States) > 0) != (ask.Mode == play.States) || (len(s.Points) > 0) != (ask.Mode == play.Points) ||
			(s.Account != "") != (ask.Mode == play.Accounts) {
			t.Errorf("%+v: %d states, %d points, the account %q", ask, len(s.States), len(s.Points), s.Account)
		}
	}
	one.Seed++
	if other := run(t, one, play.Ask{}).Summary; other.TraceHash == first.TraceHash {
		t.Error("two seeds have one trace")
	}
}

// TestAServiceThatSaysNothingOfItself has a Boot and Clients only, and no leader to aim at.
func TestAServiceThatSaysNothingOfItself(t *testing.T) {
	bare := trialtest.Options{Bare: true}
	for _, ask := range []play.Ask{{}, {Mode: play.Accounts}, {Mode: play.States}} {
		if r := run(t, toy(t, bare, "at 2s for 2s crash n1"), ask); r.Summary.Outcome != play.Valid || len(r.Leaders) != 0 {
			t.Errorf("%s: %v\n%s", r.Summary.Outcome, r.Leaders, r.Summary.Text)
		}
	}
	if r := run(t, toy(t, bare, "at 2s for 2s crash leader"), play.Ask{}); r.Summary.Outcome != play.Unknown ||
		r.Summary.Checker != "nemesis" {
		t.Errorf("%s by %s", r.Summary.Outcome, r.Summary.Checker)
	}
	wrong := toy(t, trialtest.Options{Bare: true, StaleReads: true}, "at 3s for 3s partition isolate n1 with-clients")
	wrong.Seed = 2 // in whose world n1 is cut off with clients that read
	r := run(t, wrong, play.Ask{Mode: play.Accounts})
	if r.Summary.Outcome != play.Invalid || strings.Contains(r.Summary.Account, " leads in epoch ") ||
		!strings.Contains(r.Summary.Account, "What happened:\n") {
		t.Errorf("%s, with the account\n%s", r.Summary.Outcome, r.Summary.Account)
	}
}

// TestOneTrialAtATime: while one is played, another is refused, and can be played behind it.
func TestOneTrialAtATime(t *testing.T) {
	service := *trialtest.Service(trialtest.Options{Bare: true})
	begin, tried := service.Begin, false
	inner := toy(t, trialtest.Options{}, "")
	service.Begin = func(s *trial.Stage) trial.Instance {
		tried = true
		if _, err := play.Run(inner, play.Ask{}); !errors.Is(err, play.ErrBusy) {
			t.Errorf("a second trial was played: %v", err)
		}
		return begin(s)
	}
	one := toy(t, trialtest.Options{}, "")
	one.Service = &service
	if r := run(t, one, play.Ask{}); !tried || r.Summary.Outcome != play.Valid {
		t.Errorf("%v, %s", tried, r.Summary.Text)
	}
	run(t, inner, play.Ask{}) // and then another is
}

// TestServersThatGoWrong: programs that can't start and programs that panic are findings.
func TestServersThatGoWrong(t *testing.T) {
	service := *trialtest.Service(trialtest.Options{})
	begin := service.Begin
	for want, boot := range map[string]host.Boot{
		"no such luck": func(host.Host) (host.Program, error) { return nil, errors.New("no such luck") },
		"out of it":    func(host.Host) (host.Program, error) { panic("out of it") },
	} {
		service.Begin = func(s *trial.Stage) trial.Instance {
			i := begin(s)
			sound := i.Boot
			i.Boot = func(server host.Addr) host.Boot {
				if server == "n3" {
					return boot
				}
				return sound(server)
			}
			return i
		}
		one := toy(t, trialtest.Options{}, "")
		one.Service = &service
		s := run(t, one, play.Ask{}).Summary
		if s.Outcome != play.Invalid || s.Checker != "servers" || !strings.Contains(s.Reason, "n3") ||
			!strings.Contains(s.Reason, want) {
			t.Errorf("%s: %s by %s: %s", want, s.Outcome, s.Checker, s.Reason)
		}
	}
}
