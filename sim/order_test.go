package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

// TestPrioritiesAreOfTheSeed: the same seed gives the same world, in either order, and the orders are two.
func TestPrioritiesAreOfTheSeed(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		var hashes []uint64
		for _, o := range []Order{InTurn, Prioritized, Prioritized} {
			w := chaosIn(seed, o)
			w.RunUntil(10 * time.Second)
			noFailures(t, w)
			hashes = append(hashes, w.TraceHash())
			w.Close()
		}
		if hashes[1] != hashes[2] || hashes[0] == hashes[1] {
			t.Errorf("seed %d: %x", seed, hashes)
		}
	}
}

// TestWhoIsFirstAtOneInstant: four machines wake at one instant. In turn it is always the same one first; by priorities
// it is now this one, now that one.
func TestWhoIsFirstAtOneInstant(t *testing.T) {
	orders := func(o Order) (seen []string) {
		for seed := uint64(1); seed <= 20; seed++ {
			w := New(seed, Config{Order: o})
			var woken []string
			for _, name := range []host.Addr{"n1", "n2", "n3", "n4"} {
				p := addProbe(t, w, name)
				p.wake = func() { woken = append(woken, string(p.h.Self())) }
			}
			for _, name := range []host.Addr{"n1", "n2", "n3", "n4"} {
				clock := probeOf(t, w, name).h.Clock()
				clock.SetAlarm(clock.Now() + time.Second)
			}
			run(w, 2*time.Second)
			w.Close()
			if one := strings.Join(woken, " "); !slices.Contains(seen, one) {
				seen = append(seen, one)
			}
		}
		return seen
	}
	if turn := orders(InTurn); len(turn) != 1 || turn[0] != "n1 n2 n3 n4" {
		t.Errorf("in turn: %q", turn)
	}
	if drawn := orders(Prioritized); len(drawn) < 8 {
		t.Errorf("by priorities: %q", drawn)
	}
}

// TestPrioritiesKeepWhatIsInOrder: what one machine sends another, and what the world calls at one instant.
func TestPrioritiesKeepWhatIsInOrder(t *testing.T) {
	for seed := uint64(1); seed <= 12; seed++ {
		w := New(seed, Config{Order: Prioritized})
		a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
		var want, called []string
		for i := range 300 {
			want = append(want, fmt.Sprintf("%04d", i))
			w.At(time.Duration(i/3)*200*time.Millisecond, func() {
				called = append(called, want[i])
				a.h.Send("n2", []byte(want[i]))
			})
		}
		run(w, 70*time.Second)
		if !slices.Equal(b.heard, want) || !slices.Equal(called, want) {
			t.Errorf("seed %d: heard %v, called %v", seed, b.heard, called)
		}
		w.Close()
	}
}
