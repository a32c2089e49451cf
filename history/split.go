package history

import (
	"slices"
	"strings"
)

// Split divides operations by a name, in the order of the names: those for which of says no are left out. part is the
// operations of the name with that place. What lies together in the list is not copied, so parts are read only; the
// rest is copied into room each time that it is asked for, so that not all parts need be in memory at once.
func Split(ops []Operation, of func(op *Operation) (name string, keep bool)) (
	names []string, part func(i int, room *[]Operation) []Operation,
) {
	where := make([]int32, len(ops)) // the number of each operation's part, or -1
	numbers := map[string]int32{}
	var found []string
	var spans []span
	last := int32(-1)
	for i := range ops {
		name, keep := of(&ops[i])
		if !keep {
			where[i] = -1
			continue
		}
		if last < 0 || found[last] != name {
			n, known := numbers[name]
			if !known {
				n = int32(len(found))
				numbers[name] = n
				found, spans = append(found, name), append(spans, span{first: int32(i)})
			}
			last = n
		}
		where[i] = last
		spans[last].size++
		spans[last].last = int32(i)
	}
	order := make([]int32, len(found))
	for n := range order {
		order[n] = int32(n)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(found[a], found[b]) })
	for _, n := range order {
		names = append(names, found[n])
	}
	places := apart(where, spans)
	return names, func(i int, room *[]Operation) []Operation {
		s := spans[order[i]]
		if s.together() {
			return ops[s.first : s.last+1 : s.last+1]
		}
		out := roomFor(int(s.size), room)
		for k, at := range places[s.places : s.places+s.size] {
			out[k] = ops[at]
		}
		return out
	}
}

// roomFor is a list of n operations whose memory is that of room, which is made larger if it has to be.
func roomFor(n int, room *[]Operation) []Operation {
	if cap(*room) < n {
		*room = make([]Operation, n)
	}
	return (*room)[:n]
}

// span is where the operations of a part are: so many, between its first and its last one. Of those that do not lie
// together, places is where the list of their places begins.
type span struct{ first, last, size, places int32 }

// together says that no operation of another part is between them.
func (s span) together() bool { return s.last-s.first+1 == s.size }

// apart are the places of the operations of parts that do not lie together, part by part.
func apart(where []int32, spans []span) []int32 {
	n := int32(0)
	next := make([]int32, len(spans))
	for i := range spans {
		if s := &spans[i]; !s.together() {
			s.places, next[i] = n, n
			n += s.size
		}
	}
	places := make([]int32, n)
	for i, part := range where {
		if part >= 0 && n > 0 && !spans[part].together() {
			places[next[part]] = int32(i)
			next[part]++
		}
	}
	return places
}
