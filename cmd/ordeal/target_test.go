package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ordeal/server/servertest"
)

// TestRunTarget tries a server in this process, and has what was recorded judged again.
func TestRunTarget(t *testing.T) {
	server, dir := servertest.Start(t).Addrs()[0], t.TempDir()
	r := ordealIn(t, dir, "run", "--target", server, "--workloads", "register,queue", "--length", "1s", "--seed", "7",
		"--json")
	if r.code != exitValid || strings.Count(r.err, "VALID  target=") != 2 || !strings.Contains(r.err,
		"2 valid, 0 unknown, 0 invalid\n") {
		t.Errorf("%+v", r)
	}
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		var result struct {
			Outcome, Line, Replay string
			Notes                 []string
		}
		if err := json.Unmarshal([]byte(line), &result); err != nil || result.Outcome != "valid" || result.Replay != "" ||
			len(result.Notes) == 0 {
			t.Errorf("%q is %+v, %v", line, result, err)
		}
	}
	folder := filepath.Join(dir, "ordeal-results")
	wantFiles(t, folder, "index.html", "queue-target-seed7", "register-target-seed7")
	folder = filepath.Join(folder, "queue-target-seed7")
	if _, err := os.Stat(filepath.Join(folder, "latency-raw.svg")); err != nil {
		t.Error(err)
	}
	if again := ordealIn(t, folder, "check", "history.jsonl", "--model", "queue"); again.code != exitValid {
		t.Errorf("judged again: %+v", again)
	}
}

// TestRunTargetIsInterrupted: what there is by then is judged, and it is no pass.
func TestRunTargetIsInterrupted(t *testing.T) {
	server, dir := servertest.Start(t).Addrs()[0], t.TempDir()
	c := ordealCommand(t, "run", "--target", server, "--workloads", "register", "--length", "10m", "--seed", "7", "--out",
		dir)
	begun := &firstLine{came: make(chan struct{})}
	c.Stdout = begun
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-begun.came:
	case <-time.After(patience):
		t.Fatal("it did not begin")
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitUnknown || !strings.Contains(begun.text.String(),
		"\ninterrupted\n") {
		t.Errorf("exit code %d:\n%s", code, begun.text.String())
	}
}

// firstLine collects output, and tells when there is some.
type firstLine struct {
	text strings.Builder
	came chan struct{}
}

func (f *firstLine) Write(b []byte) (int, error) {
	if f.text.Len() == 0 {
		close(f.came)
	}
	return f.text.Write(b)
}
