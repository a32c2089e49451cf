package sim

import (
	"slices"
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
	evShut                    // the other end of a stream writes no more
	evWindow                  // it has read, and takes more
	evProbe                   // a connection whose other machine has lost its power is looked after
	evNotice                  // input only: something about a stream has changed
)

var kindNames = [...]string{"call", "boot", "start", "ready", "alarm", "message", "dial", "opened", "frame", "fin",
	"reset",
	"closed", "broken", "dial-timeout", "stall", "unheard", "flush", "disk", "done", "crash", "accept", "wake", "nudge",
	"do", "shut", "window", "probe", "notice"}

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

// queue holds what is to happen, in the total order (time, class, order of being queued).
//
// What happens next is a list of small keys without pointers, the earliest last; the events lie still in slots. Most
// events are queued for soon, so that few keys have to move for one, and to take the next moves none. The list is
// short: what is later than all of it is in a heap of four branches, from which the list is filled again when it is
// empty.
type queue struct {
	near  []key // the latest first; all are before those of far
	far   []key
	slots []event
	free  []uint32
	count uint64 // events ever queued
}

const (
	slotBits = 24
	slotMask = 1<<slotBits - 1
	branches = 4
	// nearMax is how long the list may be, and nearFill how much of the heap fills an empty one.
	nearMax  = 192
	nearFill = 64
)

// key orders events by time, then by class, then by count; the slot is in the low bits of order.
type key struct {
	at    time.Duration
	order uint64
}

func (k key) before(o key) bool { return k.at < o.at || k.at == o.at && k.order < o.order }

// push queues an event. More than 16 million events under way are taken for a runaway and panic.
// Of the events of one instant those of a lower class come first.
func (q *queue) push(at time.Duration, ev event, class uint64) {
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
	q.put(key{at, class<<classShift | q.count<<slotBits | uint64(slot)})
}

// put puts a key into the list, or into the heap if it is behind all of the list.
func (q *queue) put(k key) {
	if len(q.far) > 0 && !k.before(q.far[0]) {
		q.pushFar(k)
		return
	}
	if len(q.near) == nearMax {
		q.pushFar(q.near[0])
		q.near = q.near[:copy(q.near, q.near[1:])]
		if !k.before(q.far[0]) {
			q.pushFar(k)
			return
		}
	}
	i := len(q.near)
	q.near = append(q.near, k)
	for ; i > 0 && q.near[i-1].before(k); i-- {
		q.near[i] = q.near[i-1]
	}
	q.near[i] = k
}

func (q *queue) len() int { return len(q.near) + len(q.far) }

// next is when the next event is due. The queue must not be empty.
func (q *queue) next() time.Duration {
	if n := len(q.near); n > 0 {
		return q.near[n-1].at
	}
	return q.far[0].at
}

// pop takes the next event. The queue must not be empty.
func (q *queue) pop(ev *event) time.Duration {
	if len(q.near) == 0 {
		q.fill()
	}
	last := len(q.near) - 1
	top := q.near[last]
	q.near = q.near[:last]
	slot := uint32(top.order & slotMask)
	*ev = q.slots[slot]
	q.slots[slot] = event{}
	q.free = append(q.free, slot)
	return top.at
}

// fill moves the earliest keys of the heap into the list, which is empty.
func (q *queue) fill() {
	n := min(nearFill, len(q.far))
	q.near = slices.Grow(q.near, nearMax)[:n]
	for i := n - 1; i >= 0; i-- {
		q.near[i] = q.popFar()
	}
}

func (q *queue) pushFar(k key) {
	q.far = append(q.far, key{})
	q.siftUp(len(q.far)-1, k)
}

func (q *queue) popFar() key {
	top := q.far[0]
	last := len(q.far) - 1
	moved := q.far[last]
	q.far = q.far[:last]
	if last > 0 {
		q.siftDown(moved)
	}
	return top
}

func (q *queue) siftUp(i int, k key) {
	for i > 0 {
		parent := (i - 1) / branches
		if !k.before(q.far[parent]) {
			break
		}
		q.far[i] = q.far[parent]
		i = parent
	}
	q.far[i] = k
}

func (q *queue) siftDown(k key) {
	keys, i := q.far, 0
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
