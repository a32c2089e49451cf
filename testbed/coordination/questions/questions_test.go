package questions

import "testing"

// TestMost counts words.
func TestMost(t *testing.T) {
	for _, one := range []struct {
		known, voters []uint64
		want          bool
	}{
		{[]uint64{1, 2}, []uint64{1, 2, 3}, true}, {[]uint64{1, 1}, []uint64{1, 2, 3}, false},
		{[]uint64{1, 4}, []uint64{1, 2, 3}, false}, {[]uint64{1, 2}, []uint64{1, 2, 3, 4}, false},
		{[]uint64{1}, []uint64{1}, true}, {nil, nil, true},
	} {
		if got := most(one.known, one.voters); got != one.want {
			t.Errorf("%v of %v: %v", one.known, one.voters, got)
		}
	}
}

// TestGaveSince remembers when a server gave its word to whom.
func TestGaveSince(t *testing.T) {
	s := &Server{given: map[uint64]uint64{7: 20, 5: 10}}
	for _, one := range []struct {
		term, event uint64
		want        bool
	}{{7, 20, true}, {7, 21, false}, {5, 9, true}, {5, 11, false}, {6, 0, false}} {
		if got := s.gaveSince(one.term, one.event); got != one.want {
			t.Errorf("term %d, event %d: %v", one.term, one.event, got)
		}
	}
}
