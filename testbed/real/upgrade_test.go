package real

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"ordeal/testbed/real/thread"
)

// TestAnOrderlyStopChangesThePrograms and nothing else does: so a plan's stops are a rolling upgrade, and the next ones
// a downgrade.
func TestAnOrderlyStopChangesThePrograms(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"old", "new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Named("ours=" + filepath.Join(dir, "old") + "," + filepath.Join(dir, "new"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := thread.New(func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	all, err := routed{}.places(p, "", dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{name: "n1", place: all[0], machine: &shared{Thread: m}}
	if err := os.Mkdir(s.place.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(p); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		end  func()
		want string
	}{
		{func() {}, "old"}, {s.kill, "old"}, {func() { s.stop(p.Stop) }, "new"}, {s.kill, "new"},
		{func() { s.stop(p.Stop) }, "old"},
	} {
		c.end()
		if err := s.start(); err != nil {
			t.Fatal(err)
		}
		if got := filepath.Base(s.args[0]); got != c.want {
			t.Errorf("it runs %s, want %s", got, c.want)
		}
	}
	s.signal(syscall.SIGKILL)
	s.kill()
}

func TestASecondProgramLeftOutIsTheUsualOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old")
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if p, err := Named("ours=" + path + ","); err != nil || p.Binary != path || p.programs[1] != self {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := Named("ours=" + path + ",/no/such/program"); err == nil {
		t.Error("a program that is not there")
	}
}

// TestProgramsComeInTheirOrder, and go back in it.
func TestProgramsComeInTheirOrder(t *testing.T) {
	s := &server{programs: []string{"a", "b", "c"}, command: []string{"{{.Binary}}"}}
	got := ""
	for range 7 {
		if s.changes = true; s.change() != nil {
			t.Fatal("it does not change")
		}
		got += s.args[0]
	}
	if want := "bcbabcb"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestVersionsAreAskedFor(t *testing.T) {
	p, err := Named("etcd@v3.5.35,v3.6.16")
	if err != nil || !slices.Equal(p.asked, []string{"v3.5.35", "v3.6.16"}) {
		t.Fatalf("%v, %v", p.asked, err)
	}
	if err := p.checkVersions([]string{"etcd Version: 3.5.35", "etcd Version: 3.6.15"}); err == nil {
		t.Error("another version than was asked for")
	}
	for _, wrong := range []string{"etcd@v3.5.35,", "etcd@3.6", "ours@v1.0.0"} {
		if _, err := Named(wrong); err == nil {
			t.Error(wrong)
		}
	}
}

// TestWhoIgnoresSIGTERMIsKilled, and is said to have been slow.
func TestWhoIgnoresSIGTERMIsKilled(t *testing.T) {
	m, err := thread.New(func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p := &Product{Command: []string{"sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"}}
	s := &server{name: "n1", place: Place{Dir: t.TempDir()}, machine: &shared{Thread: m}}
	if err := s.prepare(p); err != nil {
		t.Fatal(err)
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); s.lastWords(1) != "deaf" && time.Now().Before(until); {
		time.Sleep(5 * time.Millisecond)
	}
	if slow := s.stop(100 * time.Millisecond); !slow || s.up() {
		t.Errorf("slow is %v, up is %v", slow, s.up())
	}
}
