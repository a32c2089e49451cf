package timeline

import (
	"encoding/binary"
	"time"
)

// Traffic collects messages between servers and jobs of their disks, as they come.
type Traffic struct {
	machines, kinds words
	messages        []message
	jobs            []job
}

// message is a datagram; to is negative while it has not arrived, and for good if it is lost.
type message struct {
	sent, arrived        time.Duration
	from, to, kind, size int
}

type job struct {
	from, to              time.Duration
	machine, bytes, syncs int
	failed                bool
}

// words numbers words in the order in which they come.
type words struct {
	list   []string
	number map[string]int
}

func (w *words) of(word string) int {
	n, ok := w.number[word]
	if !ok {
		if w.number == nil {
			w.number = make(map[string]int)
		}
		n = len(w.list)
		w.number[word], w.list = n, append(w.list, word)
	}
	return n
}

// Sent notes that a message leaves, and returns its number, for Arrived.
func (t *Traffic) Sent(at time.Duration, from, to, kind string, bytes int) (number int) {
	t.messages = append(t.messages, message{at, -1, t.machines.of(from), t.machines.of(to), t.kinds.of(kind), bytes})
	return len(t.messages) - 1
}

// Arrived notes that a message arrives. One that never does was lost.
func (t *Traffic) Arrived(number int, at time.Duration) { t.messages[number].arrived = at }

// Done notes a job that a disk has done.
func (t *Traffic) Done(machine string, from, to time.Duration, bytes, syncs int, failed bool) {
	t.jobs = append(t.jobs, job{from, to, t.machines.of(machine), bytes, syncs, failed})
}

// microseconds is the unit of times in columns.
func microseconds(d time.Duration) uint64 { return uint64(max(0, d.Microseconds())) }

// messageColumns are the messages by when they left: for each, in varints, the microseconds since the one before
// left; how long it took, plus one, or 0 if it was lost; from; to; kind; bytes.
func (t *Traffic) messageColumns() []byte {
	var b []byte
	last := uint64(0)
	for _, m := range sortedBy(t.messages, func(m message) time.Duration { return m.sent }) {
		sent := microseconds(m.sent)
		b = binary.AppendUvarint(b, sent-last)
		last = sent
		took := uint64(0)
		if m.arrived >= 0 {
			took = microseconds(m.arrived) - sent + 1
		}
		b = binary.AppendUvarint(b, took)
		for _, n := range []int{m.from, m.to, m.kind, m.size} {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}

// jobColumns are the jobs by when they began: for each, in varints, the microseconds since the one before began; how
// long it took; machine; bytes; syncs, doubled, and one more if it failed.
func (t *Traffic) jobColumns() []byte {
	var b []byte
	last := uint64(0)
	for _, j := range sortedBy(t.jobs, func(j job) time.Duration { return j.from }) {
		from := microseconds(j.from)
		b = binary.AppendUvarint(b, from-last)
		last = from
		b = binary.AppendUvarint(b, microseconds(j.to)-from)
		odd := 0
		if j.failed {
			odd = 1
		}
		for _, n := range []int{j.machine, j.bytes, 2*j.syncs + odd} {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}
