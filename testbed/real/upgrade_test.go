package real

import (
	"os"
	"path/filepath"
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
	if p, err := Named("ours=" + path + ","); err != nil || p.Binary != path || p.other != self {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := Named("ours=" + path + ",/no/such/program"); err == nil {
		t.Error("a program that is not there")
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
