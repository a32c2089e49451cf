package campaign

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// asWorker is set in the environment of a test binary that is to be a worker process, and says how it is to fare.
const asWorker = "ORDEAL_TEST_AS_WORKER"

// worstSeed is the seed that the worker does not survive.
const worstSeed = 2

func TestMain(m *testing.M) {
	if fate := os.Getenv(asWorker); fate != "" {
		doomedWorker(fate)
	}
	os.Exit(m.Run())
}

// doomedWorker plays trials as a worker does, but for one seed.
func doomedWorker(fate string) {
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		var r Request
		if err := json.Unmarshal(requests.Bytes(), &r); err != nil {
			panic(err)
		}
		if t, err := coordination.Service().Parse(r.Line); err != nil || t.Seed == worstSeed {
			meet(fate)
		}
		in := strings.NewReader(requests.Text() + "\n")
		if err := ServeWorker(coordination.Service(), in, os.Stdout, nil); err != nil {
			panic(err)
		}
	}
	os.Exit(0)
}

func meet(fate string) {
	switch fate {
	case "panic":
		panic("this seed is a bad one")
	case "hang":
		defer watchHang(time.Second, func() string { return "n1 counts" })()
		for n := 1; n != 0; n |= 1 {
		}
	case "lost":
		time.Sleep(time.Hour)
	case "memory":
		fmt.Fprintln(os.Stderr, "the trial held more than it may")
		os.Exit(ExitMemory)
	case "killed":
		kill()
	case "exhausted":
		debug.SetMaxStack(1 << 20)
		fmt.Fprintln(os.Stderr, deeper(0)) // the runtime's own way to die
	}
}

// kill ends the process as others would, unless it was done before: the file that asWorkerKilled names says so.
func kill() {
	if path := os.Getenv(asWorkerKilled); path != "" {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return
		}
		_ = f.Close()
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	panic(fmt.Sprint("it goes on: ", err))
}

// asWorkerKilled is set in the environment of a worker that is to be killed once: the path of a file.
const asWorkerKilled = "ORDEAL_TEST_AS_WORKER_KILLED"

// TestAKilledWorkerIsNoFinding: what ends a worker from outside says nothing of the service. The trial is played by
// another, and if they are killed one after another that is no finding either.
func TestAKilledWorkerIsNoFinding(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a kill is not known from other ends there")
	}
	t.Setenv(asWorker, "killed")
	c := Campaign{
		Service: coordination.Service(), Trials: seeds(1, 4), Jobs: 1,
		NewWorker: func() (Worker, error) { return StartWorker(coordination.Service(), os.Args[0]) },
	}
	report, err := c.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "killed 3 times") || !strings.Contains(err.Error(), " seed=2 ") ||
		len(report.Findings) != 0 {
		t.Errorf("%v, %+v", err, report.Findings)
	}
	t.Setenv(asWorkerKilled, filepath.Join(t.TempDir(), "killed"))
	report, err = c.Run(t.Context())
	if err != nil || report.Tally.Valid != 4 || len(report.Findings) != 0 {
		t.Errorf("%v, %+v", err, report)
	}
	if _, err := os.Stat(os.Getenv(asWorkerKilled)); err != nil {
		t.Errorf("no worker was killed: %v", err)
	}
}

func deeper(n int) int {
	if n < 0 {
		return 0
	}
	return deeper(n+1) + n
}

// TestWorkerDeathIsAFinding: a trial that takes its worker with it is found, with its line; the others are played.
func TestWorkerDeathIsAFinding(t *testing.T) {
	for fate, want := range map[string]struct{ kind, detail string }{
		"panic":     {FindingPanic, "this seed is a bad one"},
		"hang":      {FindingHang, "of processor time; n1 counts; where it was:\ngoroutine "},
		"lost":      {FindingHang, "of real time"},
		"memory":    {FindingMemory, "the trial held more than it may"},
		"exhausted": {FindingPanic, "stack overflow"},
	} {
		t.Run(fate, func(t *testing.T) {
			t.Setenv(asWorker, fate)
			var full int
			c := Campaign{
				Service: coordination.Service(), Trials: seeds(1, 4), Jobs: 1, Full: true, HangAfter: time.Minute,
				NewWorker: func() (Worker, error) { return StartWorker(coordination.Service(), os.Args[0]) },
				Done: func(_ Tally, s play.Summary) {
					if s.Result != nil && s.Result.Line == s.Line {
						full++
					}
				},
			}
			if fate == "hang" || fate == "lost" {
				c.HangAfter = time.Second
			}
			report, err := c.Run(context.Background())
			if err != nil || report.Tally.Trials != 4 || report.Tally.Valid != 3 || report.Tally.Invalid != 1 || full != 4 {
				t.Errorf("%v, %d full: %+v", err, full, report.Tally)
			}
			if len(report.Findings) != 1 {
				t.Fatalf("the findings are %+v", report.Findings)
			}
			f := report.Findings[0]
			if f.Kind != want.kind || !strings.Contains(f.Detail, want.detail) || !strings.Contains(f.Summary.Line, " seed=2 ") {
				t.Errorf("found %+v", f)
			}
		})
	}
}

// short is a trial that takes a fraction of a second.
func short() trial.Trial {
	return trial.Trial{Service: coordination.Service(), Faults: []string{"swarm"}, Length: 20 * time.Second, Rate: 100}
}

// seeds are short trials.
func seeds(first, last uint64) func(yield func(trial.Trial) bool) {
	all := trial.Seeds{Template: short(), Workloads: []string{"lock"}, Nodes: []int{3}}
	all.Template.Length = time.Second
	return func(yield func(trial.Trial) bool) {
		for seed := first; seed <= last && yield(all.Trial(seed)); seed++ {
		}
	}
}

// recorded is a Worker that answers as it was told to, by the number of the run.
type recorded struct {
	runs    int
	answers func(run int, r Request) (play.Summary, error)
}

func (w *recorded) Run(_ context.Context, r Request) (play.Summary, error) {
	w.runs++
	return w.answers(w.runs, r)
}

func (*recorded) Close() {}

func recordedCampaign(answers func(run int, r Request) (play.Summary, error)) Campaign {
	w := &recorded{answers: answers}
	return Campaign{Service: coordination.Service(), Trials: seeds(1, 3), Jobs: 1, Out: "out", NewWorker: func() (Worker,
		error) {
		return w, nil
	}}
}

func TestTwoRunsThatDifferAreAFinding(t *testing.T) {
	report, err := recordedCampaign(func(run int, r Request) (play.Summary, error) {
		return play.Summary{Line: r.Line, Outcome: play.Invalid, TraceHash: fmt.Sprint(run)}, nil
	}).Run(context.Background())
	if err != nil || len(report.Findings) != 3 {
		t.Fatalf("%v, %+v", err, report)
	}
	for _, f := range report.Findings {
		if f.Kind != FindingNondeterministic || f.Reproduced {
			t.Errorf("%+v", f)
		}
	}
}

// TestFindingIsReportedThoughItsFilesAreNot: a full disk ends the campaign, but loses nothing that was found.
func TestFindingIsReportedThoughItsFilesAreNot(t *testing.T) {
	report, err := recordedCampaign(func(_ int, r Request) (play.Summary, error) {
		s := play.Summary{Line: r.Line, Outcome: play.Invalid}
		if r.Dir != "" {
			s.Unwritten = "no space"
		}
		return s, nil
	}).Run(context.Background())
	if err == nil || err.Error() != "no space" || len(report.Findings) != 1 || !report.Findings[0].Reproduced {
		t.Errorf("%v, %+v", err, report)
	}
}

// TestInterruptBetweenTwoRuns: what failed once is reported, though it could not be played again.
func TestInterruptBetweenTwoRuns(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	report, err := recordedCampaign(func(run int, r Request) (play.Summary, error) {
		if run == 1 {
			return play.Summary{Line: r.Line, Outcome: play.Invalid}, nil
		}
		interrupt()
		return play.Summary{}, ctx.Err()
	}).Run(ctx)
	if err != nil || !report.Interrupted || len(report.Findings) != 1 || report.Findings[0].Reproduced ||
		report.Tally.Trials != 1 {
		t.Errorf("%v, %+v", err, report)
	}
}
