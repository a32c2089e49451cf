package ordeal

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var sizeText = regexp.MustCompile(`faults \d+ → (\d+), operations \d+ → (\d+), clients \d+ → (\d+), servers \d+ → (\d+), `)

// TestPlantedBugsAreCutDown does what a user does with a finding: it shrinks it, asks for the story, and keeps it as a test.
func TestPlantedBugsAreCutDown(t *testing.T) {
	if testing.Short() || Marked() {
		t.Skip("it builds the marked command itself, and once is enough")
	}
	program := buildMarked(t)
	for _, c := range []struct {
		bug, workload, seeds string
		says                 []string // what the story has to have
	}{
		{"bugAckBeforeSync", "queue", "2-40", []string{"applied entry ", ", and answered for it, when it was on ", "needed  "}},
		{"bugLockNoRecheck", "lock", "2-40", []string{"the acquire of c", " was answered at ", ", which had ended at "}},
	} {
		t.Run(c.bug, func(t *testing.T) {
			dir := t.TempDir()
			text, _ := runCommand(t, program, "run", "--bug", c.bug, "--workloads", c.workload, "--seeds", c.seeds, "--length", bugLength, "--out", dir)
			_, text, _ = strings.Cut(text, "INVALID  ")
			found := againText.FindStringSubmatch(text)
			if found == nil || !strings.Contains(text, "  smaller: bin/ordeal shrink ") {
				t.Fatalf("it was not found, or offered no smaller one:\n%s", text)
			}
			file := filepath.Join(dir, "bug_test.go")
			text, code := runCommand(t, program, "shrink", found[1], "--budget", "0", "--tries", "600", "--out", dir, "--emit-test", file)
			size := sizeText.FindStringSubmatch(text)
			if code != 1 || size == nil || number(t, size[1]) > 3 || number(t, size[2]) > 10 {
				t.Fatalf("exit code %d\n%s", code, text)
			}
			_, kept, _ := strings.Cut(text, "  files: ")
			kept, _, _ = strings.Cut(kept, "\n")
			story, code := runCommand(t, program, "explain", kept)
			if again, _ := runCommand(t, program, "explain", "--jobs", "1", kept); code != 1 || again != story {
				t.Errorf("exit code %d; one job has another story:\n%s\n%s", code, story, again)
			}
			for _, words := range append(c.says, "EXPLAINED  ordeal/1 ", "What happened:\n", " leads term ", "What was safe on the disks at ", "What ought not to be:\n") {
				if !strings.Contains(story, words) {
					t.Errorf("the story does not have %q:\n%s", words, story)
				}
			}
			checkEmitted(t, file)
		})
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// checkEmitted: a test that was written fails with its bug, and passes without.
func checkEmitted(t *testing.T, file string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(source), "\n"); lines >= 50 {
		t.Errorf("the test has %d lines:\n%s", lines, source)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), file, source, 0); err != nil {
		t.Error(err)
	}
	// It belongs to a package within this module.
	dir, err := os.MkdirTemp(".", "emitted")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "bug_test.go"), source, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "test", "./"+dir).CombinedOutput(); err != nil {
		t.Errorf("it does not pass without the bug: %v\n%s", err, out)
	}
	out, err := exec.Command("go", "run", "./cmd/failpoint-build", "-test", "./"+dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--- FAIL: Test") || !strings.Contains(string(out), "INVALID  ordeal/1 ") {
		t.Errorf("it does not fail with the bug: %v\n%s", err, out)
	}
}
