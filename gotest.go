package ordeal

import (
	"context"
	"strings"
)

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

// Regression plays one trial within a Go test, and fails the test if it breaks a promise again. It is what the tests that
// `ordeal shrink --emit-test` writes consist of.
//
// A bug that the line plants is not there in a build without failpoints: there the trial is played without it, as the
// trial of a bug that somebody has fixed is. A trial that nobody can judge fails the test too, for it guards nothing any
// more; but it may do without a client's operation that succeeds.
func Regression(t TB, line string) {
	t.Helper()
	trial, err := ParseTrial(withoutPlanted(line))
	if err != nil {
		t.Fatalf("ordeal: %v", err)
		return
	}
	s, err := InProcess(nil).Run(context.Background(), Request{Line: trial.Line()})
	switch {
	case err != nil:
		t.Fatalf("ordeal: %s: %v", trial.Line(), err)
	case s.Outcome == OutcomeInvalid:
		t.Errorf("%s", s.Text)
	case s.Outcome == OutcomeUnknown && s.Checker != "sanity":
		t.Errorf("the trial is about nothing any more; cut the failure down anew, or let the test go: %s", s.Text)
	}
}

// withoutPlanted is a line without the bug that it plants, where none can be planted.
func withoutPlanted(line string) string {
	if Marked() {
		return line
	}
	fields := strings.Fields(line)
	for _, f := range fields {
		if strings.HasPrefix(f, "bug=") {
			line = strings.Replace(line, " "+f, "", 1)
		}
	}
	return line
}
