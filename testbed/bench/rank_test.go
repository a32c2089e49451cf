package bench

import (
	"math/rand/v2"
	"testing"
)

// TestArrangements holds the counts against every order written out, and against binomials.
func TestArrangements(t *testing.T) {
	for n := range 6 {
		for m := range 6 {
			want := make(map[int]int64)
			for bits := range 1 << (n + m) {
				pairs, firsts, others := 0, 0, 0
				for i := range n + m {
					if bits>>i&1 == 1 { // one of the n: greater than the others before it
						firsts++
						pairs += others
					} else {
						others++
					}
				}
				if firsts == n {
					want[pairs]++
				}
			}
			sum := int64(0)
			for u := range n*m + 1 {
				sum += want[u]
				if upTo, _ := arrangements(n, m, u); upTo != sum {
					t.Errorf("of %d and %d there are %d orders with at most %d pairs, and %d were counted", n, m, sum, u, upTo)
				}
			}
		}
	}
	if upTo, all := arrangements(12, 12, 0); upTo != 1 || all != 2_704_156 {
		t.Errorf("of twice twelve there are %d of %d", upTo, all)
	}
	if _, all := arrangements(30, 30, 0); all != 118264581564861424 {
		t.Errorf("of twice thirty there are %d", all)
	}
}

// TestSurely: twelve that are all greater are enough, and one that is not is too many; values of one distribution never
// are, equal ones neither.
func TestSurely(t *testing.T) {
	var low, high, same []int64
	for i := range int64(SeedsMin) {
		low, high, same = append(low, i), append(high, 100+i), append(same, 7)
	}
	mixed := append([]int64{11}, high[1:]...)
	switch {
	case !surely(low, high):
		t.Error("twelve greater values are not enough")
	case surely(high, low), surely(low, mixed), surely(same, same), surely(low[1:], high[1:]):
		t.Error("what chance may do is taken for sure")
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		for i := range low {
			low[i], high[i] = int64(rng.ExpFloat64()*1e6), int64(rng.ExpFloat64()*1e6)
		}
		if surely(low, high) {
			t.Fatalf("%v and %v are of one distribution", low, high)
		}
	}
}
