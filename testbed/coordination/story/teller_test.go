package story_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/testbed/account"
	"ordeal/testbed/coordination"
	"ordeal/testbed/coordination/story"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// short is a trial that takes a fraction of a second.
func short(seed uint64, workload string) trial.Trial {
	return trial.Trial{
		Service: coordination.Service(), Seed: seed, Workload: workload, Nodes: 3, Faults: []string{"swarm"},
		Length: 20 * time.Second, Rate: 100,
	}
}

// written is a trial whose story is written down.
type written struct {
	teller *story.Teller
	story  *account.Story
	result play.Result
}

// write plays a trial, and has its story written down.
func write(t *testing.T, one trial.Trial) (w written) {
	t.Helper()
	s := *one.Service
	begin := s.Begin
	s.Begin = func(stage *trial.Stage) trial.Instance {
		i := begin(stage)
		teller := i.Teller
		i.Teller = func(s *account.Story) trial.Teller {
			w.story, w.teller = s, teller(s).(*story.Teller)
			return w.teller
		}
		return i
	}
	one.Service = &s
	w.result = run(t, one, play.Ask{Mode: play.Accounts})
	return w
}

func run(t *testing.T, one trial.Trial, ask play.Ask) play.Result {
	t.Helper()
	r, err := play.Run(one, ask)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// text is all that happened, and what was odd.
func (w written) text() string { return w.story.Text(time.Hour, nil, w.teller.Text, "") }

// odd is what should not be, "" if there is nothing.
func (w written) odd() string {
	_, odd, _ := strings.Cut(w.text(), "What should not be:\n")
	return odd
}

// TestTellersChangeNothing: a trial whose story is written down is the same trial.
func TestTellersChangeNothing(t *testing.T) {
	for i, workload := range coordination.Service().DefaultWorkloads("") {
		one := short(uint64(60+i), workload)
		one.Length, one.Rate = 4*time.Second, 20
		told, plain := write(t, one).result, run(t, one, play.Ask{})
		if !plain.Summary.Same(told.Summary) {
			t.Errorf("%s: %s", workload, plain.Summary.Difference(told.Summary))
		}
	}
}

// TestSoundTrialsHaveNothingOdd: what the story calls odd does not happen while the service keeps its promises, be it
// that only one of its servers votes.
func TestSoundTrialsHaveNothingOdd(t *testing.T) {
	for seed, settings := range []string{"", "", "", "1000/200/65536/300,observers=2"} {
		one := short(uint64(seed), "register")
		one.Length, one.Rate, one.NoRecovery, one.Cut.Settings = 10*time.Second, 20, true, settings
		w := write(t, one)
		if w.odd() != "" || !strings.Contains(w.text(), "What happened:\n") || w.teller.Transactions() == 0 {
			t.Errorf("%s: %d transactions\n%s", one.Line(), w.teller.Transactions(), w.text())
		}
	}
}

// TestVotesAreHeard: the story knows who elects whom.
func TestVotesAreHeard(t *testing.T) {
	one := short(3, "register")
	one.Faults, one.Length, one.NoRecovery = []string{"none"}, trial.LengthMin, true
	w := write(t, one)
	if w.teller.Heard() == 0 || w.odd() != "" || !strings.Contains(w.text(), ", with the votes of n") {
		t.Errorf("%d votes were heard\n%s", w.teller.Heard(), w.text())
	}
}

// TestReadsAreHeard: the story knows who asked how far a read must see, who confirmed that, and what came out.
func TestReadsAreHeard(t *testing.T) {
	one := short(3, "register")
	one.Faults, one.Length, one.NoRecovery = []string{"none"}, trial.LengthMin, true
	w := write(t, one)
	w.teller.Answered(account.Call{Operation: history.Operation{F: "read", Invoked: 0, Completed: time.Minute}})
	if w.odd() != "" {
		t.Errorf("odd is\n%s", w.odd())
	}
	for _, want := range []string{" asks the leader of term ", " must see entry "} {
		if !strings.Contains(w.text(), want) {
			t.Errorf("it does not say %q:\n%s", want, w.text())
		}
	}
}

// TestTheEnsembleIsTold: the story knows by which entry a server goes by another ensemble.
func TestTheEnsembleIsTold(t *testing.T) {
	one := short(3, "register")
	var err error
	if one.Plan, err = trial.ParsePlan("plan", []byte("at 2s remove follower")); err != nil {
		t.Fatal(err)
	}
	one.Faults, one.Length = nil, 8*time.Second
	w := write(t, one)
	if !strings.Contains(w.text(), " goes by another ensemble behind entry ") || w.odd() != "" {
		t.Errorf("it says\n%s", w.text())
	}
	if end := w.teller.Background(time.Minute); !strings.Contains(end, "The ensemble that n1 goes by in the end: n") &&
		!strings.Contains(end, "The ensemble that n2 goes by in the end: n") {
		t.Errorf("in the end it says\n%s", end)
	}
}
