package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"ordeal/history"
)

// TestAttempts compares the answers with a look at each attempt.
func TestAttempts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	yes := 0
	for range 2000 {
		var list []attempt
		for range r.IntN(6) {
			a := attempt{session: fmt.Sprint(r.IntN(3)), from: r.IntN(12)}
			a.end = a.from + 1 + r.IntN(5)
			if r.IntN(4) == 0 {
				a.end = math.MaxInt
			}
			list = append(list, a)
		}
		session, call := fmt.Sprint(r.IntN(3)), r.IntN(12)
		c := HoldCall{In: HoldInput{Session: session}, Out: HoldOutput{Session: session},
			Op: &history.Operation{Call: call, Return: call + 1 + r.IntN(5)}}
		overlaps := func(a attempt) bool { return a.from < c.Op.Return && c.Op.Call < a.end }
		wantOther := slices.ContainsFunc(list, func(a attempt) bool { return a.session != session && overlaps(a) })
		wantOver := slices.ContainsFunc(list, func(a attempt) bool {
			return a.session == session && a.end != math.MaxInt && overlaps(a)
		})
		got := newAttempts(slices.Clone(list))
		if got.ofOther(c) != wantOther || got.gaveUp(c) != wantOver {
			t.Fatalf("%v, %s from %d to %d: of another %v, gave up %v", list, session, c.Op.Call, c.Op.Return,
				got.ofOther(c), got.gaveUp(c))
		}
		if wantOther && wantOver {
			yes++
		}
	}
	if yes < 50 {
		t.Errorf("%d cases of both: that tries too little", yes)
	}
}
