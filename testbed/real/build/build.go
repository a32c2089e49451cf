// Package build builds programs that public modules are.
package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Module builds the program that a module is. A module of its own asks for it: `go install` takes no module that
// replaces others.
func Module(ctx context.Context, module, version, to string) error {
	dir, err := os.MkdirTemp("", "ordeal-build")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"mod", "init", "build"}, {"get", module + "@" + version}, {"build", "-trimpath", "-o", "built", module},
	} {
		c := exec.CommandContext(ctx, "go", args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0", "GOWORK=off")
		if out, err := c.CombinedOutput(); err != nil {
			if errors.Is(err, exec.ErrNotFound) {
				return errors.New("the program go is not there")
			}
			return fmt.Errorf("go %s: %w: %s", args[0], err, lastLine(string(out)))
		}
	}
	built := filepath.Join(dir, "built")
	// Beside its place first: another folder may be another file system, and a half-written program must not be found.
	half := fmt.Sprintf("%s.%d", to, os.Getpid())
	text, err := os.ReadFile(built)
	if err != nil {
		return err
	}
	if err := os.WriteFile(half, text, 0o700); err != nil {
		return err
	}
	return os.Rename(half, to)
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// Says is the first line that a command prints, such as one that asks a program for its version; "" for no command.
func Says(command []string) string {
	if len(command) == 0 {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, command[0], command[1:]...).Output()
	if err != nil {
		return "not known: " + err.Error()
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return first
}
