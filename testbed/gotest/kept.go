package gotest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ordeal/testbed/trial"
)

// keptDir is the folder of the lines of a test's trials that have failed, as Go's fuzzer has one for inputs.
func keptDir(test string) string {
	return filepath.Join("testdata", "ordeal", filepath.FromSlash(test))
}

// readKept reads the trials that have failed before, in the order of their files.
func readKept(dir string, s *trial.Service) (kept []trial.Trial, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("kept trials: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue // of a subtest
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("kept trials: %w", err)
		}
		one, err := parseKept(string(text), s)
		if err != nil {
			return nil, fmt.Errorf("%s:%w", filepath.ToSlash(path), err)
		}
		kept = append(kept, one)
	}
	return kept, nil
}

// parseKept reads a file: one trial line, and comments. The error begins with a line's number.
func parseKept(text string, s *trial.Service) (one trial.Trial, err error) {
	found := 0
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if found++; found > 1 {
			return one, fmt.Errorf("%d: a second trial line: a file has one", i+1)
		}
		if one, err = s.Parse(line); err != nil {
			return one, fmt.Errorf("%d: %w; what can't be played any more guards nothing: remove the file", i+1, err)
		}
	}
	if found == 0 {
		return one, errors.New("1: no trial line")
	}
	return one, nil
}

// keep writes the line of a trial that has failed, unless it is there.
func keep(dir string, one trial.Trial, wrong string) (path string, err error) {
	path = filepath.Join(dir, one.Name())
	if old, err := os.ReadFile(path); err == nil && strings.Contains(string(old), one.Line()+"\n") {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	text := "# " + strings.Join(strings.Fields(wrong), " ") + "\n" + one.Line() + "\n"
	return path, os.WriteFile(path, []byte(text), 0o644)
}
