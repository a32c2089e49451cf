package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// read returns every file below dir by its slash-separated path in it.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same reports every file that is not as it should be.
func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
		t.Fatalf("the files are %q, and they should be %q", a, b)
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is\n%s\nand should be\n%s", name, got[name], text)
		}
	}
}

// rename runs the command, which must not fail.
func rename(t *testing.T, dir string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if status := run(dir, args, &out, &out); status != 0 {
		t.Fatalf("%q: status %d: %s", args, status, &out)
	}
}

func TestASampleIsRenamedAndBack(t *testing.T) {
	dir, after := writeSample(t)
	before := read(t, dir)
	rename(t, dir, newPath)
	same(t, read(t, dir), after)
	rename(t, dir, "sample")
	same(t, read(t, dir), before)
}

func TestNonsenseIsRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "usage: rename-module"},
		{[]string{newPath, "x"}, "usage: rename-module"},
		{[]string{"-f", newPath}, "flag provided but not defined"},
		{[]string{"sample"}, "sample is the module's path already"},
		{[]string{""}, `malformed import path "": empty string`},
		{[]string{"you/trials"}, `malformed module path "you/trials": missing dot in first path element`},
		{[]string{"https://example.org/x"}, `malformed module path "https://example.org/x"`},
		{[]string{"example.org/a b"}, `malformed module path "example.org/a b"`},
		{[]string{"example.org/x/v1"}, `malformed module path "example.org/x/v1"`},
		{[]string{"example.org/x/"}, `malformed module path "example.org/x/"`},
		{[]string{"fmt"}, "fmt is a package of the standard library"},
		{[]string{"example.org/dep/inner"}, "example.org/dep/inner and example.org/dep, which go.mod requires"},
	} {
		dir, _ := writeSample(t)
		write(t, filepath.Join(dir, "go.mod"), "module sample\n\nrequire example.org/dep v1.0.0\n")
		before := read(t, dir)
		var out bytes.Buffer
		status := run(dir, c.args, &out, &out)
		if status != 2 || !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%q: status %d: %s", c.args, status, &out)
		}
		same(t, read(t, dir), before)
	}
}

// TestATreeThatHasThePathIsLeftAlone: renaming back would take the new path for the old one where it stood before.
func TestATreeThatHasThePathIsLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"part/other.go": "package part\n\n// From sample/part to " + newPath + "/part.\n",
		"part/wide.go":  "package  part\n\nimport _ \"sample\"\n",
		"part/torn.go":  "package part\n\nimport \"sample",
		"NOTES":         "sample/part was " + newPath + "/part\n",
	} {
		dir, _ := writeSample(t)
		write(t, filepath.Join(dir, name), text)
		before := read(t, dir)
		var out bytes.Buffer
		status := run(dir, []string{newPath}, &out, &out)
		said := out.String()
		if status != 1 || !strings.Contains(said, filepath.FromSlash(name)) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: status %d: %s", name, status, said)
		}
		same(t, read(t, dir), before)
	}
}

func TestUncommittedChangesAreKept(t *testing.T) {
	dir, after := writeSample(t)
	cmd := exec.Command("git", "init", "--quiet", dir)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("no git here: %v: %s", err, text)
	}
	var out bytes.Buffer
	status := run(dir, []string{newPath}, &out, &out)
	if status != 1 || !strings.HasPrefix(out.String(), "there are changes") {
		t.Errorf("status %d: %s", status, &out)
	}
	rename(t, dir, "-force", newPath)
	if err := os.RemoveAll(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	same(t, read(t, dir), after)
}
