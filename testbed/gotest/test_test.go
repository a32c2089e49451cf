package gotest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// inner is set in the environment of a test binary whose test TestInner is to play trials: of a service that is
// "sound", "wrong", or that "panics" or "hangs".
const inner = "ORDEAL_TEST_INNER"

// innerService is what TestInner tries. Of a wrong one seed 16 fails, and seed 15 does not.
func innerService() *trial.Service {
	s := trialtest.Service(trialtest.Options{StaleReads: os.Getenv(inner) == "wrong"})
	switch os.Getenv(inner) {
	case "panics":
		s.Begin = func(*trial.Stage) trial.Instance { panic("the service is made of glass") }
	case "hangs":
		s.Begin = func(*trial.Stage) trial.Instance { select {} }
	}
	return s
}

func innerSeeds() trial.Seeds {
	seeds := innerService().Campaign("", "partition", "crash")
	seeds.Template.Length, seeds.Template.Rate = 10*time.Second, 50
	return seeds
}

// TestInner is what the other tests run in processes of their own.
func TestInner(t *testing.T) {
	if os.Getenv(inner) == "" {
		t.Skip("other tests run this one")
	}
	Test(t, innerSeeds(), 15, 18)
}

// TestInnerTwice has two campaigns, of which the second is of another service.
func TestInnerTwice(t *testing.T) {
	if os.Getenv(inner) == "" {
		t.Skip("other tests run this one")
	}
	t.Run("of two", func(t *testing.T) {
		seeds := trialtest.Service(trialtest.Options{}).Campaign("", "none")
		seeds.Template.Length = time.Second
		Test(t, seeds, 1, 1)
		Test(t, innerSeeds(), 16, 16)
	})
}

// goTest runs a test of this binary in a folder, as go test does.
func goTest(t *testing.T, kind, dir string, flags ...string) (passed bool, text string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, flags...)
	c.Dir = dir
	c.Env = append(os.Environ(), inner+"="+kind)
	out, err := c.CombinedOutput()
	return err == nil, string(out)
}

func TestAFailingTrialIsASubtest(t *testing.T) {
	dir := t.TempDir()
	passed, text := goTest(t, "wrong", dir, "-test.run=^TestInner$", "-test.parallel=2")
	if passed || !strings.Contains(text, "--- FAIL: TestInner/seed=16 (") ||
		strings.Contains(text, "seed=15") || !strings.Contains(text, "  again: toy replay 'toy/1 seed=16 ") ||
		!strings.Contains(text, "kept in testdata/ordeal/TestInner/register-n3-seed16, and tried first from now on") ||
		!strings.Contains(text, "go test -run '^TestInner$/^seed=16$'") {
		t.Errorf("%s", text)
	}
	path := filepath.Join(dir, "testdata", "ordeal", "TestInner", "register-n3-seed16")
	kept, err := os.ReadFile(path)
	if err != nil || !regexp.MustCompile("^# linearizable register: [^\n]+\ntoy/1 seed=16 [^\n]+\n$").Match(kept) {
		t.Errorf("%v: %s", err, kept)
	}

	// It is tried first, and not twice.
	_, text = goTest(t, "sound", dir, "-test.run=^TestInner$", "-test.v")
	first, second := strings.Index(text, "=== RUN   TestInner/seed=16\n"), strings.Index(text,
		"=== RUN   TestInner/seed=15\n")
	if first < 0 || second < first || strings.Count(text, "--- PASS: TestInner/seed=16") != 1 ||
		strings.Contains(text, "=== PAUSE TestInner/seed=16\n") {
		t.Errorf("%s", text)
	}

	// What can't be read is said with its place.
	for want, text := range map[string]string{
		"register-n3-seed16:2: a second trial line":            string(kept) + string(kept),
		"register-n3-seed16:1: trial line: it is of version 9": "toy/9 seed=1\n",
		"register-n3-seed16:1: no trial line":                  "# nothing\n",
	} {
		want = strings.Replace(want, ":2:", ":4:", 1)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if passed, said := goTest(t, "sound", dir, "-test.run=^TestInner$"); passed || !strings.Contains(said, want) {
			t.Errorf("%s\nand not %s", said, want)
		}
	}
}

// TestFlagsMeanWhatTheyDo goes through those of go test.
func TestFlagsMeanWhatTheyDo(t *testing.T) {
	for _, c := range []struct {
		what  string
		flags []string
		kind  string
		pass  bool
		runs  map[string]int // how often something is said
	}{
		{"one trial", []string{"-test.run=TestInner$/seed=15$", "-test.v"}, "wrong", true,
			map[string]int{"--- PASS: TestInner/seed=15": 1, "seed=16": 0}},
		{"short", []string{"-test.run=^TestInner$", "-test.v", "-test.short"}, "sound", true,
			map[string]int{"--- PASS: TestInner/seed": 2}},
		{"count", []string{"-test.run=^TestInner$/seed=15$", "-test.v", "-test.count=2"}, "sound", true,
			map[string]int{"--- PASS: TestInner/seed=15": 2}},
		{"quiet", []string{"-test.run=^TestInner$"}, "sound", true, map[string]int{"seed": 0}},
		{"timeout", []string{"-test.run=^TestInner$", "-test.v", "-test.timeout=4s"}, "sound", false,
			map[string]int{"--- SKIP: TestInner/seed": 4, "4 trials were not played: -timeout left too little": 1}},
		{"end", []string{"-test.run=^TestInner$/seed=15$", "-test.v", "-test.timeout=6s"}, "hangs", false,
			map[string]int{"--- SKIP: TestInner/seed=15": 1, "1 trials were not played: -timeout left too little": 1,
				"ended before it was over": 1, "kept in testdata": 0}},
		{"panic", []string{"-test.run=^TestInner$/seed=15$"}, "panics", false,
			map[string]int{"panic: the service is made of glass": 1, "--- FAIL: TestInner/seed=15": 1, "kept in testdata": 1}},
		{"the second of two", []string{"-test.run=^TestInnerTwice$"}, "wrong", false,
			map[string]int{"--- FAIL: TestInnerTwice/of_two/seed=16": 1, "seed=1 ": 0}},
	} {
		passed, text := goTest(t, c.kind, t.TempDir(), c.flags...)
		if passed != c.pass {
			t.Errorf("%s: passed %v\n%s", c.what, passed, text)
		}
		for said, times := range c.runs {
			if n := strings.Count(text, said); n != times {
				t.Errorf("%s: %q stands there %d times, not %d\n%s", c.what, said, n, times, text)
			}
		}
	}
}

// TestRunsAreCompared: with -count a trial that comes out differently is seen.
func TestRunsAreCompared(t *testing.T) {
	own := runs{byLine: make(map[string]play.Summary)}
	one := innerSeeds().Trial(15)
	w := newPool(nil, "", 1)
	if w.args[0] != "-test.run=^$" || runFlag("A/b c.d") != `^A$/^b c\.d$` {
		t.Errorf("%q, %s", w.args, runFlag("A/b c.d"))
	}
	s := play.Summary{Line: one.Line(), TraceHash: "aa"}
	if text := own.differs(s); text != "" {
		t.Error(text)
	}
	if text := own.differs(s); text != "" {
		t.Error(text)
	}
	if text := own.differs(play.Summary{Line: one.Line(), TraceHash: "bb"}); !strings.Contains(text, "trace aa and bb") {
		t.Error(text)
	}
}
