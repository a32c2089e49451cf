// Package thread has threads of the operating system from which programs are started. On Linux a program that was
// started from one is killed when the thread ends, and so when this program does, in whatever way.
package thread

import (
	"os/exec"
	"runtime"
)

// Thread is one. Its methods may be called from any goroutine, but for Close, behind which none may be called.
type Thread struct {
	tasks chan func()
	ended chan struct{}
}

// New begins a thread with a function that changes what is its own: its namespaces, for one. If that fails, there is
// no thread.
func New(begin func() error) (*Thread, error) {
	t := &Thread{tasks: make(chan func()), ended: make(chan struct{})}
	begun := make(chan error)
	go t.live(begin, begun)
	if err := <-begun; err != nil {
		return nil, err
	}
	return t, nil
}

// live is the thread. It is never given back, so it ends with the goroutine.
func (t *Thread) live(begin func() error, begun chan<- error) {
	runtime.LockOSThread()
	if isFirst() {
		// The program's first thread never ends. It is kept from the other goroutine until that has one.
		other := make(chan error)
		go t.live(begin, other)
		begun <- <-other
		runtime.UnlockOSThread()
		return
	}
	defer close(t.ended)
	err := begin()
	begun <- err
	if err != nil {
		return
	}
	for task := range t.tasks {
		task()
	}
}

// Do calls a function on the thread, and returns what it returns.
func (t *Thread) Do(f func() error) error {
	result := make(chan error, 1)
	t.tasks <- func() { result <- f() }
	return <-result
}

// Start starts a program from the thread.
func (t *Thread) Start(c *exec.Cmd) error {
	dieWithThread(c)
	return t.Do(c.Start)
}

// Close ends the thread, and returns when that is done.
func (t *Thread) Close() {
	close(t.tasks)
	<-t.ended
}
