package recipes

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Election picks one leader among those who campaign, and numbers its terms of office: every leader's epoch is larger
// than those before. What leaders do must carry the epoch, for the reason that Lock gives for tokens.
type Election struct{ line line }

// Leader is who leads: a session, and the epoch of its office.
type Leader struct{ Session, Epoch int64 }

// NewElection makes a candidate for the office at path. The znode is made when it is needed.
func NewElection(p host.Process, c *client.Client, path string) *Election {
	return &Election{line{folder: folder{p: p, c: c, path: path}}}
}

// Campaign waits until the candidate leads, for about timeout or Forever. Outcomes are those of Lock.Acquire.
func (e *Election) Campaign(timeout time.Duration) (epoch int64, outcome Outcome, err error) {
	return e.line.acquire(timeout)
}

// Resign gives the office up. NoEffect with ErrLost says that the candidate no longer had it.
func (e *Election) Resign(timeout time.Duration) (Outcome, error) {
	return e.line.leave(Deadline(e.line.p, timeout))
}

// Observe says who leads at some instant during the call; ok is false if no candidate does. A candidate leads as soon
// as it is first, though it may not have heard yet. An error means that nothing was seen.
func (e *Election) Observe(timeout time.Duration) (leader Leader, ok bool, err error) {
	_, stat, ok, err := e.line.first(Deadline(e.line.p, timeout))
	if err != nil || !ok {
		return Leader{}, false, err
	}
	return Leader{Session: stat.EphemeralOwner, Epoch: stat.Czxid}, true, nil
}
