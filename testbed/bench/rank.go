package bench

// surely says whether the second values are greater than the first by more than chance would have it: whether, if both
// were drawn from the same distribution, whatever that is, they would be so much greater in less than one of
// chancesAgainst draws. It is the exact rank test of Mann and Whitney ("On a test of whether one of two random
// variables is stochastically larger than the other", 1947), one-sided; values that are equal speak against it.
func surely(first, second []int64) bool {
	u := 0 // pairs in which the second is not greater
	for _, a := range first {
		for _, b := range second {
			if b <= a {
				u++
			}
		}
	}
	n, m := len(first), len(second)
	if u > n*m/2 || n > SeedsMax || m > SeedsMax {
		return false
	}
	as, all := arrangements(n, m, u)
	return as < all/chancesAgainst
}

// chancesAgainst is how improbable a difference must be. A gate compares some hundred figures, and must be green in
// each of fifty runs that differ by their seeds alone: that makes some ten thousand comparisons.
const chancesAgainst = 1_000_000

// SeedsMin is how many seeds it takes at least for any difference to be as improbable as that: of 24 values there are
// 2,704,156 ways to be of two dozens.
const SeedsMin = 12

// SeedsMax is up to how many seeds arrangements can be counted in 64 bits.
const SeedsMax = 30

// arrangements counts the ways in which n values and m other values can lie in one order, and of these the ones with at
// most u pairs in which the other one is smaller.
func arrangements(n, m, u int) (upTo, all int64) {
	// ways[i][k] is, of i values and as many others as were looked at, the number of orders with k such pairs.
	ways := make([][]int64, n+1)
	for i := range ways {
		ways[i] = make([]int64, n*m+1)
		ways[i][0] = 1
	}
	for j := 1; j <= m; j++ {
		for i := 1; i <= n; i++ {
			// The greatest of all is either one of the i, which is greater than all j others, or one of the others.
			next := make([]int64, n*m+1)
			for k := range next {
				next[k] = ways[i][k]
				if k >= j {
					next[k] += ways[i-1][k-j]
				}
			}
			ways[i] = next
		}
	}
	for k, count := range ways[n] {
		all += count
		if k <= u {
			upTo += count
		}
	}
	return upTo, all
}
