// Package marks has the names of recipes' znodes: MARK-NUMBER. A mark is drawn for each attempt, to find the znode by
// if the answer is lost, and says besides what the recipe wants it to, its kind; the number is the one that the
// service gives.
package marks

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/failpoint"
)

// Digits is how many of a mark are drawn; its kind stands behind them.
const Digits = 16

// numberDigits is how many the service writes at least.
const numberDigits = 10

const hexDigits = "0123456789abcdef"

// Shape is what kinds look like: so many of these characters. A name of another shape is another program's, or another
// recipe's.
type Shape struct {
	of     string
	length int
}

// The shapes that recipes use: no kind; Reads or Writes; a number of eight bits; and one of 64, an id or a time.
var (
	Plain   = Shape{}
	Access  = Shape{Reads + Writes, 1}
	Short   = Shape{hexDigits, 2}
	Long    = Shape{hexDigits, 16}
	ofNames = []Shape{Plain, Access, Short, Long}
)

// The kinds of Access.
const (
	Reads  = "r"
	Writes = "w"
)

// New draws a mark without a kind.
func New(r *rand.Rand) string { return fmt.Sprintf("%0*x", Digits, r.Uint64()) }

// Is says whether New may have drawn it.
func Is(mark string) bool { return len(mark) == Digits && strings.Trim(mark, hexDigits) == "" }

// Number is the number in a name of the shape: as the service writes it, in ten digits, or with a sign when it has come
// to its end.
func (s Shape) Number(name string) (n int64, ok bool) {
	mark, number, _ := strings.Cut(name, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	failpoint.Inject("bugForeignIsMember", func(_ failpoint.Value) { failpoint.Return(n, err == nil) })
	return n, err == nil && number == fmt.Sprintf("%0*d", numberDigits, n) && len(mark) == Digits+s.length &&
		Is(mark[:Digits]) && strings.Trim(mark[Digits:], s.of) == ""
}

// Known says whether a name has one of the shapes.
func Known(name string) bool {
	for _, s := range ofNames {
		if _, ok := s.Number(name); ok {
			return true
		}
	}
	return false
}

// Of is the mark in a name: what stands before the number.
func Of(name string) string {
	mark, _, _ := strings.Cut(name, "-")
	return mark
}

// Find finds the name that bears a mark.
func Find(names []string, mark string) (name string, ok bool) {
	i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, mark+"-") })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// Kind is what stands behind the digits of the mark in a name of one of the shapes.
func Kind(name string) string {
	mark := Of(name)
	return mark[min(len(mark), Digits):]
}

// KindNumber is the number that is the kind in a name of the shape Short or Long.
func KindNumber(name string) uint64 {
	n, _ := strconv.ParseUint(Kind(name), 16, 64)
	return n
}
