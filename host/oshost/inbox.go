package oshost

import "sync"

// The inbox's bounds. What is over them waits in the sockets.
const (
	inboxEvents = 4096
	inboxBytes  = 64 << 20
)

// inbox is the bounded queue in front of the one goroutine that runs a program or process: many put, one takes.
type inbox[E any] struct {
	ready chan struct{} // has a value when events wait, or when the inbox was closed

	mu     sync.Mutex
	room   sync.Cond
	events []E
	bytes  int
	closed bool
}

func newInbox[E any]() *inbox[E] {
	b := &inbox[E]{ready: make(chan struct{}, 1)}
	b.room.L = &b.mu
	return b
}

// put waits for room and adds an event whose payload has size bytes. It reports false when the inbox is closed.
func (b *inbox[E]) put(e E, size int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.closed && len(b.events) > 0 && (len(b.events) >= inboxEvents || b.bytes+size > inboxBytes) {
		b.room.Wait()
	}
	return b.add(e, size)
}

// putNow adds an event whether there is room or not. It is for events that the taker itself asked for: if they had to
// wait for it while it waits for them, neither would go on. Their number is bounded by what it asks for.
func (b *inbox[E]) putNow(e E) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.add(e, 0)
}

func (b *inbox[E]) add(e E, size int) bool {
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

func (b *inbox[E]) signal() {
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take returns all events that wait, none if there are none, and keeps spare to fill next.
func (b *inbox[E]) take(spare []E) []E {
	b.mu.Lock()
	defer b.mu.Unlock()
	events := b.events
	b.events, b.bytes = spare[:0], 0
	if len(events) > 0 {
		b.room.Broadcast()
	}
	return events
}

// takeMore appends to events what has come since.
func (b *inbox[E]) takeMore(events []E) []E {
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

// waits reports whether there are events to take.
func (b *inbox[E]) waits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events) > 0
}

// close lets every put fail, also those that wait.
func (b *inbox[E]) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.room.Broadcast()
}
