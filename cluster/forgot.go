package cluster

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// unsays reports whether a message rejects an append behind an entry that its sender has acknowledged. Either it is
// late, or the sender's disk has forgotten the entry. Raft would send the same entries again at once, with whatever is
// behind them, and hear the same again, as fast as the network carries it. So it does not get to hear of it: it asks
// again behind the next heartbeat.
func (n *Node) unsays(m *raftpb.Message) bool {
	if m.GetType() != raftpb.MsgAppResp || !m.GetReject() || m.GetTerm() != n.role.term || !n.isLeader() {
		return false
	}
	unsaid := false
	n.raft.WithProgress(func(id uint64, _ raft.ProgressType, p tracker.Progress) {
		if id == m.GetFrom() {
			unsaid = p.State == tracker.StateProbe && m.GetIndex() <= p.Match && p.Match > 0
		}
	})
	if unsaid {
		n.host.Log().Warn("a server rejects what it has acknowledged: its disk may have forgotten", "server", m.GetFrom(),
			"index", m.GetIndex())
	}
	return unsaid
}
