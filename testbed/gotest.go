package testbed

import (
	"context"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// TB is what Test and Regression need of a testing.TB.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Test plays the trials of the seeds from first to last within a Go test, one after another in this process, and fails
// the test for each that is not valid, with the line that plays it again. A trial that fails is played twice before it
// is reported; two runs that differ fail the test as well.
func Test(t TB, seeds Seeds, first, last uint64) {
	t.Helper()
	for _, corner := range seeds.Corners() {
		if err := corner.Check(); err != nil {
			t.Fatalf("%v", err)
			return
		}
	}
	w := campaign.InProcess(seeds.Template.Service, nil)
	for seed := first; ; seed++ {
		testOne(t, w, seeds.Trial(seed))
		if seed == last {
			return
		}
	}
}

func testOne(t TB, w campaign.Worker, one trial.Trial) {
	t.Helper()
	summary, err := w.Run(context.Background(), campaign.Request{Line: one.Line()})
	if err != nil {
		t.Fatalf("%s: %v", one.Line(), err)
		return
	}
	if summary.Outcome == play.Valid {
		return
	}
	again, err := w.Run(context.Background(), campaign.Request{Line: one.Line()})
	switch {
	case err != nil:
		t.Fatalf("%s: %v", one.Line(), err)
	case !summary.Same(again):
		t.Errorf("%s: %s", one.Line(), summary.Difference(again))
	default:
		t.Errorf("%s", summary.Text)
	}
}

// Play plays the trial of a line within a Go test, in this process, and returns its result. It ends the test if that
// can't be done.
func Play(t TB, s *Service, line string) Summary {
	t.Helper()
	summary, err := campaign.InProcess(s, nil).Run(context.Background(), campaign.Request{Line: line})
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return summary
}

// Find plays the trials of the seeds from first to last within a Go test until one breaks a promise, and returns that
// one's result; ok is false if none does, and the result is the last one's. It is for a service that is known to be
// wrong, to see that its trials show it.
func Find(t TB, seeds Seeds, first, last uint64) (found Summary, ok bool) {
	t.Helper()
	for seed := first; ; seed++ {
		found = Play(t, seeds.Template.Service, seeds.Trial(seed).Line())
		if ok = found.Outcome == play.Invalid; ok || seed == last {
			return found, ok
		}
	}
}

// Regression plays one trial of a service within a Go test, and fails the test if it breaks a promise again. It is what
// the tests that `shrink --emit-test` writes come down to.
//
// A bug that the line plants is not there in a build without failpoints: there the trial is played without it, as the
// trial of a bug that was mended is. A trial that can't be judged fails the test too, for it guards nothing any more;
// but it may do without a client's operation that succeeds.
func Regression(t TB, s *Service, line string) {
	t.Helper()
	one, err := s.Parse(withoutPlanted(s, line))
	if err != nil {
		t.Fatalf("%v", err)
		return
	}
	summary := Play(t, s, one.Line())
	switch {
	case summary.Outcome == play.Invalid:
		t.Errorf("%s", summary.Text)
	case summary.Outcome == play.Unknown && summary.Checker != "sanity":
		t.Errorf("the trial is about nothing any more; cut the failure down anew, or let the test go: %s", summary.Text)
	}
}

// withoutPlanted is a line without the bug that it plants, where none can be planted.
func withoutPlanted(s *Service, line string) string {
	if s.Marked {
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
