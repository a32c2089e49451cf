package timeline

import "slices"

// underWay are messages that have left and not arrived, by the place of their first byte. On a link most arrive in the
// order in which they left, so the few that left last are looked through; others wait in a map.
type underWay struct {
	links  [][]link // from, to
	others map[*byte]int
}

type link []traveller

type traveller struct {
	first  *byte
	number int
}

// lookedThrough is how many messages of a link are looked through.
const lookedThrough = 16

func (u *underWay) leaves(from, to int32, first *byte, number int) {
	l := u.link(from, to)
	if len(*l) == lookedThrough {
		u.others[(*l)[0].first] = (*l)[0].number
		*l = slices.Delete(*l, 0, 1)
	}
	*l = append(*l, traveller{first, number})
}

// arrives is the number of a message that arrives; ok is false if it never left.
func (u *underWay) arrives(from, to int32, first *byte) (number int, ok bool) {
	l := u.link(from, to)
	for i, m := range *l {
		if m.first == first {
			*l = slices.Delete(*l, i, i+1)
			return m.number, true
		}
	}
	number, ok = u.others[first]
	delete(u.others, first)
	return number, ok
}

func (u *underWay) link(from, to int32) *link {
	for int(from) >= len(u.links) {
		u.links = append(u.links, nil)
	}
	row := &u.links[from]
	for int(to) >= len(*row) {
		*row = append(*row, make(link, 0, lookedThrough))
	}
	if u.others == nil {
		u.others = make(map[*byte]int)
	}
	return &(*row)[to]
}
