package ordered

import (
	"cmp"
	"slices"
)

// Numbers finds things by their numbers. Tokens are looked for soon after they were given out, and what lies together
// was given out together, so a search among them is quicker than a map of them.
type Numbers struct {
	numbers []int64
	things  []int32
}

// NewNumbers notes the numbers of n things.
func NewNumbers(n int, number func(thing int) int64) Numbers {
	type numbered struct {
		number int64
		thing  int32
	}
	list := make([]numbered, n)
	for i := range list {
		list[i] = numbered{number(i), int32(i)}
	}
	slices.SortFunc(list, func(a, b numbered) int {
		if a.number != b.number {
			return cmp.Compare(a.number, b.number)
		}
		return cmp.Compare(a.thing, b.thing)
	})
	out := Numbers{make([]int64, n), make([]int32, n)}
	for i, l := range list {
		out.numbers[i], out.things[i] = l.number, l.thing
	}
	return out
}

// Of are the things that have a number, in their order.
func (n Numbers) Of(number int64) []int32 {
	from, _ := slices.BinarySearch(n.numbers, number)
	to := from
	for to < len(n.numbers) && n.numbers[to] == number {
		to++
	}
	return n.things[from:to]
}

// Sorted are all things by their numbers.
func (n Numbers) Sorted() []int32 { return n.things }
