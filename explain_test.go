package ordeal

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/nemesis"
)

// TestOnlookersChangeNothing: a trial whose story is written down is the same trial.
func TestOnlookersChangeNothing(t *testing.T) {
	for i, w := range Workloads() {
		trial := short(uint64(60+i), w)
		trial.Length, trial.Rate = 4*time.Second, 20
		told, err := runTold(trial, "")
		if err != nil {
			t.Fatal(err)
		}
		if plain := mustRun(t, trial); !plain.Summary.same(told.Summary) {
			t.Errorf("%s: %s", w, difference(plain.Summary, told.Summary))
		}
	}
}

// TestSoundTrialsHaveNothingOdd: what the story calls odd does not happen while the service keeps its promises.
func TestSoundTrialsHaveNothingOdd(t *testing.T) {
	for seed := range uint64(3) {
		trial := short(seed, "register")
		trial.Length, trial.Rate = 10*time.Second, 20
		p := newPlay(trial)
		p.chronicle = newChronicle(p, "")
		restore := seedEntropy(p.world.Rand("raft"))
		p.safety()
		restore()
		p.world.Close()
		if odd := p.chronicle.odd; len(odd) > 0 || len(p.chronicle.lines) == 0 || len(p.chronicle.txns) == 0 {
			t.Errorf("%s: %v, %d lines, %d transactions", trial.Line(), odd, len(p.chronicle.lines), len(p.chronicle.txns))
		}
	}
}

func TestExplainSaysWhichFaultsAreNeeded(t *testing.T) {
	s, _ := pretend(2, pretender{verdict: func(t Trial) (string, time.Duration) {
		if slices.ContainsFunc(t.Plan, func(s nemesis.Step) bool { return s.At == 6*time.Second }) {
			return "wrong: so", time.Second
		}
		return "", 0
	}})
	e, err := Explainer{NewWorker: s.NewWorker, Jobs: 3}.Run(t.Context(), large)
	if err != nil || len(e.Faults) != 12 {
		t.Fatalf("%+v, %v", e, err)
	}
	for i, f := range e.Faults {
		if f.Needed != (i == 1) {
			t.Errorf("%+v", f)
		}
	}
	if text := e.Text(); !strings.Contains(text, "  needed      at 6s for 2s delay") || !strings.Contains(text, "\n  not needed  at 2s") {
		t.Errorf("it says\n%s", text)
	}
	if _, err := (Explainer{NewWorker: s.NewWorker, Jobs: 3, TraceHash: "1"}).Run(t.Context(), large); !errors.Is(err, ErrOtherBuild) {
		t.Errorf("%v", err)
	}
	if _, err := (Explainer{NewWorker: s.NewWorker, Jobs: 3, Kind: "x"}).Run(t.Context(), large); !errors.Is(err, ErrPasses) {
		t.Errorf("%v", err)
	}
}

func TestDifferencesOfStates(t *testing.T) {
	first := []string{"session 0x1: timeout 5", `znode /a: "x", version 1, owner 0x1`, `znode /b: "", version 0`}
	second := []string{`znode /a: "x", version 2, owner 0x1`, `znode /b: "", version 0`, `znode /c: ""`}
	want := []string{
		"session 0x1 is missing (timeout 5)", "znode /a has version 2 in place of version 1", `znode /c is too much ("")`,
	}
	if got := differences(first, second); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := differences(first, first); got != nil {
		t.Errorf("%q", got)
	}
	if got := differences([]string{"a: 1", "b: 1", "c: 1", "d: 1", "e: 1", "f: 1"}, nil); len(got) != 5 || got[4] != "and in 2 lines more" {
		t.Errorf("%q", got)
	}
}

func TestOperationsOfTheTreeAsText(t *testing.T) {
	stat := []any{int64(1), int64(1), int64(1), int64(1), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), int64(1)}
	for _, c := range []struct {
		op   history.Operation
		want string
	}{
		{history.Operation{F: "getData", Argument: []any{int64(9), 1, int64(3), "/t", true}, End: history.OK,
			Result: []any{int64(0), int64(0x20), "x", stat}}, "getData /t true -> done at zxid 0x20 x"},
		{history.Operation{F: "delete", Argument: []any{int64(9), 1, int64(3), "/t", int64(-1)}, End: history.OK,
			Result: []any{int64(-101), int64(0x21)}}, "delete /t -1 -> NoNode at zxid 0x21"},
		{history.Operation{F: "delete", Argument: []any{int64(9), 1, int64(3), "/t", int64(-1)}, End: history.Info}, "delete /t -1 -> unknown"},
	} {
		if got := treeText(c.op); got != c.want {
			t.Errorf("%q, and not %q", got, c.want)
		}
	}
	if got := toldText("event", []any{int64(9), int64(1), int64(2), "/t", int64(0x20)}); got != "event to session 0x9 NodeDeleted /t zxid 0x20" {
		t.Errorf("%q", got)
	}
}

// TestVotesAreHeard: an onlooker hears who elects whom.
func TestVotesAreHeard(t *testing.T) {
	trial := short(3, "register")
	trial.Faults, trial.Length, trial.NoRecovery = []string{"none"}, lengthMin, true
	var c *chronicle
	if _, err := runTrial(trial, func(p *play) { c = newChronicle(p, ""); p.chronicle = c }); err != nil {
		t.Fatal(err)
	}
	if len(c.heard) == 0 || len(c.odd) > 0 {
		t.Errorf("it heard %v, and finds odd %v", c.heard, c.odd)
	}
}
