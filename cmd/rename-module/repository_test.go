package main

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

var whole = flag.Bool("whole", false, "vet and test the renamed copy of this repository; takes minutes")

// published is the path that a copy of this repository gets. The sample's would not do: it is in this package's tests.
const published = "example.com/publisher/testbed"

// copyRepository copies the repository that this package is in, but for what is no source.
func copyRepository(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		top := rel == ".git" || rel == "bin" || rel == "ordeal-results"
		switch {
		case top && entry.IsDir():
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(dir, rel), 0o755)
		case top || !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, rel), text, 0o755)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTheRepositoryIsRenamedAndBack renames a copy of this repository, looks for what names packages by the old path,
// and renames the copy back.
func TestTheRepositoryIsRenamedAndBack(t *testing.T) {
	dir := copyRepository(t)
	before := read(t, dir)
	ours := modfile.ModulePath([]byte(before["go.mod"]))
	rename(t, dir, published)
	renamed := read(t, dir)
	if got := modfile.ModulePath([]byte(renamed["go.mod"])); got != published {
		t.Errorf("the module is %s, and should be %s", got, published)
	}
	for name, text := range renamed {
		if left := `"` + ours + "/cluster"; strings.Contains(text, left) && strings.HasSuffix(name, ".go") {
			t.Errorf("%s still has %s", name, left)
		}
	}
	if *whole {
		checkRenamed(t, dir)
	}
	rename(t, dir, ours)
	same(t, read(t, dir), before)
}

// checkRenamed vets the renamed copy, and runs tests that know import paths: of marks, of the house's rules, of planted
// bugs, and of trials whose trace is known.
func checkRenamed(t *testing.T, dir string) {
	t.Helper()
	for _, c := range []struct{ in, command string }{
		{".", "go vet ./..."},
		{"examples/paxos", "go vet ./..."},
		{"examples/lease", "go vet ./..."},
		{"examples/redlock", "go vet ./..."},
		{"examples/readindex", "go vet ./..."},
		{"examples/readindex", "go vet -modfile=raft37.mod -tags raft37 ./..."},
		{".", "go test ./cluster/wal ./cluster/tree ./history ./host/... ./sim ./nemesis"},
		{".", "go test ./cmd/bench ./cmd/failpoint-build"},
		{".", "go test -run Corpus|Imports|Table|Reaches|Chance|LaidOut|Readme|Breaches|Emit ."},
		{".", "go run ./cmd/failpoint-build -test ./cluster/wal ./cluster/tree"},
		{".", "go run ./cmd/failpoint-build -test -run PlantedBugsAreFound/bugAckBeforeSync|WithoutABug ."},
	} {
		words := strings.Fields(c.command)
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = filepath.Join(dir, c.in)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			t.Errorf("%s, in %s: %v\n%s", c.command, c.in, err, &out)
		}
	}
}
