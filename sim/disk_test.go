package sim

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

// submit queues a job of which the probe hears name and whether it worked.
func (p *probe) submit(name string, steps ...host.Step) {
	p.h.Disk().Submit(steps, func(err error) {
		if err != nil {
			name += " failed"
		}
		p.hear("%s", name)
	})
}

func TestJobsAreDoneInOrderAndLater(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	p.submit("1", host.Append("f", []byte("a")), host.Sync("f"), host.SyncDir())
	p.submit("2")
	p.submit("3", host.Append("f", []byte("b")))
	expect(t, "within Submit the program", p.heard)
	run(w, 1500*time.Microsecond)
	expect(t, "after one sync the program", p.heard)
	run(w, time.Second)
	expect(t, "the program", p.heard, "1", "2", "3")
	if data, err := p.h.Disk().ReadFile("f"); err != nil || string(data) != "ab" {
		t.Errorf("read %q, %v", data, err)
	}
}

func TestJobErrors(t *testing.T) {
	tests := []struct {
		name string
		step host.Step
		gone bool // fs.ErrNotExist
	}{
		{"truncate nothing", host.Truncate("x", 0), true},
		{"truncate beyond the end", host.Truncate("f", 9), false},
		{"truncate below zero", host.Truncate("f", -1), false},
		{"sync nothing", host.Sync("x"), true},
		{"rename nothing", host.Rename("x", "y"), true},
		{"no such kind", host.Step{Kind: 99}, false},
	}
	for _, tt := range tests {
		w := New(1, Config{})
		p := addProbe(t, w, "n1")
		var got error
		p.submit("first", host.Append("f", []byte("abc")), host.Remove("no such file"), host.Rename("f", "f"))
		p.h.Disk().Submit(host.Job{tt.step, host.Append("behind", nil)}, func(err error) { got = err })
		run(w, time.Second)
		expect(t, "the program", p.heard, "first")
		if got == nil || errors.Is(got, fs.ErrNotExist) != tt.gone {
			t.Errorf("%s: %v", tt.name, got)
		}
		if _, err := p.h.Disk().ReadFile("behind"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the step behind it was tried: %v", tt.name, err)
		}
	}
}

func TestDiskFaultsBite(t *testing.T) {
	took := func(fault DiskFault) time.Duration {
		w := New(1, Config{})
		p := addProbe(t, w, "n1")
		must(t, w.SetDisk("n1", fault))
		start, end := w.Now(), w.Now()
		p.h.Disk().Submit(host.Job{host.Append("f", nil), host.Sync("f")}, func(err error) { must(t, err); end = w.Now() })
		run(w, time.Minute)
		return end - start
	}
	plain, slow := took(DiskFault{}), took(DiskFault{SyncDelay: time.Second})
	if plain < 800*time.Microsecond || slow != plain+time.Second {
		t.Errorf("a sync took %v, a slow one %v", plain, slow)
	}
	if jitter := took(DiskFault{SyncJitter: time.Second}); jitter <= plain || jitter > slow {
		t.Errorf("a sync with jitter took %v", jitter)
	}

	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	must(t, w.SetDisk("n1", DiskFault{FailSyncPPM: 200_000}))
	failed := 0
	for range 500 {
		p.h.Disk().Submit(host.Job{host.Append("f", nil), host.Sync("f")}, func(err error) {
			if err != nil {
				failed++
			}
		})
	}
	run(w, time.Minute)
	if failed < 70 || failed > 130 || int(w.Stats().SyncErrors) != failed {
		t.Errorf("%d of 500 syncs failed, counted %d", failed, w.Stats().SyncErrors)
	}
}

func TestDiskQueueHasABound(t *testing.T) {
	w, a, b := pair(t, 1)
	b.receive = func(host.Addr, []byte) {
		for {
			b.submit("one of many")
		}
	}
	a.h.Send("n2", nil)
	run(w, time.Second)
	if f := w.Failures(); len(f) != 1 || !strings.Contains(f[0].Message, "wait for the disk") {
		t.Errorf("failures: %v", f)
	}
}

func TestBytesTakeTimeOnDisk(t *testing.T) {
	w := New(1, Config{Disk: Disk{BytesPerSecond: 1_000_000}})
	p := addProbe(t, w, "n1")
	p.submit("big", host.Append("f", make([]byte, 500_000)))
	run(w, 499*time.Millisecond)
	expect(t, "too soon the program", p.heard)
	run(w, 10*time.Millisecond)
	expect(t, "the program", p.heard, "big")
}

// TestSyncedSurvives crashes counters at every moment: what a counter answered is on its disk.
func TestSyncedSurvives(t *testing.T) {
	for seed := range uint64(150) {
		w := New(seed, Config{})
		w.AddMachine("n1", bootCounter())
		answered := 0
		w.Spawn("c1", func(p host.Process) {
			p.Sleep(10 * time.Millisecond)
			for c := dial(p, "n1"); c.call(string(rune('a' + answered))); answered++ {
			}
		})
		w.RunUntil(12*time.Millisecond + time.Duration(newStream(seed, "when").below(20_000))*time.Microsecond)
		must(t, w.Crash("n1"), w.Restart("n1"))
		known := uint64(answered)
		w.RunUntil(time.Second)
		if got := w.Program("n1").(*counter).count; got < known || got > known+1 {
			t.Errorf("seed %d: %d calls were answered, %d are on disk", seed, known, got)
		}
		noFailures(t, w)
		w.Close()
	}
}

func TestCrashInSync(t *testing.T) {
	left := map[string]int{}
	for seed := range uint64(60) {
		w := New(seed, Config{})
		p := addProbe(t, w, "n1")
		p.submit("made", host.Append("f", []byte("old ")), host.Sync("f"), host.SyncDir())
		run(w, time.Second)
		hits := 0
		must(t, w.CrashInSync("n1", func() { hits++ }))
		p.submit("no sync", host.Append("f", []byte("new")))
		run(w, time.Second)
		if hits != 0 || !w.Up("n1") {
			t.Fatal("it crashed without a sync")
		}
		p.submit("sync", host.Sync("f"))
		run(w, time.Second)
		expect(t, "the program", p.heard, "made", "no sync")
		if hits != 1 || w.Up("n1") {
			t.Fatalf("seed %d: hit %d times, up: %v", seed, hits, w.Up("n1"))
		}
		must(t, w.Restart("n1"))
		run(w, time.Second)
		again := probeOf(t, w, "n1")
		data, err := again.h.Disk().ReadFile("f")
		must(t, err)
		left[string(data[:4])]++
		left[string(data)]++
		again.submit("next", host.Sync("f"))
		run(w, time.Second)
		expect(t, "the restarted", again.heard, "next")
	}
	if left["old "] < 60 || left["old new"] == 0 || left["old new"] == 60 {
		t.Errorf("left on the disks: %v", left)
	}
}

func TestCrashInSyncCanBeDisarmed(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	must(t, w.CrashInSync("n1", nil))
	p.submit("1", host.Append("f", nil), host.Sync("f"))
	must(t, w.DisarmCrashInSync("n1"))
	run(w, time.Second)
	expect(t, "the program", p.heard, "1")
	must(t, w.CrashInSync("n1", nil), w.Crash("n1"), w.Restart("n1"))
	run(w, time.Second)
	again := probeOf(t, w, "n1")
	again.submit("2", host.Append("f", nil), host.Sync("f"))
	run(w, time.Second)
	expect(t, "the restarted", again.heard, "2")
}

func TestDiskTimesAddUp(t *testing.T) {
	w := New(1, Config{CPU: CPU{Message: 10 * time.Millisecond}, Disk: Disk{BytesPerSecond: 1_000_000, SyncTail: -1}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	var took time.Duration
	b.receive = func(host.Addr, []byte) {
		start := w.Now()
		steps := host.Job{host.Append("f", make([]byte, 100_000)), host.Sync("f")}
		b.h.Disk().Submit(steps, func(error) { took = w.Now() - start })
	}
	a.h.Send("n2", nil)
	run(w, time.Second)
	if want := 110*time.Millisecond + 810*time.Microsecond; took != want { // handling, writing, a step, the sync
		t.Errorf("done after %v, want %v", took, want)
	}
}

func TestCrashInSyncIsInTheMiddle(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	var at time.Duration
	must(t, w.SetDisk("n1", DiskFault{SyncDelay: time.Second}), w.CrashInSync("n1", func() { at = w.Now() }))
	start := w.Now()
	p.submit("1", host.Append("f", nil), host.Sync("f"))
	run(w, time.Minute)
	if d := at - start; d < 500*time.Millisecond || d > 600*time.Millisecond {
		t.Errorf("crashed %v into a sync of a second", d)
	}
}

func TestReadingTakesTimeAtBoot(t *testing.T) {
	w := New(1, Config{Disk: Disk{BytesPerSecond: 1_000_000}})
	w.AddMachine("n1", func(h host.Host) (host.Program, error) {
		if _, err := h.Disk().ReadFile("f"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return &probe{h: h, w: w}, nil
	})
	run(w, time.Second)
	probeOf(t, w, "n1").submit("1", host.Append("f", make([]byte, 500_000)), host.Sync("f"), host.SyncDir())
	run(w, time.Second)
	must(t, w.Crash("n1"), w.Restart("n1"))
	run(w, 0)
	p := probeOf(t, w, "n1")
	p.h.Clock().SetAlarm(0)
	run(w, 400*time.Millisecond)
	expect(t, "the program that has read", p.heard)
	run(w, 200*time.Millisecond)
	expect(t, "the program that has read", p.heard, "wake")
}
