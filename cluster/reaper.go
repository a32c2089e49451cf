package cluster

import (
	"time"

	"ordeal/cluster/tree"
)

// The leader removes containers that have lost their last child, and znodes whose time to live is over. It only
// proposes: whether a znode is due is judged once more when the proposal takes its place in the log.

// tickReaper proposes what is due, once in ReapEvery. What is beyond the limit comes with the next tick.
func (n *Node) tickReaper() {
	if !n.isLeader() || !n.intake.open || n.ticks < n.reapAt {
		return
	}
	neverUsed := n.config.ContainerUnusedMax / time.Millisecond
	due := n.state.tree.Reapable(n.wallMs(), int64(neverUsed), n.config.Limits.Reaped)
	for _, path := range due {
		n.submit(internal, &call{}, tree.Txn{
			TimeMs: n.wallMs(), Request: tree.DeleteContainer{Path: path, NeverUsedMs: int64(neverUsed)},
		})
	}
	if len(due) < n.config.Limits.Reaped {
		n.reapAt = n.bendReapAt(n.ticks + uint64(n.config.ReapEvery/n.tick))
	}
}

// internal is the connection of requests that the service makes itself: their results are not sent anywhere.
var internal = &conn{phase: phaseGone}

// announceConfig makes the ensemble's configuration readable for clients, once, in wire.ConfigPath.
func (n *Node) announceConfig() {
	if len(n.config.Announce) == 0 || len(n.state.text()) > 0 {
		return
	}
	n.submit(internal, &call{}, tree.Txn{TimeMs: n.wallMs(), Request: tree.SetConfig{Data: n.config.Announce}})
}
