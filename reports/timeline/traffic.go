package timeline

import "time"

// Traffic collects messages between servers and jobs of their disks, as they come: tens of thousands in a minute, while
// the trial runs. So they are small, hold no pointers, and stay where they are.
type Traffic struct {
	machines Names
	kinds    Names
	messages pieces[message]
	jobs     pieces[job]
	links    []link // by their numbers
}

// message is a datagram, at the instant at which it left; arrived is negative while it has not, and for good if it is
// lost.
type message struct {
	arrived              time.Duration
	from, to, kind, size int32
}

// job is one of a disk, at the instant at which it began.
type job struct {
	to                    time.Duration
	machine, bytes, syncs int32
	failed                bool
}

// Knows reports whether Link was called for a number.
func (t *Traffic) Knows(link int) bool { return link < len(t.links) && t.links[link].known }

// Link says of which machines a direction is, whose number is small and not negative.
func (t *Traffic) Link(number int, from, to string) {
	for number >= len(t.links) {
		t.links = append(t.links, link{})
	}
	t.links[number] = link{known: true, from: t.machines.Of(from), to: t.machines.Of(to)}
}

// Sent notes that a message leaves on a known link, what it is in a few words, and whether it was lost at once. Its
// bytes stay where they are until it arrives.
func (t *Traffic) Sent(link int, at time.Duration, kind string, payload []byte, lost bool) {
	l := &t.links[link]
	number := t.messages.add(at, message{-1, l.from, l.to, t.kinds.Of(kind), int32(len(payload))})
	if !lost && len(payload) > 0 {
		l.leaves(&payload[0], number)
	}
}

// Arrived notes that a message arrives: the one that left on the same link with the same bytes, in the same place in
// memory. One that never does was lost. To be called before a page is made.
func (t *Traffic) Arrived(link int, at time.Duration, payload []byte) {
	if len(payload) == 0 || !t.Knows(link) {
		return
	}
	if number, ok := t.links[link].arrives(&payload[0]); ok {
		t.messages.at(number).one.arrived = at
	}
}

// Done notes a job that a disk has done.
func (t *Traffic) Done(machine string, from, to time.Duration, bytes, syncs int, failed bool) {
	t.jobs.add(from, job{to, t.machines.Of(machine), int32(bytes), int32(syncs), failed})
}
