// Package inbox is the queue in front of a loop that runs a program or a process.
package inbox

import "sync"

// The inbox's bounds. What is over them waits in the sockets.
const (
	eventsMax = 4096
	bytesMax  = 64 << 20
)

// Inbox is the bounded queue in front of the one goroutine that runs a program or process: many put, one takes.
type Inbox[E any] struct {
	// Ready has a value when events wait, or when the inbox was closed.
	Ready chan struct{}

	mu     sync.Mutex
	room   sync.Cond
	events []E
	bytes  int
	closed bool
}

// New makes one.
func New[E any]() *Inbox[E] {
	b := &Inbox[E]{Ready: make(chan struct{}, 1)}
	b.room.L = &b.mu
	return b
}

// Put waits for room and adds an event whose payload has size bytes. It reports false when the inbox is closed.
func (b *Inbox[E]) Put(e E, size int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.closed && len(b.events) > 0 && (len(b.events) >= eventsMax || b.bytes+size > bytesMax) {
		b.room.Wait()
	}
	return b.add(e, size)
}

// PutNow adds an event whether there is room or not. It is for events that the taker itself asked for: if they had to
// wait for it while it waits for them, neither would go on. Their number is bounded by what it asks for.
func (b *Inbox[E]) PutNow(e E) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.add(e, 0)
}

func (b *Inbox[E]) add(e E, size int) bool {
	if b.closed {
		return false
	}
	b.events = append(b.events, e)
	b.bytes += size
	if len(b.events) == 1 {
		b.signal()
	}
	return true
}

func (b *Inbox[E]) signal() {
	select {
	case b.Ready <- struct{}{}:
	default:
	}
}

// Take returns all events that wait, none if there are none, and keeps spare to fill next.
func (b *Inbox[E]) Take(spare []E) []E {
	b.mu.Lock()
	defer b.mu.Unlock()
	events := b.events
	b.events, b.bytes = spare[:0], 0
	if len(events) > 0 {
		b.room.Broadcast()
	}
	return events
}

// TakeMore appends to events what has come since.
func (b *Inbox[E]) TakeMore(events []E) []E {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) == 0 {
		return events
	}
	events = append(events, b.events...)
	clear(b.events)
	b.events, b.bytes = b.events[:0], 0
	b.room.Broadcast()
	return events
}

// Waits reports whether there are events to take.
func (b *Inbox[E]) Waits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events) > 0
}

// Close lets every put fail, also those that wait.
func (b *Inbox[E]) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.room.Broadcast()
}
