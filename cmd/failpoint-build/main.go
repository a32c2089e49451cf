package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	// The go command hears of an interrupt too. This one stays to clear up behind it.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, ".", os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the command, in a working directory. It returns the exit status.
func run(ctx context.Context, dir string, args []string, stdout, stderr io.Writer) int {
	status, err := command(ctx, dir, args, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	return status
}

func command(ctx context.Context, dir string, args []string, stdout, stderr io.Writer) (int, error) {
	r, err := parseArguments(args)
	if err != nil {
		return 2, err
	}
	modules, err := r.findModules(ctx, dir)
	if err != nil {
		return 1, err
	}
	if r.overlay != "" {
		if err := keepOverlay(dir, r.overlay, modules); err != nil {
			return 1, err
		}
		return 0, nil
	}
	folder, err := os.MkdirTemp("", "failpoint-build-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	overlay := filepath.Join(folder, "overlay.json")
	if err := writeOverlay(modules, overlay, folder); err != nil {
		return 1, err
	}
	return goCommand(ctx, dir, append([]string{r.verb, "-overlay", overlay}, withTag(r.rest)...), stdout, stderr)
}

// keepOverlay writes an overlay that stays.
func keepOverlay(dir, file string, modules []module) error {
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	folder := file + ".d"
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return writeOverlay(modules, file, folder)
}

// goCommand runs the go command and returns its exit status. What it has to say it says itself.
func goCommand(ctx context.Context, dir string, args []string, stdout, stderr io.Writer) (int, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, os.Stdin, stdout, stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(1, exit.ExitCode()), nil
	}
	if err != nil {
		return 1, fmt.Errorf("the go command did not run: %w", err)
	}
	return 0, nil
}
