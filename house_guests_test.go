package ordeal_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exampleLinesMax is how many lines of Go an example of guests may have of its own, tests aside: what it would have
// more belongs where strangers find it too.
const exampleLinesMax = 150

func TestExamplesOfGuestsAreShort(t *testing.T) {
	modules, err := filepath.Glob("examples/*/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	guests := 0
	for _, name := range modules {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte("ordeal/guest ")) {
			continue
		}
		guests++
		if n := linesOfGo(t, filepath.Dir(name)); n > exampleLinesMax {
			t.Errorf("%s has %d lines of its own, and may have %d", filepath.Dir(name), n, exampleLinesMax)
		}
	}
	if guests < 5 {
		t.Errorf("there are %d examples of guests", guests)
	}
}

// linesOfGo counts the lines of all Go files below a folder that are no tests.
func linesOfGo(t *testing.T, dir string) (lines int) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		lines += bytes.Count(text, []byte("\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
