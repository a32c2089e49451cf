package reports

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// slowQuantile counts for every value how many do not exceed it, and takes the least that enough do not exceed.
func slowQuantile(values []time.Duration, q int) time.Duration {
	best, found := time.Duration(0), false
	for _, candidate := range values {
		below := 0
		for _, v := range values {
			if v <= candidate {
				below++
			}
		}
		if below*1000 >= q*len(values) && (!found || candidate < best) {
			best, found = candidate, true
		}
	}
	return best
}

func TestQuantileAgainstCounting(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		values := make([]time.Duration, 1+r.IntN(40))
		for i := range values {
			values[i] = time.Duration(r.IntN(25))
		}
		sorted := slices.Sorted(slices.Values(values))
		for _, q := range []int{1, 500, 900, 950, 990, 999, 1000} {
			if got, want := quantile(sorted, q), slowQuantile(values, q); got != want {
				t.Fatalf("quantile %d/1000 of %v is %d, counting says %d", q, sorted, got, want)
			}
		}
	}
}

func TestQuantileOfFew(t *testing.T) {
	for _, c := range []struct {
		sorted []time.Duration
		q      int
		want   time.Duration
	}{
		{[]time.Duration{7}, 500, 7},
		{[]time.Duration{7}, 1000, 7},
		{[]time.Duration{1, 2}, 500, 1},
		{[]time.Duration{1, 2}, 501, 2},
		{[]time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 900, 9},
		{[]time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 999, 10},
	} {
		if got := quantile(c.sorted, c.q); got != c.want {
			t.Errorf("quantile %d/1000 of %v is %d, want %d", c.q, c.sorted, got, c.want)
		}
	}
}
