package recipes

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A znode of a recipe is called MARK-NUMBER: a mark that whoever makes it draws for each attempt, to find the znode
// by if the answer is lost, or the name of a Member; and the sequence number that the service gives.

func newMark(r *rand.Rand) string { return fmt.Sprintf("%0*x", markDigits, r.Uint64()) }

const markDigits, numberDigits = 16, 10

// member is a znode of a recipe.
type member struct {
	number int64
	name   string
}

// members are the znodes of a recipe among names, by their numbers. (By their names they would stand in the order of
// the marks, which is none.) Those of other programs are left out.
func members(names []string) []member { return byNumber(names, isMember) }

// numbered are the names that end in a number, by that, whatever stands before it.
func numbered(names []string) []member {
	return byNumber(names, func(string, string) bool { return true })
}

func byNumber(names []string, is func(mark, number string) bool) []member {
	var list []member
	for _, name := range names {
		if mark, number, ok := strings.Cut(name, "-"); ok && is(mark, number) {
			if n, err := strconv.ParseInt(number, 10, 64); err == nil {
				list = append(list, member{number: n, name: name})
			}
		}
	}
	bendNumbers(list)
	slices.SortFunc(list, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.name, b.name))
	})
	return list
}

// isMember says whether a name has the shape of a recipe's: digits of the mark, what tells kinds apart, and the ten
// digits or more that the service gives.
func isMember(mark, number string) bool {
	return len(mark) >= markDigits && len(number) >= numberDigits &&
		strings.Trim(mark[:markDigits], "0123456789abcdef") == "" &&
		!strings.ContainsFunc(mark, func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z') })
}

// marked finds the name that bears a mark.
func marked(names []string, mark string) (name string, ok bool) {
	i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, mark+"-") })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// Foreign are the names of znodes at a recipe's path that no recipe gives: another program's. They are left alone: no
// recipe counts, takes or deletes them.
func Foreign(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		by, own := strings.CutPrefix(name, ownName)
		return own && len(by) == markDigits || "/"+name == heldName || name == readyName ||
			len(members([]string{name})) > 0
	})
}

// base is the last component of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// mark is the name without the number.
func (m member) mark() string {
	mark, _, _ := strings.Cut(m.name, "-")
	return mark
}
