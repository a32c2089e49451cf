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

const markDigits = 16

// member is a znode of a recipe.
type member struct {
	number int64
	name   string
}

// members are the znodes of a recipe among names, by their numbers. (By their names they would stand in the order of
// the marks, which is none.) Names of another shape are left out.
func members(names []string) []member {
	var list []member
	for _, name := range names {
		if _, number, ok := strings.Cut(name, "-"); ok {
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

// marked finds the name that bears a mark.
func marked(names []string, mark string) (name string, ok bool) {
	i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, mark+"-") })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// base is the last component of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// mark is the name without the number.
func (m member) mark() string {
	mark, _, _ := strings.Cut(m.name, "-")
	return mark
}
