package coverage

import (
	"math"
	"testing"
)

// TestChance compares with the exact bound for "found in the first trial, five times": p^5 = 0.05; and for once in n:
// 1-(1-p)^n = 0.05.
func TestChance(t *testing.T) {
	near := func(got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%v, and not %v", got, want)
		}
	}
	near(Chance(5, 5), math.Pow(0.05, 1.0/5))
	near(Chance(1, 100), 1-math.Pow(0.95, 1.0/100))
	near(Chance(0, 40), 0)
	if low, share := Chance(3, 30), 0.1; low >= share || low < share/5 {
		t.Errorf("the bound for a tenth is %v", low)
	}
}
