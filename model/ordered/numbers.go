package ordered

import (
	"cmp"
	"slices"
	"strings"
)

// Index finds things by numbers that they have. Make one with NewIndex.
type Index struct {
	// things are in the order of their numbers, and those of one number in their own.
	things []int32
	// least is the least number. Where numbers lie together, starts is where the things of each begin, and behind the
	// last one where they end; else numbers are those of the things.
	least   int64
	starts  []int32
	numbers []int64
}

// spread is how many numbers there may be between the least and the greatest for each thing if they lie together.
const spread = 4

// NewIndex makes an index of n things.
func NewIndex(n int, number func(thing int) int64) Index {
	x := Index{things: make([]int32, n)}
	if n == 0 {
		return x
	}
	x.least = number(0)
	greatest := x.least
	for i := range n {
		x.least, greatest = min(x.least, number(i)), max(greatest, number(i))
	}
	if width := uint64(greatest) - uint64(x.least); width < uint64(spread*n) {
		x.count(int(width)+1, number)
	} else {
		x.sort(number)
	}
	return x
}

// count puts things in order where there are so many numbers from the least on.
func (x *Index) count(numbers int, number func(thing int) int64) {
	x.starts = make([]int32, numbers+1)
	for i := range x.things {
		x.starts[number(i)-x.least]++
	}
	before := int32(0)
	for k, n := range x.starts { // where the next thing of each is to stand
		x.starts[k], before = before, before+n
	}
	for i := range x.things {
		at := &x.starts[number(i)-x.least]
		x.things[*at] = int32(i)
		*at++
	}
	copy(x.starts[1:], x.starts)
	x.starts[0] = 0
}

func (x *Index) sort(number func(thing int) int64) {
	for i := range x.things {
		x.things[i] = int32(i)
	}
	slices.SortStableFunc(x.things, func(a, b int32) int { return cmp.Compare(number(int(a)), number(int(b))) })
	x.numbers = make([]int64, len(x.things))
	for k, thing := range x.things {
		x.numbers[k] = number(int(thing))
	}
}

// Things are all, in the order of their numbers, and those of one number in their own.
func (x *Index) Things() []int32 { return x.things }

// Span is where those of one number stand among all.
func (x *Index) Span(number int64) (from, to int) {
	switch {
	case x.starts == nil:
		from, _ = slices.BinarySearch(x.numbers, number)
		more, _ := slices.BinarySearchFunc(x.numbers[from:], number, func(n, number int64) int {
			if n > number {
				return 1
			}
			return -1
		})
		return from, from + more
	case number < x.least || uint64(number)-uint64(x.least) >= uint64(len(x.starts)-1):
		return 0, 0
	}
	return int(x.starts[number-x.least]), int(x.starts[number-x.least+1])
}

// Token is what a session was granted something by.
type Token struct {
	Session string
	Number  int64
}

// Tokens finds things by tokens that they have. Make one with NewTokens.
type Tokens struct {
	Index
	token func(thing int) Token
}

// NewTokens makes an index of n things, in which those of one number are in the order of their sessions.
func NewTokens(n int, token func(thing int) Token) Tokens {
	x := Tokens{NewIndex(n, func(i int) int64 { return token(i).Number }), token}
	for from := 0; from < n; {
		number, to := token(int(x.things[from])).Number, from+1
		for ; to < n && token(int(x.things[to])).Number == number; to++ {
		}
		if to-from > 1 {
			slices.SortStableFunc(x.things[from:to], func(a, b int32) int {
				return strings.Compare(token(int(a)).Session, token(int(b)).Session)
			})
		}
		from = to
	}
	return x
}

// Of are the things of one token, in their own order.
func (x *Tokens) Of(t Token) []int32 {
	from, to := x.Span(t.Number)
	of := x.things[from:to]
	// Many may have one token, and are not looked at one by one.
	from, to = x.first(of, t.Session, 0), x.first(of, t.Session, 1)
	return of[from:to]
}

// first is the first of some things of one number whose session comes behind another one, or is that if behind is 0.
func (x *Tokens) first(of []int32, session string, behind int) int {
	at, _ := slices.BinarySearchFunc(of, session, func(thing int32, session string) int {
		if strings.Compare(x.token(int(thing)).Session, session) >= behind {
			return 1
		}
		return -1
	})
	return at
}
