package recipes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ordeal/cluster/recipes/marks"
)

// member is a znode of a recipe.
type member struct {
	number int64
	name   string
}

// members are the znodes of a recipe among names, by their numbers. (By their names they would stand in the order of
// the marks, which is none.) Those of other programs are left out.
func members(of marks.Shape, names []string) []member { return byNumber(names, of.Number) }

// numbered are the names that end in a number, by that, whatever stands before it.
func numbered(names []string) []member {
	return byNumber(names, func(name string) (int64, bool) {
		_, number, _ := strings.Cut(name, "-")
		n, err := strconv.ParseInt(number, 10, 64)
		return n, err == nil
	})
}

func byNumber(names []string, number func(name string) (int64, bool)) []member {
	var list []member
	for _, name := range names {
		if n, ok := number(name); ok {
			list = append(list, member{number: n, name: name})
		}
	}
	bendNumbers(list)
	slices.SortFunc(list, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.name, b.name))
	})
	return list
}

// Foreign are the names of znodes at a recipe's path that no recipe gives: another program's. They are left alone: no
// recipe counts, takes or deletes them. (Nor those of another recipe: a delayed item is none of a Queue.)
func Foreign(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		by, own := strings.CutPrefix(name, ownName)
		return own && marks.Is(by) || "/"+name == heldName || name == readyName || marks.Known(name)
	})
}

// foreignBelow says that an item can't be taken out, as another program has a znode below it.
func foreignBelow(path string) error {
	return fmt.Errorf("%w: there is one below %s", ErrForeign, path)
}

// base is the last component of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
