package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var sizeText = regexp.MustCompile(
	`faults \d+ → (\d+), operations \d+ → (\d+), clients \d+ → (\d+), servers \d+ → (\d+), `)

// TestPlantedBugsAreCutDown does what a user does with a finding: it shrinks it, asks for the story, and keeps it as a
// test.
func TestPlantedBugsAreCutDown(t *testing.T) {
	needMarks(t)
	emitted := make(map[string][]byte)
	for _, c := range []struct {
		bug, workload, seeds string
		says                 []string // what the story has to have, as regular expressions
	}{
		{"bugAckBeforeSync", "queue", "2-40", []string{
			", and (answered for it, when it was on|its disk knows nothing of that)", "needed  ",
		}},
		{"bugLockNoRecheck", "lock", "2-40", []string{"the acquire of c", " was answered at ",
			", which had ended at "}},
	} {
		t.Run(c.bug, func(t *testing.T) {
			dir := t.TempDir()
			text, _ := runCommand(t, "run", "--bug", c.bug, "--workloads", c.workload, "--seeds", c.seeds,
				"--length", plantedLength.String(), "--out", dir)
			_, text, _ = strings.Cut(text, "INVALID  ")
			found := againText.FindStringSubmatch(text)
			if found == nil || !strings.Contains(text, "  smaller: bin/ordeal shrink ") {
				t.Fatalf("it was not found, or offered no smaller one:\n%s", text)
			}
			file := filepath.Join(dir, "bug_test.go")
			text, code := runCommand(t, "shrink", found[1], "--budget", "0", "--tries", "1000", "--out", dir,
				"--emit-test", file)
			size := sizeText.FindStringSubmatch(text)
			if code != 1 || size == nil || number(t, size[1]) > 3 || number(t, size[2]) > 10 {
				t.Fatalf("exit code %d\n%s", code, text)
			}
			_, kept, _ := strings.Cut(text, "  files: ")
			kept, _, _ = strings.Cut(kept, "\n")
			story, code := runCommand(t, "explain", kept)
			if again, _ := runCommand(t, "explain", "--jobs", "1", kept); code != 1 || again != story {
				t.Errorf("exit code %d; one job has another story:\n%s\n%s", code, story, again)
			}
			for _, words := range append(c.says, "EXPLAINED  ordeal/2 ", "What happened:\n", " leads term ",
				"What was safe on the disks at ", "What should not be:\n") {
				if !regexp.MustCompile(words).MatchString(story) {
					t.Errorf("the story does not say %q:\n%s", words, story)
				}
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			emitted[c.bug] = source
		})
	}
	checkEmitted(t, emitted)
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// checkEmitted: tests that were written fail with their bugs, and pass without.
func checkEmitted(t *testing.T, emitted map[string][]byte) {
	t.Helper()
	// They belong to a package within this module.
	dir, err := os.MkdirTemp("../..", "emitted")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for bug, source := range emitted {
		if lines := strings.Count(string(source), "\n"); lines >= 50 {
			t.Errorf("the test of %s has %d lines:\n%s", bug, lines, source)
		}
		if err := os.WriteFile(filepath.Join(dir, bug+"_test.go"), source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "test", dir).CombinedOutput(); err != nil {
		t.Errorf("they do not pass without the bugs: %v\n%s", err, out)
	}
	out, err := exec.Command("go", "run", "../failpoint-build", "-test", dir).CombinedOutput()
	if n := strings.Count(string(out), "--- FAIL: Test"); err == nil || n != len(emitted) ||
		strings.Count(string(out), "INVALID  ordeal/2 ") != n {
		t.Errorf("of %d tests, %d fail with their bugs: %v\n%s", len(emitted), n, err, out)
	}
}
