package coordination

import (
	"fmt"
	"testing"
)

func of(index, term, by uint64) appliedBy { return appliedBy{appliedEntry{index, term}, by} }

func TestLeadersAreHeldToWhatEarlierTermsApplied(t *testing.T) {
	for name, c := range map[string]struct {
		applied []appliedBy
		term    uint64
		want    uint64 // the index that a leader of the term must have
	}{
		"nothing yet":           {nil, 5, 0},
		"of an earlier term":    {[]appliedBy{of(10, 2, 2), of(20, 3, 3)}, 4, 20},
		"of its own term":       {[]appliedBy{of(10, 2, 2), of(20, 3, 3)}, 3, 10},
		"of a later term":       {[]appliedBy{of(883, 6, 6), of(976, 9, 9)}, 8, 883},
		"of all terms":          {[]appliedBy{of(976, 9, 9)}, 8, 0},
		"by one that is behind": {[]appliedBy{of(10, 2, 2), of(30, 3, 3), of(20, 2, 2)}, 3, 20},
		"by one that is behind, and again": {[]appliedBy{of(10, 2, 2), of(30, 3, 3), of(20, 2, 2), of(30, 3, 3)}, 4,
			30},
		"known earlier than was thought": {[]appliedBy{of(10, 2, 4), of(30, 3, 5), of(40, 3, 6), of(30, 3, 3)}, 4,
			30},
		"and for those between": {[]appliedBy{of(10, 2, 4), of(30, 3, 5), of(40, 3, 6), of(30, 3, 3)}, 6,
			30},
		"and behind": {[]appliedBy{of(10, 2, 4), of(30, 3, 5), of(40, 3, 6), of(30, 3, 3)}, 7,
			40},
		"no news": {[]appliedBy{of(10, 2, 2), of(10, 2, 3), of(5, 2, 4)}, 9, 10},
	} {
		var a appliedSoFar
		for _, e := range c.applied {
			a.add(e)
		}
		if got := a.before(c.term).index; got != c.want {
			t.Errorf("%s: a leader of term %d is held to entry %d instead of %d: %v", name, c.term, got, c.want, a)
		}
	}
}

// TestWhatIsAppliedIsKeptInOrder compares what is kept with all that was said, for every sequence of a few.
func TestWhatIsAppliedIsKeptInOrder(t *testing.T) {
	var all []appliedBy
	var try func(left int)
	try = func(left int) {
		var a appliedSoFar
		for _, e := range all {
			a.add(e)
		}
		for term := range uint64(5) {
			want := uint64(0)
			for _, e := range all {
				if e.by < term {
					want = max(want, e.index)
				}
			}
			if got := a.before(term).index; got != want {
				t.Fatal(fmt.Sprint("after ", all, " a leader of term ", term, " is held to ", got, " instead of ",
					want, ": ", a))
			}
		}
		for i := range uint64(9 * min(left, 1)) {
			all = append(all, of(1+i/3, 1, 1+i%3))
			try(left - 1)
			all = all[:len(all)-1]
		}
	}
	try(4)
}
