package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// workshop is a copy of the module in which mutants are built and tried, one after another.
type workshop struct {
	root      string
	megabytes int           // address space that a process may use; 0 for as much as there is
	patience  time.Duration // how long one command may take, by the clock: far longer than any needs
	spent     time.Duration // CPU time of the commands that have ended
}

// notCopied are folders that no build needs.
var notCopied = map[string]bool{".git": true, "bin": true, "ordeal-results": true, "examples": true, "findings": true}

// openWorkshop copies a module to a new folder below the system's folder for such things.
func openWorkshop(module string, megabytes int, patience time.Duration) (*workshop, error) {
	root, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(module, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		short, err := filepath.Rel(module, name)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && notCopied[short]:
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(root, short), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(root, short), content, 0o644)
	})
	return &workshop{root: root, megabytes: megabytes, patience: patience}, err
}

func (w *workshop) close() error { return os.RemoveAll(w.root) }

// with has a mistake in the source while it calls try.
func (w *workshop) with(m mutant, try func() error) error {
	name := filepath.Join(w.root, filepath.FromSlash(m.File))
	source, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, m.apply(source), 0o644); err != nil {
		return err
	}
	err = try()
	return errors.Join(err, os.WriteFile(name, source, 0o644))
}

// ended is how a command ended.
type ended struct {
	ok     bool
	late   bool // it was ended because it took longer than is waited for
	output string
}

// run runs a command in the copy, with what it prints taken together. None of its processes may use more than so much
// CPU time, if that is above 0: how loaded the machine is must not decide which mutant never ends.
func (w *workshop) run(ctx context.Context, cpu time.Duration, name string, args ...string) (ended, error) {
	bounded, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	var output bytes.Buffer
	cmd := w.command(bounded, cpu, name, args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Start()
	if err == nil {
		err = w.wait(cmd)
	}
	e := ended{ok: err == nil, late: bounded.Err() != nil, output: output.String()}
	if exit := (*exec.ExitError)(nil); ctx.Err() == nil && (errors.As(err, &exit) || e.late) {
		err = nil
	}
	return e, err
}

// wait waits for a command, and counts what CPU time it and the processes that it waited for have used.
func (w *workshop) wait(cmd *exec.Cmd) error {
	err := cmd.Wait()
	if cmd.ProcessState != nil {
		w.spent += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return err
}

// command is a command in the copy. It is asked to end when ctx ends, and killed if it does not.
func (w *workshop) command(ctx context.Context, cpu time.Duration, name string, args ...string) *exec.Cmd {
	limits := `exec "$@"`
	if w.megabytes > 0 {
		limits = fmt.Sprintf("ulimit -v %d; %s", w.megabytes*1024, limits)
	}
	if cpu > 0 {
		limits = fmt.Sprintf("ulimit -t %d; %s", int(cpu.Seconds()), limits)
	}
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", limits, "sh", name}, args...)...)
	cmd.Dir = w.root
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// why is the line of an output that says most about a failure: the first that names a test or a panic, else the last.
func why(output string) string {
	for line := range strings.SplitSeq(output, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "--- FAIL") || strings.HasPrefix(line, "panic:") {
			return line
		}
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return lines[len(lines)-1]
}
