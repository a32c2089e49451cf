package cluster

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// consensus is raft, and whether anything was asked of it since it last had nothing to do. To ask raft whether it has
// costs an allocation each time, and many inputs of a node ask nothing of it. Raft changes by calls alone: while there
// is none it has nothing new to do. What of the committed entries is too much for one Ready it hands over when it
// hears, by a call of Step, that the first part is applied.
type consensus struct {
	node    *raft.RawNode
	stirred bool
}

func newConsensus(c *raft.Config) (consensus, error) {
	node, err := raft.NewRawNode(c)
	return consensus{node: node, stirred: true}, err
}

// ready is what raft wants done, if that is anything.
func (c *consensus) ready() (rd raft.Ready, ok bool) {
	if !c.stirred {
		return raft.Ready{}, false
	}
	c.stirred = false
	if !c.node.HasReady() {
		return raft.Ready{}, false
	}
	return c.node.Ready(), true
}

// The calls below are raft.RawNode's.

func (c *consensus) Step(m *raftpb.Message) error {
	c.stirred = true
	return c.node.Step(m)
}

func (c *consensus) Tick() {
	c.stirred = true
	c.node.Tick()
}

func (c *consensus) Campaign() error {
	c.stirred = true
	return c.node.Campaign()
}

func (c *consensus) TransferLeader(to uint64) {
	c.stirred = true
	c.node.TransferLeader(to)
}

func (c *consensus) ReportSnapshot(to uint64, how raft.SnapshotStatus) {
	c.stirred = true
	c.node.ReportSnapshot(to, how)
}

func (c *consensus) ApplyConfChange(cc raftpb.ConfChangeI) *raftpb.ConfState {
	c.stirred = true
	return c.node.ApplyConfChange(cc)
}

func (c *consensus) BasicStatus() raft.BasicStatus { return c.node.BasicStatus() }

func (c *consensus) WithProgress(visit func(uint64, raft.ProgressType, tracker.Progress)) {
	c.node.WithProgress(visit)
}
