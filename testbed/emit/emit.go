// Package emit writes trials that fail into files of Go tests, which fail as long as the bug is there.
package emit

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"ordeal/testbed/shrink"
	"ordeal/testbed/trial"
)

// Check says, before anything is played, why a test can't be written to a file. "" is no file.
func Check(file string) error {
	if file == "" {
		return nil
	}
	if !strings.HasSuffix(file, "_test.go") {
		return fmt.Errorf("--emit-test %s: Go runs the tests of files that end in _test.go", file)
	}
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("--emit-test %s: it is there already", file)
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return fmt.Errorf("--emit-test %s: there is no folder %s", file, filepath.Dir(file))
	}
	return nil
}

// Write writes a failing trial as a Go test. "" is no file.
func Write(file string, t trial.Trial, kind, reason string) error {
	if file == "" {
		return nil
	}
	source, err := shrink.Emitted{Package: packageAt(file), Trial: t, Kind: kind, Reason: reason}.Source()
	if err != nil {
		return fmt.Errorf("--emit-test %s: %w", file, err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("--emit-test: %w", err)
	}
	_, err = f.Write(source)
	return errors.Join(err, f.Close())
}

// packageAt is the name of the package that a test in a new file belongs to: beside those that its folder has already,
// or one that is called after the folder.
func packageAt(file string) string {
	dir := filepath.Dir(file)
	others, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, other := range others {
		if parsed, err := parser.ParseFile(token.NewFileSet(), other, nil, parser.PackageClauseOnly); err == nil {
			return strings.TrimSuffix(parsed.Name.Name, "_test") + "_test"
		}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, filepath.Base(abs))
	if name == "" || !unicode.IsLetter(rune(name[0])) {
		name = "regression" + name
	}
	return name + "_test"
}
