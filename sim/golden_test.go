package sim

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

// chaos is a world of three counters and four clients with every fault in turn.
func chaos(seed uint64) *World { return chaosIn(seed, InTurn) }

func chaosIn(seed uint64, o Order) *World { return chaosWith(seed, Config{Order: o}) }

func chaosWith(seed uint64, cfg Config) *World {
	w := New(seed, cfg)
	names := []host.Addr{"n1", "n2", "n3"}
	for i, n := range names {
		w.AddMachine(n, bootCounter(names[(i+1)%3], names[(i+2)%3]))
	}
	for i := range 4 {
		w.Spawn(host.Addr(fmt.Sprintf("c%d", i)), func(p host.Process) {
			for p.Now() >= 0 {
				calls(p, names[p.Rand().IntN(3)], 20)
			}
		})
	}
	nemesis := w.Rand("nemesis")
	for at := 100 * time.Millisecond; at < 10*time.Second; at += 100 * time.Millisecond {
		w.At(at, func() { breakSomething(w, names[nemesis.IntN(3)], names[nemesis.IntN(3)], nemesis.IntN(20)) })
	}
	return w
}

// breakSomething applies a verb; one that can't be applied is part of the scenario.
func breakSomething(w *World, a, b host.Addr, which int) {
	_ = []func() error{
		func() error { return w.Crash(a) },
		func() error { return w.Restart(a) },
		func() error { return w.Restart(a) },
		func() error { return w.Pause(a) },
		func() error { return w.Resume(a) },
		func() error { return w.Resume(a) },
		func() error { return w.Cut(a, b) },
		func() error { return w.Mend(a, b) },
		func() error { return w.Mend(a, b) },
		func() error { return w.Clog(a, b) },
		func() error { return w.Unclog(a, b) },
		func() error { return w.Unclog(a, b) },
		func() error {
			return w.SetLink(a, b, LinkFault{Delay: time.Millisecond, Jitter: 3 * time.Millisecond, LossPPM: 100_000,
				DuplicatePPM: 200_000, ReorderPPM: 300_000})
		},
		func() error { return w.ClearLink(a, b) },
		func() error { return w.SetDrift(a, 100_000) },
		func() error { return w.SetDrift(a, -200_000) },
		func() error { return w.JumpWall(a, -time.Hour) },
		func() error { return w.SetDisk(a, DiskFault{SyncDelay: 5 * time.Millisecond, FailSyncPPM: 10_000}) },
		func() error { return w.SetDisk(a, DiskFault{}) },
		func() error { return w.CrashInSync(a, nil) },
	}[which]()
}

func TestSameSeedSameWorld(t *testing.T) {
	hashes := map[uint64]uint64{}
	for _, seed := range []uint64{1, 2, 3, 1, 2, 3} {
		w := chaos(seed)
		w.RunUntil(10 * time.Second)
		noFailures(t, w)
		hash := w.TraceHash()
		if before, again := hashes[seed]; again && before != hash {
			t.Errorf("seed %d: hash %x, then %x", seed, before, hash)
		}
		hashes[seed] = hash
		if w.Events() < 10_000 {
			t.Errorf("seed %d: only %d events", seed, w.Events())
		}
		w.Close()
	}
	if hashes[1] == hashes[2] || hashes[2] == hashes[3] {
		t.Errorf("different seeds made the same world: %x", hashes)
	}
}

// TestGolden holds the world to what it was when testdata/golden.txt was written: a change of it changes what every
// seed means, so it must be meant. Then put the hash that the failure shows into the file.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, err := strconv.ParseUint(strings.TrimSpace(string(text)), 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	w := chaos(20260101)
	defer w.Close()
	w.RunUntil(10 * time.Second)
	if got := w.TraceHash(); got != want {
		t.Errorf("trace hash %016x, want %016x", got, want)
	}
}
