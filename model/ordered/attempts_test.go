package ordered

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAttempts compares the answers with a look at each attempt.
func TestAttempts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	yes := 0
	for range 2000 {
		var list []Attempt
		for range r.IntN(6) {
			a := Attempt{Session: fmt.Sprint(r.IntN(3)), From: r.IntN(12)}
			a.End = a.From + 1 + r.IntN(5)
			if r.IntN(4) == 0 {
				a.End = math.MaxInt
			}
			list = append(list, a)
		}
		session, call := fmt.Sprint(r.IntN(3)), r.IntN(12)
		ret := call + 1 + r.IntN(5)
		overlaps := func(a Attempt) bool { return a.From < ret && call < a.End }
		wantOther := slices.ContainsFunc(list, func(a Attempt) bool { return a.Session != session && overlaps(a) })
		wantOver := slices.ContainsFunc(list, func(a Attempt) bool {
			return a.Session == session && a.End != math.MaxInt && overlaps(a)
		})
		got := NewAttempts(slices.Clone(list))
		if got.OfOther(session, call, ret) != wantOther || got.Over(session, call, ret) != wantOver {
			t.Fatalf("%v, %s from %d to %d: of another %v, over %v", list, session, call, ret,
				got.OfOther(session, call, ret), got.Over(session, call, ret))
		}
		if wantOther && wantOver {
			yes++
		}
	}
	if yes < 50 {
		t.Errorf("%d cases of both: that tries too little", yes)
	}
}
