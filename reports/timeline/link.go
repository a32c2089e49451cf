package timeline

// link is a direction between two machines, with the messages on it that have left and not arrived, by the place of
// their first byte. Most arrive soon, so the few that left last are looked through; others wait in a map.
type link struct {
	known    bool
	from, to int32
	recent   [lookedThrough]traveller // a ring
	next     uint                     // place in it
	others   map[*byte]int
}

// traveller is a message that is under way; first is nil if it has arrived.
type traveller struct {
	first  *byte
	number int
}

// lookedThrough is how many messages of a link are looked through.
const lookedThrough = 16

func (l *link) leaves(first *byte, number int) {
	at := &l.recent[l.next%lookedThrough]
	l.next++
	if at.first != nil {
		if l.others == nil {
			l.others = make(map[*byte]int)
		}
		l.others[at.first] = at.number
	}
	*at = traveller{first, number}
}

// arrives is the number of a message that arrives; ok is false if it never left.
func (l *link) arrives(first *byte) (number int, ok bool) {
	for back := range uint(lookedThrough) { // from the one that left last
		if m := &l.recent[(l.next-1-back)%lookedThrough]; m.first == first {
			m.first = nil
			return m.number, true
		}
	}
	number, ok = l.others[first]
	delete(l.others, first)
	return number, ok
}
