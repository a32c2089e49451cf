package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ordeal/testbed/findings"
	"ordeal/testbed/trialtest"
)

// toyProgram runs the program of a service that is "sound" or "wrong" in a folder, and gives what it said.
func toyProgram(t *testing.T, kind, dir string, args ...string) (code int, text string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...)
	c.Dir = dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GITHUB_") && !strings.HasPrefix(v, "CI_") && !strings.HasPrefix(v, "GIT_COMMIT=") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, asToy+"="+kind)
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

// toyRun is a campaign of the toy's whose wrong version fails within a few trials.
var toyRun = []string{"run", "--faults", "partition,crash", "--length", "10s", "--rate", "50", "--jobs", "1",
	"--require",
	"none", "--canary", "none", "--findings", "found", "--out", "out"}

// states are those of the findings in a folder, in words.
func states(t *testing.T, dir string) string {
	t.Helper()
	folder, err := findings.Open(filepath.Join(dir, "found"), trialtest.Service(trialtest.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, one := range folder.All() {
		if word := string(one.State); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// TestNightsRememberAndPullRequestsAsk goes through what a team sees: a bug comes, pull requests are not stopped by it,
// it is mended, and when it comes back it is known for what it is.
func TestNightsRememberAndPullRequestsAsk(t *testing.T) {
	dir := t.TempDir()
	night := slices.Concat(toyRun, []string{"--commit", "c1"})
	for _, step := range []struct {
		what, kind string
		args       []string
		code       int
		says       string
		states     string
	}{
		{"a night finds a bug", "wrong", slices.Concat(night, []string{"--seeds", "15-16"}), exitInvalid, " new", "new"},
		{"the next has it still", "wrong", slices.Concat(night, []string{"--seeds", "17-18"}), exitInvalid, " ongoing",
			"ongoing"},
		{"a pull request is not stopped by it", "wrong", slices.Concat(toyRun, []string{"--for", "pull-request",
			"--commit", "p1", "--trials",
			"2"}), exitValid, "known before, so that they do not count", "ongoing"},
		{"a release is", "wrong", slices.Concat(night, []string{"--for", "release"}), exitInvalid, " ongoing", "ongoing"},
		{"it is mended", "sound", slices.Concat(night, []string{"--seeds", "21"}), exitValid, " resolved", "resolved"},
		{"a release is fine", "sound", slices.Concat(night, []string{"--for", "release"}), exitValid, "1 trial: 1 valid",
			"resolved"},
		{"a pull request brings it back", "wrong", slices.Concat(toyRun, []string{"--for", "pull-request", "--commit",
			"p2", "--trials", "1"}),
			exitInvalid, " regressed", "resolved"},
		{"a night sees it back", "wrong", slices.Concat(night, []string{"--seeds", "31"}), exitInvalid, " regressed",
			"regressed"},
	} {
		code, text := toyProgram(t, step.kind, dir, step.args...)
		if code != step.code || !strings.Contains(text, step.says) {
			t.Errorf("%s: exit code %d, not %d, and it said\n%s", step.what, code, step.code, text)
		}
		if got := states(t, dir); got != step.states {
			t.Errorf("%s: the findings are %s, not %s", step.what, got, step.states)
		}
	}
}

// TestShardsLearnTogether: shards only ask the folder, and merge writes what all of them found.
func TestShardsLearnTogether(t *testing.T) {
	dir := t.TempDir()
	args := slices.Concat(toyRun[:len(toyRun)-2], []string{"--seeds", "13-16", "--commit", "c1"})
	for _, shard := range []string{"1", "2"} {
		toyProgram(t, "wrong", dir, slices.Concat(args, []string{"--shard", shard + "/2", "--out", shard})...)
	}
	if _, err := os.Stat(filepath.Join(dir, "found")); err == nil {
		t.Error("a shard has written to the findings folder")
	}
	code, text := toyProgram(t, "wrong", dir, "merge", "1", "2", "--findings", "found", "--junit", "j.xml")
	if code != exitInvalid || !strings.Contains(text, " new") || states(t, dir) != "new" {
		t.Errorf("%d: %s", code, text)
	}
	junit, err := os.ReadFile(filepath.Join(dir, "j.xml"))
	if err != nil || !strings.Contains(string(junit), `name="shard 2 of 2"`) || !strings.Contains(string(junit),
		"<failure ") {
		t.Errorf("%v\n%s", err, junit)
	}
}

// TestAFindingIsShrunkInItsFolder: a campaign finds something, and what shrink makes of its trial is what the folder
// has from then on.
func TestAFindingIsShrunkInItsFolder(t *testing.T) {
	dir := t.TempDir()
	folder := func() findings.Finding {
		f, err := findings.Open(filepath.Join(dir, "found"), trialtest.Service(trialtest.Options{}))
		if err != nil || len(f.All()) == 0 {
			t.Fatalf("nothing is remembered: %v", err)
		}
		return f.All()[0]
	}
	toyProgram(t, "wrong", dir, slices.Concat(toyRun, []string{"--commit", "c1", "--seeds", "15-16"})...)
	large := folder()
	shrink := []string{"shrink", large.Line, "--budget", "0", "--tries", "60", "--findings"}
	code, text := toyProgram(t, "wrong", dir, append(shrink, "found")...)
	small := folder()
	if code != exitInvalid || small.ID != large.ID || small.State != large.State || small.Operations >= large.Operations ||
		!strings.Contains(text, "  findings: "+filepath.Join("found", large.ID+".json")+" has it\n") {
		t.Errorf("%d: %s\n%+v\nand before\n%+v", code, text, small, large)
	}
	if code, text := toyProgram(t, "wrong", dir, "replay", small.Line); code != exitInvalid {
		t.Errorf("%d: %s", code, text)
	}
	code, text = toyProgram(t, "wrong", dir, append(shrink, "none")...)
	if code != exitInvalid || !strings.Contains(text, "  findings: no campaign has found this") {
		t.Errorf("%d: %s", code, text)
	}
}
