package oshost

import "ordeal/host"

// Do calls f on the machine's own goroutine, between two calls of the program, and returns when f has: a goroutine that
// is not the program may look at it only so. It reports false if the machine is down, and f was not called or not to
// its end. f must not wait, and must not call Do.
func (m *Machine) Do(f func(host.Program)) bool {
	ran := make(chan struct{})
	done := func(error) {
		defer close(ran)
		f(m.program)
	}
	if !m.inbox.Put(event{kind: eventDone, done: done}, 0) {
		return false
	}
	select {
	case <-ran:
		return true
	case <-m.done:
		return false
	}
}

// Post has f called on the machine's own goroutine, as a frame is handed to the program: it does not wait for that, but
// for room among the events if there is none, and the program is settled (host.Settler) behind one or more of them.
// size is how many bytes f keeps. It reports false if the machine is down. f must not wait.
func (m *Machine) Post(f func(host.Program), size int) bool {
	return m.inbox.Put(event{kind: eventRun, run: f}, size)
}
