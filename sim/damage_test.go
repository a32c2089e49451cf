package sim

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

// written is a world in which n1's disk holds a file of which the end is newer than the rest, all of it durable, and
// one that was given its name when it was whole.
func written(t *testing.T, seed uint64) (*World, *probe) {
	w := New(seed, Config{})
	p := addProbe(t, w, "n1")
	p.submit("first", host.Append("log", bytes.Repeat([]byte{1}, 2000)), host.Sync("log"), host.SyncDir())
	p.submit("second", host.Append("log", bytes.Repeat([]byte{2}, 100)), host.Sync("log"))
	p.submit("third", host.Append("half", bytes.Repeat([]byte{3}, 500)), host.Sync("half"), host.Rename("half", "whole"),
		host.SyncDir())
	run(w, time.Second)
	return w, p
}

func mustRead(t *testing.T, p *probe, name string) []byte {
	t.Helper()
	data, err := p.h.Disk().ReadFile(name)
	must(t, err)
	return data
}

// TestDamageBitesAndIsRepaired holds that damage shows in what is read, that it spares what was synced last unless that
// is asked for, and that nothing is left of it after Repair.
func TestDamageBitesAndIsRepaired(t *testing.T) {
	for _, kind := range []Damage{BitRot, Misdirected} {
		newest, whole := 0, 0
		for seed := range uint64(60) {
			for _, last := range []bool{false, true} {
				w, p := written(t, seed)
				log, other := mustRead(t, p, "log"), mustRead(t, p, "whole")
				what, err := w.Damage("n1", kind, last)
				must(t, err)
				bad, badOther := mustRead(t, p, "log"), mustRead(t, p, "whole")
				if what == "" || !w.Damaged("n1") || len(bad) != len(log) {
					t.Fatalf("seed %d: %q, damaged: %v", seed, what, w.Damaged("n1"))
				}
				spoiled := !bytes.Equal(bad[2000:], log[2000:])
				if spoiled && !last {
					t.Fatalf("seed %d: %s, and that is what was synced last", seed, what)
				}
				if spoiled {
					newest++
				}
				if !bytes.Equal(other, badOther) {
					whole++
				}
				must(t, w.Repair("n1"))
				if !bytes.Equal(mustRead(t, p, "log"), log) || !bytes.Equal(mustRead(t, p, "whole"), other) || w.Damaged("n1") {
					t.Fatalf("seed %d: it is not repaired", seed)
				}
			}
		}
		if newest == 0 || whole == 0 {
			t.Errorf("kind %d: the newest bytes were spoiled %d times, the whole file %d times", kind, newest, whole)
		}
	}
}

func TestRotFlipsBits(t *testing.T) {
	w, p := written(t, 3)
	log, whole := mustRead(t, p, "log"), mustRead(t, p, "whole")
	what, err := w.Damage("n1", BitRot, false)
	must(t, err)
	differ := 0
	for i, b := range append(mustRead(t, p, "log"), mustRead(t, p, "whole")...) {
		if b != append(bytes.Clone(log), whole...)[i] {
			differ++
		}
	}
	if differ == 0 || differ > 8 || !strings.Contains(what, "bits of") {
		t.Errorf("%d bytes differ: %s", differ, what)
	}
}

func TestDamageNeedsBytes(t *testing.T) {
	w := New(1, Config{})
	addProbe(t, w, "n1")
	if what, err := w.Damage("n1", BitRot, true); what != "" || err != nil || w.Damaged("n1") {
		t.Errorf("an empty disk was damaged: %q, %v", what, err)
	}
	if _, err := w.Damage("n9", BitRot, true); err == nil {
		t.Error("a machine that is not there was damaged")
	}
}

// TestDamageOutlastsACrash: it lies on the disk.
func TestDamageOutlastsACrash(t *testing.T) {
	w, p := written(t, 4)
	before := mustRead(t, p, "log")
	_, err := w.Damage("n1", Misdirected, true)
	must(t, err)
	bad := append(mustRead(t, p, "log"), mustRead(t, p, "whole")...)
	must(t, w.Crash("n1"), w.Restart("n1"))
	run(w, time.Second)
	p = probeOf(t, w, "n1")
	if got := append(mustRead(t, p, "log"), mustRead(t, p, "whole")...); !bytes.Equal(got, bad) ||
		bytes.Equal(got[:len(before)], before) && !w.Damaged("n1") {
		t.Error("a crash changed the damage")
	}
}

func TestFullDiskTakesAPartAndRecovers(t *testing.T) {
	parts := 0
	for seed := range uint64(20) {
		w := New(seed, Config{})
		p := addProbe(t, w, "n1")
		must(t, w.SetDisk("n1", DiskFault{Full: true}))
		var got error
		p.h.Disk().Submit(host.Job{host.Append("f", make([]byte, 100)), host.Sync("f")}, func(err error) { got = err })
		run(w, time.Second)
		data, _ := p.h.Disk().ReadFile("f")
		if !errors.Is(got, ErrFull) || len(data) >= 100 || w.Stats().Full != 1 {
			t.Fatalf("seed %d: %v, and %d bytes", seed, got, len(data))
		}
		if len(data) > 0 {
			parts++
		}
		must(t, w.SetDisk("n1", DiskFault{}))
		p.submit("again", host.Append("f", make([]byte, 100)), host.Sync("f"))
		run(w, time.Second)
		expect(t, "with room the program", p.heard, "again")
	}
	if parts == 0 {
		t.Error("no part of an append was ever written")
	}
}

func TestFailingReadBites(t *testing.T) {
	w, p := written(t, 1)
	must(t, w.SetDisk("n1", DiskFault{FailRead: true}))
	if _, err := p.h.Disk().ReadFile("log"); !errors.Is(err, ErrDisk) {
		t.Errorf("read: %v", err)
	}
	must(t, w.SetDisk("n1", DiskFault{}))
	mustRead(t, p, "log")
}

// TestGoBackForgetsWhatWasSynced, and Wipe everything.
func TestGoBackForgetsWhatWasSynced(t *testing.T) {
	w, p := written(t, 1)
	must(t, w.Remember("n1"))
	p.submit("later", host.Append("log", []byte("later")), host.Sync("log"), host.Remove("whole"), host.SyncDir())
	run(w, time.Second)
	if w.GoBack("n1") == nil {
		t.Error("the disk of a running program went back")
	}
	must(t, w.Crash("n1"), w.GoBack("n1"), w.Restart("n1"))
	run(w, time.Second)
	p = probeOf(t, w, "n1")
	if len(mustRead(t, p, "log")) != 2100 || len(mustRead(t, p, "whole")) != 500 {
		t.Error("the disk is not as it was remembered")
	}
	must(t, w.Crash("n1"))
	if w.GoBack("n1") == nil {
		t.Error("one memory served twice")
	}
	must(t, w.Wipe("n1"), w.Restart("n1"))
	run(w, time.Second)
	if names, _ := probeOf(t, w, "n1").h.Disk().ReadDir(); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}
