package timeline

import (
	"encoding/binary"
	"time"
)

// Traffic collects messages between servers and jobs of their disks, as they come: tens of thousands in a minute, while
// the trial runs. So they are small, hold no pointers, and stay where they are.
type Traffic struct {
	machines names
	kinds    names
	messages pieces[message]
	jobs     pieces[job]
	underWay underWay
}

// message is a datagram; arrived is negative while it has not arrived, and for good if it is lost.
type message struct {
	sent, arrived        time.Duration
	from, to, kind, size int32
}

type job struct {
	from, to              time.Duration
	machine, bytes, syncs int32
	failed                bool
}

// names numbers words in the order in which they come. There are few, and mostly the same that were there before: so
// they are looked through, which is faster than a map.
type names []string

func (n *names) of(name string) int32 {
	for i, known := range *n {
		if known == name {
			return int32(i)
		}
	}
	*n = append(*n, name)
	return int32(len(*n) - 1)
}

// Sent notes that a message leaves, and whether it was lost at once. Its bytes stay where they are until it arrives.
func (t *Traffic) Sent(at time.Duration, from, to, kind string, payload []byte, lost bool) {
	m := message{at, -1, t.machines.of(from), t.machines.of(to), t.kinds.of(kind), int32(len(payload))}
	t.messages.add(m)
	if !lost && len(payload) > 0 {
		t.underWay.leaves(m.from, m.to, &payload[0], t.messages.len()-1)
	}
}

// Arrived notes that a message arrives: the one that left with the same bytes, in the same place in memory. One that
// never does was lost. To be called before a page is made.
func (t *Traffic) Arrived(at time.Duration, from, to string, payload []byte) {
	if len(payload) == 0 {
		return
	}
	if number, ok := t.underWay.arrives(t.machines.of(from), t.machines.of(to), &payload[0]); ok {
		t.messages.at(number).arrived = at
	}
}

// Done notes a job that a disk has done.
func (t *Traffic) Done(machine string, from, to time.Duration, bytes, syncs int, failed bool) {
	t.jobs.add(job{from, to, t.machines.of(machine), int32(bytes), int32(syncs), failed})
}

// microseconds is the unit of times in columns.
func microseconds(d time.Duration) uint64 { return uint64(max(0, d.Microseconds())) }

// messageColumns are the messages by when they left: for each, in varints, the microseconds since the one before
// left; how long it took, plus one, or 0 if it was lost; from; to; kind; bytes.
func (t *Traffic) messageColumns() []byte {
	t.messages.sortBy(func(m *message) time.Duration { return m.sent })
	b := make([]byte, 0, 10*t.messages.len())
	last := uint64(0)
	for m := range t.messages.each() {
		sent := microseconds(m.sent)
		b = binary.AppendUvarint(b, sent-last)
		last = sent
		took := uint64(0)
		if m.arrived >= 0 {
			took = microseconds(m.arrived) - sent + 1
		}
		b = binary.AppendUvarint(b, took)
		for _, n := range []int32{m.from, m.to, m.kind, m.size} {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}

// jobColumns are the jobs by when they began: for each, in varints, the microseconds since the one before began; how
// long it took; machine; bytes; syncs, doubled, and one more if it failed.
func (t *Traffic) jobColumns() []byte {
	t.jobs.sortBy(func(j *job) time.Duration { return j.from })
	b := make([]byte, 0, 8*t.jobs.len())
	last := uint64(0)
	for j := range t.jobs.each() {
		from := microseconds(j.from)
		b = binary.AppendUvarint(b, from-last)
		last = from
		b = binary.AppendUvarint(b, microseconds(j.to)-from)
		odd := int32(0)
		if j.failed {
			odd = 1
		}
		for _, n := range []int32{j.machine, j.bytes, 2*j.syncs + odd} {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}
