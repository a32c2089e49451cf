package repeat

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ordeal/testbed/real"
)

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		failed, n int
		low, high float64 // as tables of Wilson's interval have them
	}{{0, 20, 0, 0.1611}, {20, 20, 0.8389, 1}, {10, 20, 0.2993, 0.7007}, {1, 10, 0.0179, 0.4042}, {0, 0, 0, 1}} {
		low, high := Interval(c.failed, c.n)
		if math.Abs(low-c.low) > 1e-4 || math.Abs(high-c.high) > 1e-4 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.failed, c.n, low, high, c.low, c.high)
		}
	}
	for share, want := range map[float64]int{1: 1, 0.5: 5, 0.1: 29} {
		if got := tries(share); got != want {
			t.Errorf("%d trials for a share of %v, want %d", got, share, want)
		}
	}
}

// TestShrinking cuts down a set of which two elements are what fails, and that half of the time.
func TestShrinking(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	worst, trials := 0, 0
	s := shrinking[[]int]{
		Share: 0.5,
		Simpler: func(l []int) (list [][]int) {
			for i := range l {
				list = append(list, slices.Delete(slices.Clone(l), i, i+1))
			}
			return list
		},
		Fails: func(_ context.Context, l []int) (bool, error) {
			trials++
			return slices.Contains(l, 3) && slices.Contains(l, 7) && rng.IntN(2) == 0, nil
		},
		Tried: func(_ []int, taken bool, n int) {
			if !taken {
				worst = n
			}
		},
	}
	got, err := s.Run(t.Context(), []int{1, 2, 3, 4, 5, 6, 7, 8})
	if err != nil || !slices.Equal(got, []int{3, 7}) || worst != tries(0.25) {
		t.Errorf("%v of %d trials, %d for a refusal, %v", got, trials, worst, err)
	}
}

func TestSimpler(t *testing.T) {
	r := real.Record{Plan: []string{"a", "b", "c"}, Length: 8 * time.Second, Rate: 40}
	list := simpler(r)
	if len(list) != 7 {
		t.Fatalf("%d candidates: %+v", len(list), list)
	}
	for _, one := range list {
		if len(one.Plan) >= 3 && one.Length >= r.Length && one.Rate >= r.Rate {
			t.Errorf("%+v is no simpler", one)
		}
	}
	if !slices.Equal(r.Plan, []string{"a", "b", "c"}) {
		t.Errorf("the record was changed: %v", r.Plan)
	}
	if list := simpler(real.Record{Plan: []string{"a"}, Length: 5 * time.Second, Rate: 9}); len(list) != 0 {
		t.Errorf("%+v of what is as simple as can be", list)
	}
}
