package cluster

import (
	"bytes"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// What only the planted bugs need stands in the files planted*.go, apart from what serves: they imitate what other
// implementations got wrong. Functions whose names begin with bend are called where such a bug changes what the service
// does. In a plain build, and while their bug is not switched on, they change nothing, return what they were given, or
// report false. A bug of one line is a mark where the line is that it changes.

// planted is the state of the planted bugs. In a plain build it stays zero.
type planted struct {
	ownClock bool         // bugLocalClockInApply was switched on when the node booted
	events   []firedEvent // held back by bugWatchAfterData
	watches  []func()     // set those that bugWatchSetLate holds back
	shut     bool         // bugStaysShut has the server let no client in
	// early is the configuration that bugReconfigBeforeCommit went over to, for the change of that name.
	early  *raftpb.ConfState
	change []byte
	// installed says that bugInstalledSessionsUncounted was switched on when a snapshot was installed.
	installed bool
	halves    []halfRead // of bugMultiReadGivesWay
	// lists are those of children that bugLongListKept keeps, by path.
	lists map[string][]string
	told  []func() // events that bugProgressOvertakes holds back
}

// Marked reports whether the failpoint marks were switched in when this program was built, and are answering: it is
// true only in a marked build, while the failpoint "marked" is enabled.
func Marked() bool {
	marked := false
	failpoint.Inject("marked", func(_ failpoint.Value) { marked = true })
	return marked
}

// begin is called when a node boots.
func (p *planted) begin() {
	failpoint.Inject("bugLocalClockInApply", func(_ failpoint.Value) { p.ownClock = true })
}

// bendSent is called with every message of raft's that leaves. Raft itself is a library and stays as it is: the bugs of
// replication change its messages.
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

// bendApplied is called when a start has restored the state: for bugCommitTakenForApplied, what the log says is
// committed counts as applied.
func (n *Node) bendApplied() {
	failpoint.Inject("bugCommitTakenForApplied", func(_ failpoint.Value) {
		hard, _, _ := n.log.InitialState()
		if term, known := n.TermAt(hard.GetCommit()); known && hard.GetCommit() > n.state.index {
			n.state.index, n.state.term = hard.GetCommit(), term
		}
	})
}

// bendProposed is called with the entry of a joint configuration before it is proposed: bugReconfigBeforeCommit has the
// leader go over to the new configuration at once.
func (n *Node) bendProposed(e *raftpb.Entry) {
	failpoint.Inject("bugReconfigBeforeCommit", func(_ failpoint.Value) {
		cc := &raftpb.ConfChangeV2{}
		_ = proto.Unmarshal(e.GetData(), cc)
		n.raft.ApplyConfChange(cc)
		n.planted.early = n.raft.ApplyConfChange(&raftpb.ConfChangeV2{})
		n.planted.change = n.state.next.name()
	})
}

// bendBegun is called when that entry is applied. It reports whether this node went over before, and then ends the
// change.
func (n *Node) bendBegun(e *raftpb.Entry) bool {
	early := n.planted.early
	if early == nil || !bytes.Equal(n.planted.change, n.state.next.name()) {
		return false
	}
	n.planted.early, n.planted.change = nil, nil
	n.state.conf, n.state.confIndex = early, e.GetIndex()
	n.endChange(e.GetTerm())
	return true
}

// bendInstalled is called when a snapshot replaces the state. It reports whether the clients, and their watches, are
// kept.
func (n *Node) bendInstalled() bool {
	kept := false
	failpoint.Inject("bugInstalledSessionsUncounted", func(_ failpoint.Value) { n.planted.installed = true })
	failpoint.Inject("bugWatchesKeptAtSnapshot", func(_ failpoint.Value) { kept = true })
	return kept
}

// bendOverflow reports whether the counter of transactions runs over into the epoch.
func bendOverflow() bool {
	over := false
	failpoint.Inject("bugCounterOverflows", func(_ failpoint.Value) { over = true })
	return over
}
