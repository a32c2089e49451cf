package cluster

import (
	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// What the planted bugs of replication do to raft's messages and settings. Raft itself is a library and stays as it is;
// these imitate, at its edge, what other implementations got wrong inside. A plain build changes nothing here.

// bendSent is called with every message of raft's that leaves.
func (n *Node) bendSent(m *raftpb.Message) {
	if m.GetType() == raftpb.MsgHeartbeat && m.GetCommit() < n.state.index {
		failpoint.Inject("bugCommitUnmatched", func(_ failpoint.Value) {
			m.Commit = proto.Uint64(n.raft.BasicStatus().HardState.GetCommit())
		})
	}
}

// bendReceived is called with every message of raft's that comes in.
func (n *Node) bendReceived(m *raftpb.Message) {
	last, _ := n.log.LastIndex()
	switch m.GetType() {
	case raftpb.MsgHeartbeat:
		if m.GetCommit() > last {
			failpoint.Inject("bugCommitUnmatched", func(_ failpoint.Value) { m.Commit = proto.Uint64(last) })
		}
	case raftpb.MsgAppResp:
		if m.GetReject() {
			failpoint.Inject("bugRefusalCounts", func(_ failpoint.Value) {
				m.Index, m.Reject = proto.Uint64(min(m.GetRejectHint(), last)), proto.Bool(false)
			})
		}
	case raftpb.MsgVoteResp:
		failpoint.Inject("bugRefusedVoteCounts", func(_ failpoint.Value) { m.Reject = proto.Bool(false) })
	}
}

// skipCommitted is what bugCommitTakenForApplied does at a start: what the log says is committed counts as applied.
func (n *Node) skipCommitted() {
	failpoint.Inject("bugCommitTakenForApplied", func(_ failpoint.Value) {
		hard, _, _ := n.log.InitialState()
		if term, known := n.TermAt(hard.GetCommit()); known && hard.GetCommit() > n.state.index {
			n.state.index, n.state.term = hard.GetCommit(), term
		}
	})
}

// unlessEnd is what bugSessionEndSkipped does to the end of a session that comes from an earlier term: it ends none.
func unlessEnd(r wire.Request) wire.Request {
	switch r.(type) {
	case wire.CloseSessionRequest, tree.ExpireSession:
		return tree.ExpireSession{}
	}
	return r
}

// isNext is for bugForwardTwice: what comes a second time is not waited for any more.
func (o *outbox) isNext(seq uint64) bool { return len(o.waiting) > 0 && o.waiting[0].seq == seq }

// touches says which operations keep a session alive under bugReadsDontTouch: those that the leader hears of anyway,
// and pings.
func touches(op wire.OpCode) bool {
	switch op {
	case wire.OpExists, wire.OpGetData, wire.OpGetChildren, wire.OpGetChildren2, wire.OpSync, wire.OpGetACL,
		wire.OpMultiRead:
		return false
	}
	return true
}

// answerSyncs is what bugSyncBeforeTerm does when an election is won: the syncs that wait are answered from what is
// there.
func (n *Node) answerSyncs() {
	failpoint.Inject("bugSyncBeforeTerm", func(_ failpoint.Value) {
		for _, w := range n.syncs.waiting {
			w.call.index, w.call.confirmed = n.state.index, true
		}
		n.syncsApplied()
	})
}
