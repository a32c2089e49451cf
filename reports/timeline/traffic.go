package timeline

import "time"

// Traffic collects messages between servers and jobs of their disks, as they come: tens of thousands in a minute, while
// the trial runs. So they are small, hold no pointers, and stay where they are.
type Traffic struct {
	machines Names
	kinds    Names
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

// Sent notes that a message leaves, and whether it was lost at once. Its bytes stay where they are until it arrives.
func (t *Traffic) Sent(at time.Duration, from, to, kind string, payload []byte, lost bool) {
	m := message{at, -1, t.machines.Of(from), t.machines.Of(to), t.kinds.Of(kind), int32(len(payload))}
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
	if number, ok := t.underWay.arrives(t.machines.Of(from), t.machines.Of(to), &payload[0]); ok {
		t.messages.at(number).arrived = at
	}
}

// Done notes a job that a disk has done.
func (t *Traffic) Done(machine string, from, to time.Duration, bytes, syncs int, failed bool) {
	t.jobs.add(job{from, to, t.machines.Of(machine), int32(bytes), int32(syncs), failed})
}
