package router

import (
	"container/heap"
	"time"
)

// parcel is a packet that is on its way.
type parcel struct {
	due    time.Time
	number uint64 // in the order in which they came
	to     *port
	link   *link
	packet []byte
}

// schedule are packets by when they are due, and then by when they came.
type schedule struct {
	parcels heaped
	count   uint64
}

func (s *schedule) add(p parcel) {
	s.count++
	p.number = s.count
	heap.Push(&s.parcels, p)
}

// first is the packet that is due next.
func (s *schedule) first() (p parcel, any bool) {
	if len(s.parcels) == 0 {
		return parcel{}, false
	}
	return s.parcels[0], true
}

func (s *schedule) remove() { heap.Pop(&s.parcels) }

// heaped implements heap.Interface.
type heaped []parcel

func (h heaped) Len() int      { return len(h) }
func (h heaped) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h heaped) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].number < h[j].number
	}
	return h[i].due.Before(h[j].due)
}
func (h *heaped) Push(p any) { *h = append(*h, p.(parcel)) }
func (h *heaped) Pop() any {
	old := *h
	last := len(old) - 1
	p := old[last]
	old[last] = parcel{}
	*h = old[:last]
	return p
}
