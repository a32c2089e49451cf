package ordeal

import "context"

// TB is what Test needs of a testing.TB.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Test plays the trials of a sweep for the seeds from first to last within a Go test, one after another in this process,
// and fails the test for each that is not valid, with the line that plays it again. A trial that fails is played twice
// before it is reported; two runs that differ fail the test as well.
func Test(t TB, s Sweep, first, last uint64) {
	t.Helper()
	for _, corner := range s.Corners() {
		if err := corner.Check(); err != nil {
			t.Fatalf("ordeal: %v", err)
			return
		}
	}
	w := InProcess(nil)
	for seed := first; ; seed++ {
		testOne(t, w, s.Trial(seed))
		if seed == last {
			return
		}
	}
}

func testOne(t TB, w Worker, trial Trial) {
	t.Helper()
	summary, err := w.Run(context.Background(), Request{Line: trial.Line()})
	if err != nil {
		t.Fatalf("ordeal: %s: %v", trial.Line(), err)
		return
	}
	if summary.Outcome == OutcomeValid {
		return
	}
	again, err := w.Run(context.Background(), Request{Line: trial.Line()})
	switch {
	case err != nil:
		t.Fatalf("ordeal: %s: %v", trial.Line(), err)
	case !summary.same(again):
		t.Errorf("ordeal: %s: %s", trial.Line(), difference(summary, again))
	default:
		t.Errorf("%s", summary.Text)
	}
}
