package sim

import (
	"errors"
	"testing"
	"time"

	"ordeal/host"
)

// leaver is a probe that makes ready for its end.
type leaver struct {
	probe
	done func()
}

func (l *leaver) Leave(done func()) { l.done = done }

func addLeaver(t *testing.T, w *World, name host.Addr) *leaver {
	t.Helper()
	var l *leaver
	w.AddMachine(name, func(h host.Host) (host.Program, error) {
		l = &leaver{probe: probe{h: h, w: w}}
		return l, nil
	})
	run(w, 10*time.Millisecond)
	return l
}

// TestKillLeavesTheDiskAlone: what a crash would take is there, and no more durable than before.
func TestKillLeavesTheDiskAlone(t *testing.T) {
	gone := 0
	for seed := range uint64(40) {
		w := New(seed, Config{})
		p := addProbe(t, w, "n1")
		p.submit("written", host.Append("f", []byte("not synced")))
		run(w, time.Millisecond)
		must(t, w.Kill("n1"))
		if w.Up("n1") || w.Kill("n1") == nil {
			t.Fatal("it is up")
		}
		must(t, w.Restart("n1"))
		run(w, time.Second)
		if got := mustRead(t, probeOf(t, w, "n1"), "f"); string(got) != "not synced" {
			t.Fatalf("seed %d: %q is left", seed, got)
		}
		must(t, w.Crash("n1"), w.Restart("n1"))
		run(w, time.Second)
		if data, err := probeOf(t, w, "n1").h.Disk().ReadFile("f"); err != nil || string(data) != "not synced" {
			gone++
		}
	}
	if gone == 0 {
		t.Error("a kill made durable what no sync had")
	}
}

func TestLeaveWaitsForTheProgram(t *testing.T) {
	w := New(1, Config{})
	l := addLeaver(t, w, "n1")
	must(t, w.Leave("n1"))
	run(w, time.Second)
	if l.done == nil || !w.Up("n1") {
		t.Fatal("it was not asked, or did not wait")
	}
	l.done()
	if w.Up("n1") {
		t.Error("it is ready for its end, and up")
	}
	must(t, w.Restart("n1"))
	run(w, time.Second)
	must(t, w.Leave("n1"))
	run(w, leaveMax)
	if w.Up("n1") {
		t.Error("it was waited for for ever")
	}
	must(t, w.Restart("n1"))
	run(w, 2*leaveMax)
	if !w.Up("n1") {
		t.Error("what was to end an earlier life ended this one")
	}
}

func TestLeaveOfAnyProgram(t *testing.T) {
	w := New(1, Config{})
	addProbe(t, w, "n1")
	must(t, w.Leave("n1"))
	run(w, time.Millisecond)
	if w.Up("n1") || w.Leave("n1") == nil || w.Do("n1", nil) == nil {
		t.Error("it is up")
	}
}

// TestDoWaitsForItsTurn: it comes between two inputs.
func TestDoWaitsForItsTurn(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	must(t, w.Pause("n1"))
	must(t, w.Do("n1", func(prog host.Program) { prog.(*probe).hear("do") }))
	run(w, time.Second)
	expect(t, "paused, the program", p.heard)
	must(t, w.Resume("n1"))
	run(w, time.Second)
	expect(t, "the program", p.heard, "do")
	must(t, w.Do("n1", func(prog host.Program) { prog.(*probe).h.Stop(errors.New("enough")) }))
	run(w, time.Second)
	if w.Up("n1") || len(w.Stops()) != 1 {
		t.Errorf("what was done did not stop it: %v", w.Stops())
	}
}
