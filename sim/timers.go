package sim

import (
	"slices"
	"time"
)

// timer is something that a process is to do at an instant of its machine's clock.
type timer struct {
	at    time.Duration
	order uint64
	place int // in the heap, from 1; 0: not in it
	proc  *process
	f     func()
}

// timers is a heap of them, the earliest on top. Those that are cancelled leave it, so it is as large as what waits.
type timers struct {
	heap  []*timer
	count uint64
}

func (t *timer) before(u *timer) bool { return t.at < u.at || t.at == u.at && t.order < u.order }

func (h *timers) add(t *timer) {
	h.count++
	t.order = h.count
	h.heap = append(h.heap, t)
	h.up(len(h.heap)-1, t)
}

func (h *timers) remove(t *timer) {
	if t.place == 0 || t.place > len(h.heap) || h.heap[t.place-1] != t {
		return
	}
	i, last := t.place-1, len(h.heap)-1
	moved := h.heap[last]
	h.heap[last] = nil
	h.heap = h.heap[:last]
	t.place = 0
	if i < last {
		h.up(i, moved)
		h.down(moved.place-1, moved)
	}
}

func (h *timers) up(i int, t *timer) {
	for ; i > 0 && t.before(h.heap[(i-1)/2]); i = (i - 1) / 2 {
		h.set(i, h.heap[(i-1)/2])
	}
	h.set(i, t)
}

func (h *timers) down(i int, t *timer) {
	for {
		child := 2*i + 1
		if child >= len(h.heap) {
			break
		}
		if child+1 < len(h.heap) && h.heap[child+1].before(h.heap[child]) {
			child++
		}
		if !h.heap[child].before(t) {
			break
		}
		h.set(i, h.heap[child])
		i = child
	}
	h.set(i, t)
}

func (h *timers) set(i int, t *timer) {
	h.heap[i] = t
	t.place = i + 1
}

// drop removes the timers of a process.
func (h *timers) drop(p *process) {
	for _, t := range slices.Clone(h.heap) {
		if t.proc == p {
			h.remove(t)
		}
	}
}

// fire runs what is due. What that adds for this very instant waits for the next wake.
func (h *timers) fire(m *machine) {
	now := m.clock.at(m.w.now)
	newest := h.count
	for len(h.heap) > 0 && h.heap[0].at <= now && h.heap[0].order <= newest {
		t := h.heap[0]
		h.remove(t)
		t.f()
	}
	m.aimAlarm()
}

// aimAlarm sets the alarm of a machine of processes to its earliest timer.
func (m *machine) aimAlarm() {
	if len(m.timers.heap) == 0 {
		m.alarm = -1
		return
	}
	m.setAlarm(m.timers.heap[0].at)
}
