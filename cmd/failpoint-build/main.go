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
	if len(args) == 2 && (args[0] == "-overlay" || args[0] == "--overlay") {
		if err := keepOverlay(ctx, dir, args[1]); err != nil {
			return 1, err
		}
		return 0, nil
	}
	verb := "build"
	if len(args) > 0 && (args[0] == "-test" || args[0] == "--test") {
		verb, args = "test", args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: failpoint-build [-test] [arguments of go build or go test], or " +
			"failpoint-build -overlay FILE")
	}
	folder, err := os.MkdirTemp("", "failpoint-build-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	overlay := filepath.Join(folder, "overlay.json")
	if err := writeOverlay(ctx, dir, overlay, folder); err != nil {
		return 1, err
	}
	return goCommand(ctx, dir, append([]string{verb, "-overlay", overlay}, args...), stdout, stderr)
}

// keepOverlay writes an overlay that stays.
func keepOverlay(ctx context.Context, dir, file string) error {
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
	return writeOverlay(ctx, dir, file, folder)
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
