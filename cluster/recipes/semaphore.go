package recipes

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Semaphore gives out so many permits at a time, each as a lease: for as long as its holder's session lives. One
// Semaphore is one contender for one permit; a session may have several. All contenders must name the same number of
// permits.
//
// Guaranteed: in the service's order there are never more leases than permits, and who comes first gets one first. Not
// guaranteed: that a holder knows when its session has ended; and that a departure wakes one contender alone: it wakes
// all that wait, as each of them may be the next.
type Semaphore struct{ line line }

// NewSemaphore makes a contender for a permit of the semaphore at path, which has permits. It panics if these are fewer
// than 1. The znode is made when it is needed.
func NewSemaphore(p host.Process, c *client.Client, path string, permits int) *Semaphore {
	if permits < 1 {
		panic("recipes: a semaphore has at least one permit")
	}
	return &Semaphore{line{folder: folder{p: p, c: c, path: path}, crowd: true, blocks: func(ahead []member) string {
		if bendAhead(len(ahead)) < permits {
			return ""
		}
		return ahead[len(ahead)-1].name
	}}}
}

// Acquire waits for a permit, for about timeout or Forever, and returns the lease's number, which no other lease ever
// has. Outcomes are those of Lock.Acquire.
func (s *Semaphore) Acquire(timeout time.Duration) (lease int64, outcome Outcome, err error) {
	return s.line.acquire(timeout)
}

// Release gives the permit back. NoEffect with ErrLost says that the lease was over.
func (s *Semaphore) Release(timeout time.Duration) (Outcome, error) {
	return s.line.leave(Deadline(s.line.p, timeout))
}
