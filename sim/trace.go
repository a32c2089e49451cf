package sim

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"time"

	"ordeal/host"
)

const (
	hashSeed  = 0xcbf29ce484222325
	hashPrime = 0x9e3779b97f4a7c15
)

// mix folds x into h; the order of the folds matters.
func mix(h, x uint64) uint64 {
	return bits.RotateLeft64((h^x)*hashPrime, 29) + x
}

func hashString(s string) uint64 {
	h := uint64(hashSeed)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return scramble(h)
}

// hashBytes hashes eight bytes at a time.
func hashBytes(b []byte) uint64 {
	h := mix(hashSeed, uint64(len(b)))
	for len(b) >= 8 {
		h = mix(h, binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	if len(b) > 0 {
		var last [8]byte
		copy(last[:], b)
		h = mix(h, binary.LittleEndian.Uint64(last[:]))
	}
	return h
}

// trace is the hash of everything that happened, and the last events as text for those who ask.
type trace struct {
	hash uint64
	tail []Happening // a ring; empty when off
	next int
}

// Happening is an event of the world as its trace has it.
type Happening struct {
	At time.Duration
	// What happened, in one word, to which machine: "" is the world itself. Peer is the machine that it came from, "" for
	// none, and Bytes what its payload has.
	What          string
	Machine, Peer host.Addr
	Bytes         int
}

// add takes one event, as it happens.
func (t *trace) add(at time.Duration, ev *event) {
	h := mix(t.hash, uint64(at))
	who := uint64(ev.kind)
	if ev.m != nil {
		who ^= ev.m.hash
	}
	if ev.from != nil {
		who ^= bits.RotateLeft64(ev.from.hash, 32)
	}
	h = mix(h, who)
	if ev.payload != nil {
		h = mix(h, hashBytes(ev.payload))
	}
	t.hash = h
	if len(t.tail) > 0 {
		t.keep(at, ev)
	}
}

func (t *trace) keep(at time.Duration, ev *event) {
	t.tail[t.next%len(t.tail)] = happening(at, ev)
	t.next++
}

func happening(at time.Duration, ev *event) Happening {
	h := Happening{At: at, What: kindNames[ev.kind], Peer: ev.peer(), Bytes: len(ev.payload)}
	if ev.m != nil {
		h.Machine = ev.m.name
	}
	return h
}

// Happenings has f called with every event, before it is carried out, and with the hash of all up to it: two worlds
// whose hashes are equal have had the same events.
func (w *World) Happenings(f func(h Happening, hash uint64)) { w.happenings = append(w.happenings, f) }

func (w *World) tellHappening(at time.Duration, ev *event) {
	for _, f := range w.happenings {
		f(happening(at, ev), w.trace.hash)
	}
}

// TraceHash is a hash of every event so far, in their order: time, kind, machines and payload. Two runs that differ
// anywhere differ here.
func (w *World) TraceHash() uint64 { return scramble(w.trace.hash) }

// Trace keeps the last n events as text from now on; 0 keeps none.
func (w *World) Trace(n int) { w.trace.tail, w.trace.next = make([]Happening, n), 0 }

// TraceTail is the last events, the oldest first, as far as Trace keeps them.
func (w *World) TraceTail() []string {
	var lines []string
	n := len(w.trace.tail)
	for i := max(0, w.trace.next-n); i < w.trace.next; i++ {
		lines = append(lines, w.trace.tail[i%n].String())
	}
	return lines
}

// String is one line: the time in seconds, the machine, what happened, with whom, and the payload's bytes.
func (h Happening) String() string {
	line := fmt.Sprintf("%d.%09d %-4s %s", h.At/time.Second, h.At%time.Second, h.Machine, h.What)
	if h.Peer != "" {
		line += " from " + string(h.Peer)
	}
	if h.Bytes > 0 {
		line += fmt.Sprintf(" (%d bytes)", h.Bytes)
	}
	return line
}
