package oshost

import (
	"container/heap"
	"time"
)

// timers is what a process asked to be called with, by instant and then in the order of asking.
type timers struct {
	heap timerHeap
	seq  uint64
}

type timer struct {
	at    time.Duration
	seq   uint64
	f     func()
	index int // in the heap; -1 when it has left
}

func (t *timers) add(at time.Duration, f func()) *timer {
	t.seq++
	entry := &timer{at: at, seq: t.seq, f: f}
	heap.Push(&t.heap, entry)
	return entry
}

// remove takes a timer out, if it is still in.
func (t *timers) remove(entry *timer) {
	if entry.index >= 0 {
		heap.Remove(&t.heap, entry.index)
	}
}

// next is the instant of the first timer, if there is any.
func (t *timers) next() (at time.Duration, any bool) {
	if len(t.heap) == 0 {
		return 0, false
	}
	return t.heap[0].at, true
}

// due takes out the first timer whose instant has come and returns its function, or nil.
func (t *timers) due(now time.Duration) func() {
	if len(t.heap) == 0 || t.heap[0].at > now {
		return nil
	}
	return heap.Pop(&t.heap).(*timer).f
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].seq < h[j].seq
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.index = -1
	return t
}
