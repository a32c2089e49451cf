package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
)

// neverArgs are those of a campaign with one trial whose fault can never happen: it is unknown.
func neverArgs(t *testing.T, dir string) []string {
	t.Helper()
	writeFile(t, filepath.Join(dir, "plan.txt"), "at 0s for 1ms crash leader\n")
	return []string{"run", "--seed", "1", "--length", "3s", "--nodes", "3", "--plan", "plan.txt"}
}

// TestWhatCIIsTold: every format has the seed and the command to paste, and GitHub is told where it asks.
func TestWhatCIIsTold(t *testing.T) {
	dir := t.TempDir()
	c := ordealCommand(t, append(neverArgs(t, dir), "--junit", "ci/junit.xml", "--sarif", "ci/found.sarif", "--summary",
		"ci/summary.md")...)
	c.Dir = dir
	c.Env = append(c.Env, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "step.md"), "GITHUB_SHA=abc123")
	writeFile(t, filepath.Join(dir, "step.md"), "before\n")
	r := outcome(t, c)
	if r.code != exitUnknown || !strings.Contains(r.out, "\n::warning title=lock-n3-seed1%3A ") {
		t.Errorf("%+v", r)
	}
	for _, name := range []string{"ci/junit.xml", "ci/found.sarif", "ci/summary.md", "step.md"} {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !strings.Contains(string(text), "ordeal replay '") || !strings.Contains(string(text), "seed") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if strings.HasSuffix(name, ".md") && !strings.Contains(string(text), "## ordeal: unknown\n") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// TestNothingIsToldToWhomDoesNotAsk: outside of CI a campaign says what it always said.
func TestNothingIsToldToWhomDoesNotAsk(t *testing.T) {
	dir := t.TempDir()
	r := ordealIn(t, dir, neverArgs(t, dir)...)
	if strings.Contains(r.out, "::") {
		t.Errorf("%+v", r)
	}
	wantFiles(t, dir, "ordeal-results", "plan.txt")
}

// TestCampaignsThatCantBe: one line says what is wrong, before anything is played.
func TestCampaignsThatCantBe(t *testing.T) {
	for want, args := range map[string][]string{
		"--shard 9/8: of 8 shards":              {"--shard", "9/8"},
		"neither CI_NODE_INDEX nor":             {"--shard", "auto"},
		"--shard and --guided":                  {"--shard", "1/2", "--guided"},
		"--for fun: it must be":                 {"--for", "fun"},
		"--trials goes with --for pull-request": {"--trials", "7"},
		"--night goes with --for night":         {"--night", "7", "--for", "pull-request"},
		"--for and --seeds: either one":         {"--for", "night", "--seeds", "1-2"},
		"--findings is wanted":                  {"--for", "release"},
		"there is no such planted bug":          {"--canary", "bugOfOthers"},
		"--trials 0: it must be from 1":         {"--for", "pull-request", "--commit", "abc", "--trials", "0"},
		"it is no folder":                       {"--findings", "plan.txt", "--seeds", "1"},
		"--junit plan.txt/x: ":                  {"--junit", "plan.txt/x", "--seeds", "1"},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "plan.txt"), "")
		ordealIn(t, dir, append([]string{"run"}, args...)...).refused(t, dir, want, "plan.txt")
	}
}

// TestPlainBuildHasNoCanary: pull requests want one, and it is a planted bug.
func TestPlainBuildHasNoCanary(t *testing.T) {
	if coordination.Service().Marked {
		t.Skip("this build has the marks")
	}
	dir := t.TempDir()
	ordealIn(t, dir, "run", "--for", "pull-request", "--commit", "abc").refused(t, dir,
		"a canary is wanted, and this program was")
}

// TestFindingsOfANewerVersionStay: such a folder is refused, and nothing in it changes.
func TestFindingsOfANewerVersionStay(t *testing.T) {
	dir := t.TempDir()
	const text = "{\"format\": 99, \"state\": \"who knows\"}\n"
	path := filepath.Join(dir, "x-00000000.json")
	writeFile(t, path, text)
	for _, args := range [][]string{{"run", "--seed", "1", "--findings", "."}, {"findings", "."}} {
		ordealIn(t, dir, args...).refused(t, dir, "x-00000000.json is of a newer version", "x-00000000.json")
	}
	if after, err := os.ReadFile(path); string(after) != text || err != nil {
		t.Errorf("%s, %v", after, err)
	}
}
