package checker

// precedence is constraints that one thing is before another. Nodes are numbered from 0, and the first ones are
// operations.
type precedence struct {
	operations int
	behind     [][]int32 // of each node, those that it is before
}

func newPrecedence(operations int) *precedence {
	return &precedence{operations, make([][]int32, operations)}
}

// node is a new one, which stands for many constraints at once.
func (p *precedence) node() int {
	p.behind = append(p.behind, nil)
	return len(p.behind) - 1
}

func (p *precedence) before(a, b int) { p.behind[a] = append(p.behind[a], int32(b)) }

// inTime adds the order of events: what returned before something else was called is before it. span gives the events
// of an operation.
func (p *precedence) inTime(span func(i int) interval) {
	last := p.node()
	for _, m := range moments(p.operations, span) {
		now := p.node()
		p.before(last, now)
		if m.ends() {
			p.before(m.of(), now)
		} else {
			p.before(now, m.of())
		}
		last = now
	}
}

// cycle is nodes each of which is before the next, and the last before the first; nil if there is an order of all.
func (p *precedence) cycle() []int {
	waits := make([]int, len(p.behind)) // for how many that are before it
	for _, behind := range p.behind {
		for _, b := range behind {
			waits[b]++
		}
	}
	var free []int
	for n, w := range waits {
		if w == 0 {
			free = append(free, n)
		}
	}
	placed := 0
	for ; len(free) > 0; placed++ {
		n := free[len(free)-1]
		free = free[:len(free)-1]
		for _, b := range p.behind[n] {
			if waits[b]--; waits[b] == 0 {
				free = append(free, int(b))
			}
		}
	}
	if placed == len(p.behind) {
		return nil
	}
	return p.walk(waits)
}

// walk goes back from node to node, of those that still wait, until it comes to one again.
func (p *precedence) walk(waits []int) []int {
	from := make([]int, len(p.behind)) // one that is before it and waits too
	start := 0
	for n, behind := range p.behind {
		for _, b := range behind {
			if waits[n] > 0 && waits[b] > 0 {
				from[b], start = n, int(b)
			}
		}
	}
	place := map[int]int{}
	var way []int
	for n := start; ; n = from[n] {
		if at, again := place[n]; again {
			return way[at:]
		}
		place[n] = len(way)
		way = append(way, n)
	}
}
