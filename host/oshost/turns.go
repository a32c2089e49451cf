package oshost

import "sync"

// Turns lets processes share memory without locks: of those that are started with the same Turns, one runs at a time,
// and another goes on only where that one waits. What one of them has written before it waits, the others see after. So
// what they write down together has one order, as in a simulated world. The zero value is ready.
type Turns struct{ mu sync.Mutex }

// Do calls f while none of the processes runs. f must not wait for one of them.
func (t *Turns) Do(f func()) {
	t.take()
	defer t.give()
	f()
}

// take waits for the turn; without Turns there is nothing to wait for.
func (t *Turns) take() {
	if t != nil {
		t.mu.Lock()
	}
}

func (t *Turns) give() {
	if t != nil {
		t.mu.Unlock()
	}
}
