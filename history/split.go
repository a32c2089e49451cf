package history

import (
	"slices"
	"strings"
)

// Split divides operations by a name, in the order of the names: those for which of says no are left out. Where all
// have one name the part is the list itself; so parts are read only.
func Split(ops []Operation, of func(op *Operation) (name string, keep bool)) (names []string, parts [][]Operation) {
	where := make([]int32, len(ops)) // the number of each operation's part, or -1
	numbers := map[string]int32{}
	var sizes []int
	last := int32(-1)
	kept := 0
	for i := range ops {
		name, keep := of(&ops[i])
		if !keep {
			where[i] = -1
			continue
		}
		if last < 0 || names[last] != name {
			n, known := numbers[name]
			if !known {
				n = int32(len(names))
				numbers[name] = n
				names, sizes = append(names, name), append(sizes, 0)
			}
			last = n
		}
		where[i] = last
		sizes[last]++
		kept++
	}
	if len(names) == 1 && kept == len(ops) {
		return names, [][]Operation{ops}
	}
	return divided(ops, names, where, sizes, kept)
}

// divided copies operations into their parts, and sorts those.
func divided(ops []Operation, names []string, where []int32, sizes []int, kept int) ([]string, [][]Operation) {
	all := make([]Operation, kept)
	byNumber := make([][]Operation, len(names))
	for n, size := range sizes {
		byNumber[n], all = all[:0:size], all[size:]
	}
	for i, n := range where {
		if n >= 0 {
			byNumber[n] = append(byNumber[n], ops[i])
		}
	}
	order := make([]int, len(names))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	sorted, parts := make([]string, len(names)), make([][]Operation, len(names))
	for at, n := range order {
		sorted[at], parts[at] = names[n], byNumber[n]
	}
	return sorted, parts
}
