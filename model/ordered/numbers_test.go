package ordered

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTokens holds an index against a look at all things: of numbers that lie together, that do not, and that are as
// far from each other as numbers can be.
func TestTokens(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		numbers := make([]int64, r.IntN(20))
		width := int64(1) << r.IntN(12)
		for i := range numbers {
			numbers[i] = r.Int64N(width) - width/2
			if width == 1 {
				numbers[i] = []int64{math.MinInt64, math.MaxInt64, 0, math.MaxInt64 - 1}[r.IntN(4)]
			}
		}
		session := func(i int) string { return string(rune('a' + i%3)) }
		x := NewTokens(len(numbers), func(i int) Token { return Token{session(i), numbers[i]} })
		var all []int32
		for _, n := range slices.Compact(slices.Sorted(slices.Values(numbers))) {
			from := len(all)
			for _, s := range []string{"a", "b", "c"} {
				var want []int32
				for i, m := range numbers {
					if m == n && session(i) == s {
						want = append(want, int32(i))
					}
				}
				if got := x.Of(Token{s, n}); !slices.Equal(got, want) {
					t.Fatalf("%v: of %s %d: %v, want %v", numbers, s, n, got, want)
				}
				all = append(all, want...)
			}
			if i, j := x.Span(n); i != from || j != len(all) {
				t.Fatalf("%v: %d stands from %d to %d, want %d to %d", numbers, n, i, j, from, len(all))
			}
			for _, other := range []int64{n - 1, n + 1} {
				if i, j := x.Span(other); i < j && !slices.Contains(numbers, other) {
					t.Fatalf("%v: %d, which none has, stands from %d to %d", numbers, other, i, j)
				}
			}
		}
		if !slices.Equal(x.Things(), all) {
			t.Fatalf("%v: %v, want %v", numbers, x.Things(), all)
		}
	}
}
