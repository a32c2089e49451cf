// Package sample holds what code under the simulator must not do.
package sample

import (
	crypto "crypto/rand" // want crypto/rand
	"hash/maphash"       // want hash/maphash
	old "math/rand"      // want math/rand
	"math/rand/v2"
	"sort"
)

func draw() int {
	a := rand.IntN(6) // want math/rand/v2.IntN
	b := old.Intn(6)
	_, _ = crypto.Read(nil)
	var h maphash.Hash
	shuffle := rand.Shuffle // want math/rand/v2.Shuffle
	shuffle(a, func(i, j int) {})
	return a + b + int(h.Sum64())
}

func order(s []int) {
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] }) // want sort.Slice
	sort.Sort(sort.IntSlice(s))                               // want sort.Sort
}

func fromStream(r *rand.Rand) int { return r.IntN(6) + rand.New(rand.NewPCG(1, 2)).IntN(6) }
