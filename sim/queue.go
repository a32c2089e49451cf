package sim

import (
	"time"

	"ordeal/host"
)

// kind says what an event is. The values are part of the trace hash: append, never reorder.
type kind uint8

const (
	evCall        kind = iota // the world's own: At
	evBoot                    // a machine starts its program
	evStart                   // a process starts
	evReady                   // a machine is free for its next input
	evAlarm                   // a machine's alarm may be due
	evMessage                 // a datagram arrives
	evDial                    // the first piece of a connection arrives at the machine that was dialled
	evOpened                  // its answer arrives
	evFrame                   // a frame arrives
	evFin                     // the other end closed
	evReset                   // the other end is not there any more
	evClosed                  // an end hears that its connection is gone
	evBroken                  // a connection breaks for both ends
	evDialTimeout             // a dial may have taken too long
	evStall                   // what a cut holds of a connection may have been held too long
	evUnheard                 // what a connection delivered may have gone unanswered too long
	evFlush                   // a link passes on what it held
	evDisk                    // a disk has finished a part of a job
	evDone                    // a disk job is done
	evCrash                   // a machine crashes in the middle of a sync
	evAccept                  // input only: a program gets a connection
	evWake                    // input only: a program's alarm
	evNudge                   // a signal was set from outside of its machine
	evDo                      // input only: a caller asks a program's machine to call a function
)

var kindNames = [...]string{"call", "boot", "start", "ready", "alarm", "message", "dial", "opened", "frame", "fin", "reset",
	"closed", "broken", "dial-timeout", "stall", "unheard", "flush", "disk", "done", "crash", "accept", "wake", "nudge", "do"}

// event is something that happens at an instant, or an input that a machine handles. Only the fields that its kind
// needs are set.
type event struct {
	kind    kind
	life    uint32   // the life of m that it belongs to
	m       *machine // the machine that it happens to; nil: the world
	from    *machine
	end     *end
	job     *job
	payload []byte
	f       func()
}

// peer names the other machine of an event, if it has one.
func (ev *event) peer() host.Addr {
	if ev.from == nil {
		return ""
	}
	return ev.from.name
}

// queue holds what is to happen, in the total order (time, order of being queued).
//
// It is a heap of four branches over small keys without pointers; the events lie still in slots. So a swap moves 16
// bytes, the four children that are compared share a cache line, and the collector has no heap order to look at.
type queue struct {
	keys  []key
	slots []event
	free  []uint32
	count uint64 // events ever queued
}

const (
	slotBits = 24
	slotMask = 1<<slotBits - 1
	branches = 4
)

// key orders events by time, then by count; the slot is in the low bits of order.
type key struct {
	at    time.Duration
	order uint64
}

func (k key) before(o key) bool { return k.at < o.at || k.at == o.at && k.order < o.order }

// push queues an event. More than 16 million events under way are taken for a runaway and panic.
func (q *queue) push(at time.Duration, ev event) {
	slot := uint32(len(q.slots))
	if n := len(q.free); n > 0 {
		slot, q.free = q.free[n-1], q.free[:n-1]
		q.slots[slot] = ev
	} else {
		if slot > slotMask {
			panic("sim: more than 16 million events are queued")
		}
		q.slots = append(q.slots, ev)
	}
	q.count++
	q.keys = append(q.keys, key{})
	q.siftUp(len(q.keys)-1, key{at, q.count<<slotBits | uint64(slot)})
}

// pop takes the next event. The queue must not be empty.
func (q *queue) pop() (time.Duration, event) {
	top := q.keys[0]
	last := len(q.keys) - 1
	moved := q.keys[last]
	q.keys = q.keys[:last]
	if last > 0 {
		q.siftDown(moved)
	}
	slot := uint32(top.order & slotMask)
	ev := q.slots[slot]
	q.slots[slot] = event{}
	q.free = append(q.free, slot)
	return top.at, ev
}

func (q *queue) siftUp(i int, k key) {
	for i > 0 {
		parent := (i - 1) / branches
		if !k.before(q.keys[parent]) {
			break
		}
		q.keys[i] = q.keys[parent]
		i = parent
	}
	q.keys[i] = k
}

func (q *queue) siftDown(k key) {
	keys, i := q.keys, 0
	for {
		first := i*branches + 1
		if first >= len(keys) {
			break
		}
		least := first
		for c := first + 1; c < min(first+branches, len(keys)); c++ {
			if keys[c].before(keys[least]) {
				least = c
			}
		}
		if !keys[least].before(k) {
			break
		}
		keys[i] = keys[least]
		i = least
	}
	keys[i] = k
}

// inbox holds the inputs that wait for a machine, first in, first out.
type inbox struct {
	items []event
	head  int
}

func (b *inbox) len() int { return len(b.items) - b.head }

func (b *inbox) push(ev event) { b.items = append(b.items, ev) }

func (b *inbox) pop() event {
	ev := b.items[b.head]
	b.items[b.head] = event{}
	b.head++
	if b.head == len(b.items) {
		b.items, b.head = b.items[:0], 0
	} else if b.head >= 1024 && b.head*2 >= len(b.items) {
		n := copy(b.items, b.items[b.head:])
		clear(b.items[n:])
		b.items, b.head = b.items[:n], 0
	}
	return ev
}
