package main

import "testing"

func TestGarbageIsAFloorAndAShare(t *testing.T) {
	g := garbage{least: 128 << 20, share: 50}
	for alive, want := range map[uint64]int{0: 1000, 1 << 20: 1000, 64 << 20: 200, 256 << 20: 50, 1 << 30: 50} {
		if got := g.percent(alive); got != want {
			t.Errorf("%d MB alive: %d %%, want %d %%", alive>>20, got, want)
		}
	}
}
