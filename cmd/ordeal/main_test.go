package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// asCommand is set in the environment of a test binary that is to be the command itself. So the tests run real
// processes, which they can kill, and nothing has to be built for them.
const asCommand = "ORDEAL_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// The exit codes, as `ordeal --help` has them.
const (
	exitValid   = 0
	exitInvalid = 1
	exitUnknown = 2
	exitUsage   = 254
	exitTool    = 255
)

// patience is how long a test waits for what takes moments: a busy machine is no failure.
const patience = 2 * time.Minute

// command is the program with some arguments, not started yet.
func ordealCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*patience)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, self, args...)
	c.Env = append(outsideOfCI(os.Environ()), asCommand+"=1")
	return c
}

// outsideOfCI is an environment without what a program goes by that CI runs: the tests may be run by it.
func outsideOfCI(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(v string) bool {
		return strings.HasPrefix(v, "GITHUB_") || strings.HasPrefix(v, "CI_") || strings.HasPrefix(v, "GIT_COMMIT=")
	})
}

// ran is how a command ended.
type ran struct {
	code     int
	out, err string
}

// ordeal runs the program in a folder and waits for its end.
func ordealIn(t *testing.T, dir string, args ...string) ran {
	t.Helper()
	c := ordealCommand(t, args...)
	c.Dir = dir
	return outcome(t, c)
}

// outcome runs a command to its end.
func outcome(t *testing.T, c *exec.Cmd) ran {
	t.Helper()
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return ran{c.ProcessState.ExitCode(), out.String(), errOut.String()}
}

// refused checks that a command said one clear line and nothing else, with a usage error's code, and that no file is in
// dir but those that were.
func (r ran) refused(t *testing.T, dir, want string, files ...string) {
	t.Helper()
	if r.code != exitUsage {
		t.Errorf("the exit code is %d, not %d", r.code, exitUsage)
	}
	if r.out != "" {
		t.Errorf("standard output has %q", r.out)
	}
	wantOneLine(t, r.err, want)
	wantFiles(t, dir, files...)
}

// wantOneLine checks that what was said is one line of this program's, with all these words in it.
func wantOneLine(t *testing.T, said string, want ...string) {
	t.Helper()
	line, rest, _ := strings.Cut(said, "\n")
	if rest != "" || !strings.HasPrefix(line, "ordeal: ") {
		t.Errorf("one line is wanted, and it said\n%s", said)
	}
	for _, w := range want {
		if !strings.Contains(line, w) {
			t.Errorf("it said\n%s\nand not %q", said, w)
		}
	}
}

// wantFiles checks which files are in a folder.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("%s has the files %q, and not %q", dir, names, want)
	}
}
