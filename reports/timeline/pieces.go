package timeline

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
)

// pieces is a list that grows without being copied.
type pieces[T any] struct {
	full [][]T
	last []T
}

const pieceLength = 1 << 10

func (p *pieces[T]) add(one T) {
	if len(p.last) == cap(p.last) {
		if p.last != nil {
			p.full = append(p.full, p.last)
		}
		p.last = make([]T, 0, pieceLength)
	}
	p.last = append(p.last, one)
}

func (p *pieces[T]) len() int { return len(p.full)*pieceLength + len(p.last) }

func (p *pieces[T]) at(i int) *T {
	if piece := i / pieceLength; piece < len(p.full) {
		return &p.full[piece][i%pieceLength]
	}
	return &p.last[i%pieceLength]
}

// each are the elements in order.
func (p *pieces[T]) each() iter.Seq[*T] {
	return func(yield func(one *T) bool) {
		for i := range p.len() {
			if !yield(p.at(i)) {
				return
			}
		}
	}
}

// displaced is by how many places elements may be out of order, in the mean, for a list to count as nearly sorted.
const displaced = 8

// sortBy sorts the list by a time of its elements; those of one instant stay as they are. What was observed as it
// happened is nearly sorted: each element that is out of order goes back a few places.
func (p *pieces[T]) sortBy(at func(*T) time.Duration) {
	steps, last := displaced*p.len(), time.Duration(math.MinInt64)
	for i := range p.len() {
		when, place := at(p.at(i)), i
		if when >= last {
			last = when
			continue
		}
		for place > 0 && at(p.at(place-1)) > when {
			place--
		}
		one := *p.at(i)
		for j := i; j > place; j-- {
			*p.at(j) = *p.at(j - 1)
		}
		*p.at(place) = one
		if steps -= i - place; steps < 0 {
			p.sortFarther(at)
			return
		}
	}
}

// sortFarther sorts a list in which elements are far out of order.
func (p *pieces[T]) sortFarther(at func(*T) time.Duration) {
	list := slices.Concat(append(slices.Clip(p.full), p.last)...)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(at(&a), at(&b)) })
	for i, one := range list {
		*p.at(i) = one
	}
}
