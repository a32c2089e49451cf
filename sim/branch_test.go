package sim

import (
	"slices"
	"testing"
	"time"
)

// lived is a hash after every event of a world's life, and when each happened.
func lived(seed uint64, b Branch, o Order) (hashes []uint64, at []time.Duration) {
	w := chaosWith(seed, Config{Branch: b, Order: o})
	defer w.Close()
	w.Happenings(func(h Happening, hash uint64) { hashes, at = append(hashes, hash), append(at, h.At) })
	w.RunUntil(10 * time.Second)
	return hashes, at
}

// TestBranchesShareTheirPast: up to its instant a branch is its trunk, event for event; from there on it is another
// world, and each number another one; and a branch is the same whenever it is made.
func TestBranchesShareTheirPast(t *testing.T) {
	for _, o := range []Order{InTurn, Prioritized} {
		trunk, at := lived(1, Branch{}, o)
		for _, instant := range []time.Duration{0, 1234567 * time.Microsecond, 5 * time.Second} {
			first, _ := lived(1, Branch{At: instant, Number: 1}, o)
			again, _ := lived(1, Branch{At: instant, Number: 1}, o)
			other, _ := lived(1, Branch{At: instant, Number: 2}, o)
			past, _ := slices.BinarySearch(at, instant)
			if len(first) < past || !slices.Equal(first[:past], trunk[:past]) || !slices.Equal(other[:past], trunk[:past]) {
				t.Errorf("at %v: the past of %d events is another one", instant, past)
			}
			if !slices.Equal(first, again) {
				t.Errorf("at %v: a branch came out differently the second time", instant)
			}
			if slices.Equal(first, trunk) || slices.Equal(first, other) {
				t.Errorf("at %v: the chance is not another one", instant)
			}
		}
		late, _ := lived(1, Branch{At: time.Hour, Number: 1}, o)
		if !slices.Equal(late, trunk) {
			t.Error("a branch behind the end is no longer its trunk")
		}
	}
}
