package shrink

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

func TestExplainSaysWhichFaultsAreNeeded(t *testing.T) {
	s, _ := pretend(2, pretender{verdict: func(t trial.Trial) (string, time.Duration) {
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
	if text := e.Text(); !strings.Contains(text, "  needed      at 6s for 2s delay") || !strings.Contains(text,
		"\n  not needed  at 2s") {
		t.Errorf("it says\n%s", text)
	}
	if _, err := (Explainer{NewWorker: s.NewWorker, Jobs: 3, TraceHash: "1"}).Run(t.Context(), large); !errors.Is(err,
		ErrOtherBuild) {
		t.Errorf("%v", err)
	}
	if _, err := (Explainer{NewWorker: s.NewWorker, Jobs: 3, Kind: "x"}).Run(t.Context(), large); !errors.Is(err,
		ErrPasses) {
		t.Errorf("%v", err)
	}
}
