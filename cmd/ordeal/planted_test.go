package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	"ordeal/testbed/pricing"
)

// plantedLength is how long the trials are in which planted bugs are looked for.
const plantedLength = 20 * time.Second

var (
	againText = regexp.MustCompile(`(?m)^  again: bin/ordeal replay '(.*)'$`)
	traceText = regexp.MustCompile(`(?m)^  trace ([0-9a-f]{16}), `)
	sameText  = regexp.MustCompile(`(?m)^  the trace hash is the same: ([0-9a-f]{16})$`)
)

// TestAPlantedBugByTheCommand does with the built command what its user does: it looks for a planted bug, and pastes
// what the finding prints; and it asks what that costs.
func TestAPlantedBugByTheCommand(t *testing.T) {
	needMarks(t)
	bug, _ := coordination.Service().Bug("bugReadOvertakesWrite")
	out := t.TempDir()
	text, code := runCommand(t, "run", "--bug", bug.Name, "--length", plantedLength.String(), "--out", out,
		"--workloads", "tree", "--seeds", "2-99")
	// Two trials are under way at once, and of one before the finding it may not be known what to make.
	_, text, _ = strings.Cut(text, "INVALID  ")
	again, trace := againText.FindStringSubmatch(text), traceText.FindStringSubmatch(text)
	if code != 1 || again == nil || trace == nil {
		t.Fatalf("it was not found: exit code %d\n%s", code, text)
	}
	if caught := caughtBy(t, out); !slices.ContainsFunc(caught, bug.CaughtBy) {
		t.Errorf("%s is to catch it, and %v did", bug.Caught, caught)
	}
	text, code = runCommand(t, "replay", again[1])
	if same := sameText.FindStringSubmatch(text); code != 1 || same == nil || same[1] != trace[1] {
		t.Errorf("played again it is another trial: exit code %d, and the trace was %s\n%s", code, trace[1], text)
	}
	text, code = runCommand(t, "bugs", "run", "bugAckBeforeSync", "--seeds", "1", "--json")
	prices, err := pricing.Parse(coordination.Service(), fmt.Appendf(nil, `{"bugs": [%s]}`, campaign.FirstLine(text)))
	price, ok := prices.Of("bugAckBeforeSync")
	if code != 0 || err != nil || !ok || price.Trouble() != "" {
		t.Errorf("its price: exit code %d, %v\n%s", code, err, text)
	}
	if _, cpu, ok := price.Median(); !ok || cpu <= 0 || len(price.Needs) == 0 {
		t.Errorf("a bug that needs a crash costs %v, and needs %v", cpu, price.Needs)
	}
	text, code = runCommand(t, "bugs", "matrix", "bugAckBeforeSync", "--budget", "1s")
	if row := regexp.MustCompile(`(?m)^bugAckBeforeSync +- `); code != 0 || !row.MatchString(text) {
		t.Errorf("without a fault it can't be found: exit code %d\n%s", code, text)
	}
}

// needMarks skips what needs a bug, which is there in a build with failpoint marks alone.
func needMarks(t *testing.T) {
	t.Helper()
	if testing.Short() || !coordination.Service().Marked {
		t.Skip("it plants bugs, which takes a build with failpoint marks and some seconds")
	}
}

// runCommand returns what a command printed, and its exit code.
func runCommand(t *testing.T, args ...string) (text string, code int) {
	t.Helper()
	var out bytes.Buffer
	c := ordealCommand(t, args...)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), c.ProcessState.ExitCode()
}

// caughtBy names the checkers that said invalid in a trial that a campaign kept for not being valid.
func caughtBy(t *testing.T, out string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "*", "verdict.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no trial was kept: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var kept struct {
			Verdicts []struct{ Name, Outcome string }
		}
		if err := json.Unmarshal(text, &kept); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, v := range kept.Verdicts {
			if v.Outcome == play.Invalid {
				names = append(names, v.Name)
			}
		}
	}
	return names
}
