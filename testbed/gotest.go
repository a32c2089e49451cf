package testbed

import (
	"context"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/gotest"
	"ordeal/testbed/play"
)

// TB is what Play, Find and Regression need of a testing.TB.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Test plays the trials of the seeds from first to last within a Go test, and fails it for each that is not valid.
// Each is a parallel subtest called seed=N, and is played by a worker process: the test binary, which runs this test
// once more up to here. What stands before this call in the test happens in workers too, and must not print. As
// parallel subtests do, the trials begin when the test function returns; what is to happen behind them belongs in
// t.Cleanup.
//
// The flags of go test mean what they always do. -run 'TestX/seed=17$' plays one trial. -parallel says how many are
// played at once. -short plays as few as have each workload with each number of servers once. -count plays them again
// and compares. What -timeout leaves no time for is skipped, and then the test fails. -v names them all.
//
// A trial that fails is played twice before it is reported; two runs that differ fail the test as well. The line of
// one that is invalid is kept in testdata/ordeal, in a folder of the test's, and tried first from then on, as Go's
// fuzzer does with inputs.
//
// T is *testing.T.
func Test[T gotest.T[T]](t T, seeds Seeds, first, last uint64) {
	t.Helper()
	gotest.Test(t, seeds, first, last)
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
