package doubt

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestSettle(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) os.FileInfo {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	before := map[string]os.FileInfo{"a.log": write("a.log", "one"), "b": write("b", ""), ".lock": write(".lock", "me")}
	if err := os.Mkdir(filepath.Join(dir, "version"), 0o700); err != nil {
		t.Fatal(err)
	}
	same := func(name, text string) bool {
		path := filepath.Join(dir, name)
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Fatalf("%s has %q, %v", name, got, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != before[name].Mode() {
			t.Fatalf("%s is %v, %v", name, info.Mode(), err)
		}
		return os.SameFile(info, before[name])
	}
	if err := settle(dir); err != nil || !same("a.log", "one") || !same("b", "") {
		t.Errorf("%v of a directory in which no sync has failed", err)
	}
	write("a.log.anew", "half")
	if failed := errors.New("failed"); !errors.Is(Noted(dir, failed), failed) || Noted(dir, nil) != nil {
		t.Fatal("it was not noted")
	}
	if err := settle(dir); err != nil || same("a.log", "one") || same("b", "") || !same(".lock", "me") {
		t.Errorf("%v, and files are the old ones", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 4 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestSettleFails leaves the note where a file can't be written anew.
func TestSettleFails(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.log", "a.log.anew/in the way"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("one"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if failed := errors.New("failed"); !errors.Is(Noted(dir, failed), failed) || Noted(dir, nil) != nil {
		t.Fatal("it was not noted")
	}
	if d, err := Open(dir); err == nil {
		d.Close()
		t.Error("it was written anew over a directory")
	}
	if _, err := os.Stat(filepath.Join(dir, Name)); err != nil {
		t.Error(err)
	}
}
