package ordered

import (
	"cmp"
	"slices"
)

// ByNumber are n things in the order of their numbers, and those of one number in their own.
func ByNumber(n int, number func(thing int) int64) []int32 {
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
	things := make([]int32, n)
	for i, l := range list {
		things[i] = l.thing
	}
	return things
}

// Token is what a session was granted something by. Tokens are looked for soon after they were given out, and what lies
// together was given out together, so a search in a sorted list is quicker than a map.
type Token struct {
	Session string
	Number  int64
}

// Compare orders tokens by their numbers first.
func (t Token) Compare(other Token) int {
	if t.Number != other.Number {
		return cmp.Compare(t.Number, other.Number)
	}
	return cmp.Compare(t.Session, other.Session)
}
