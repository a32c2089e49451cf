package timeline

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// pieces is a list by time that grows without being copied.
type pieces[T any] struct {
	full [][]stamped[T]
	last []stamped[T]
}

// stamped is an element with its instant.
type stamped[T any] struct {
	at  time.Duration
	one T
}

const pieceLength = 1 << 10

// add adds an element, and returns its place.
func (p *pieces[T]) add(at time.Duration, one T) int {
	if len(p.last) == cap(p.last) {
		if p.last != nil {
			p.full = append(p.full, p.last)
		}
		p.last = make([]stamped[T], 0, pieceLength)
	}
	p.last = append(p.last, stamped[T]{at, one})
	return p.len() - 1
}

func (p *pieces[T]) len() int { return len(p.full)*pieceLength + len(p.last) }

func (p *pieces[T]) at(i int) *stamped[T] {
	if piece := uint(i) / pieceLength; piece < uint(len(p.full)) {
		return &p.full[piece][uint(i)%pieceLength]
	}
	return &p.last[uint(i)%pieceLength]
}

// all is the list, piece by piece.
func (p *pieces[T]) all() [][]stamped[T] { return append(slices.Clip(p.full), p.last) }

// displaced is by how many places elements may be out of order, in the mean, for a list to count as nearly sorted.
const displaced = 8

// sort sorts the list; elements of one instant stay as they are. What was observed as it happened is nearly sorted:
// each element that is out of order goes back a few places.
func (p *pieces[T]) sort() {
	steps, last, i := displaced*p.len(), time.Duration(math.MinInt64), 0
	for _, piece := range p.all() {
		for k := range piece {
			if when := piece[k].at; when >= last {
				last = when
			} else if steps -= p.sink(i); steps < 0 {
				p.sortFarther()
				return
			}
			i++
		}
	}
}

// sink moves an element back to where it belongs among those before it, and returns by how many places.
func (p *pieces[T]) sink(i int) int {
	one, place := *p.at(i), i
	for place > 0 && p.at(place-1).at > one.at {
		*p.at(place) = *p.at(place - 1)
		place--
	}
	*p.at(place) = one
	return i - place
}

// sortFarther sorts a list in which elements are far out of order.
func (p *pieces[T]) sortFarther() {
	list := slices.Concat(p.all()...)
	slices.SortStableFunc(list, func(a, b stamped[T]) int { return cmp.Compare(a.at, b.at) })
	for i, one := range list {
		*p.at(i) = one
	}
}
