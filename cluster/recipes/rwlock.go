package recipes

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/host"
)

// ReadWriteLock is a fair lock that many may hold for reading, or one for writing: who comes first gets it first, but
// that readers next to each other hold it together. One ReadWriteLock is one contender.
//
// Guaranteed: a writer is alone, in the service's order; of two holders of which one writes, the later has the greater
// token. Not guaranteed: that a holder knows when its session has ended. What the lock protects must check tokens, as
// with Lock: it refuses a write whose token is smaller than one that it has seen, of a reader or a writer.
type ReadWriteLock struct{ line line }

// NewReadWriteLock makes a contender for the lock at path. The znode is made when it is needed.
func NewReadWriteLock(p host.Process, c *client.Client, path string) *ReadWriteLock {
	return &ReadWriteLock{line{folder: folder{p: p, c: c, path: path, shape: marks.Access}}}
}

// Read waits until it may read, for about timeout or Forever: see Lock.Acquire.
func (l *ReadWriteLock) Read(timeout time.Duration) (token int64, outcome Outcome, err error) {
	l.line.kind, l.line.blocks = marks.Reads, lastWriter
	return l.line.acquire(timeout)
}

// Write waits until it may write, for about timeout or Forever: see Lock.Acquire.
func (l *ReadWriteLock) Write(timeout time.Duration) (token int64, outcome Outcome, err error) {
	l.line.kind, l.line.blocks = marks.Writes, bendWriterWaits()
	return l.line.acquire(timeout)
}

// Release gives the lock back. NoEffect with ErrLost says that it was no longer held.
func (l *ReadWriteLock) Release(timeout time.Duration) (Outcome, error) {
	return l.line.leave(Deadline(l.line.p, timeout))
}

// lastWriter is the writer that stands nearest before a reader, "" if none does.
func lastWriter(ahead []member) string {
	for i := len(ahead) - 1; i >= bendFromWriter(len(ahead)); i-- {
		if marks.Kind(ahead[i].name) == marks.Writes {
			return ahead[i].name
		}
	}
	return ""
}
