package history

import (
	"slices"
	"strings"
)

// Split divides operations by a name, in the order of the names: those for which of says no are left out. What lies
// together in the list is not copied; so parts are read only.
func Split(ops []Operation, of func(op *Operation) (name string, keep bool)) (names []string, parts [][]Operation) {
	where := make([]int32, len(ops)) // the number of each operation's part, or -1
	numbers := map[string]int32{}
	var spans []span
	last := int32(-1)
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
				names, spans = append(names, name), append(spans, span{first: int32(i)})
			}
			last = n
		}
		where[i] = last
		spans[last].size++
		spans[last].last = int32(i)
	}
	order := make([]int32, len(names))
	for n := range order {
		order[n] = int32(n)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(names[a], names[b]) })
	byNumber := divided(ops, where, spans)
	sorted, parts := make([]string, len(names)), make([][]Operation, len(names))
	for at, n := range order {
		sorted[at], parts[at] = names[n], byNumber[n]
	}
	return sorted, parts
}

// span is where the operations of a part are: so many, between its first and its last one.
type span struct{ first, last, size int32 }

// together says that no operation of another part is between them.
func (s span) together() bool { return s.last-s.first+1 == s.size }

// divided are the operations of each part; those that do not lie together are copied.
func divided(ops []Operation, where []int32, spans []span) [][]Operation {
	apart := 0
	for _, s := range spans {
		if !s.together() {
			apart += int(s.size)
		}
	}
	room := make([]Operation, apart)
	parts := make([][]Operation, len(spans))
	for n, s := range spans {
		if s.together() {
			parts[n] = ops[s.first : s.last+1 : s.last+1]
			continue
		}
		parts[n], room = room[:0:s.size], room[s.size:]
	}
	for i := 0; i < len(ops) && apart > 0; i++ {
		if n := where[i]; n >= 0 && !spans[n].together() {
			parts[n] = append(parts[n], ops[i])
		}
	}
	return parts
}
