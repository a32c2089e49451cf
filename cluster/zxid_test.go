package cluster

import (
	"math"
	"testing"
)

// TestZxidsGrowPastTheEndOfTheirCounter: another epoch begins, in the same term; and elections go on in it until there
// is a later term.
func TestZxidsGrowPastTheEndOfTheirCounter(t *testing.T) {
	s := &state{epoch: 7, counter: math.MaxUint32 - 1}
	for _, step := range []struct {
		term uint64
		want int64
	}{
		{7, 7<<32 | math.MaxUint32}, {7, 8<<32 | 1}, {7, 8<<32 | 2}, {8, 8<<32 | 3}, {9, 9<<32 | 1}, {9, 9<<32 | 2},
	} {
		if got := s.nextZxid(step.term); got != step.want {
			t.Errorf("in term %d: %#x, want %#x", step.term, got, step.want)
		}
	}
}
