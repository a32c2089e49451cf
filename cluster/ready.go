package cluster

import (
	"fmt"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
)

// pump carries out what raft wants done, until it wants nothing more. The order is raft's (its doc.go, "Usage with
// Asynchronous Storage Writes"):
//
//  1. Messages to other nodes leave at once: raft holds back those that need something on disk first, as responses
//     of the storage message.
//  2. Storage appends go to the log in order. Their responses are delivered when the log says that they are durable.
//  3. Committed entries are applied at once, and the response is delivered at once: the state is in memory, and is
//     rebuilt from snapshot and log after a crash.
func (n *Node) pump() {
	n.carryOut()
	n.askFresh()
	n.askFreshLeases()
}

func (n *Node) carryOut() {
	for {
		rd, ok := n.raft.ready()
		if !ok {
			return
		}
		n.noteRole(rd)
		for _, m := range rd.Messages {
			switch m.GetTo() {
			case raft.LocalAppendThread:
				n.persist(m)
			case raft.LocalApplyThread:
				n.apply(m)
			default:
				n.sendRaft(m)
			}
		}
	}
}

// persist hands a storage append to the log.
func (n *Node) persist(m *raftpb.Message) {
	responses := m.GetResponses()
	if snap := m.GetSnapshot(); !raft.IsEmptySnap(snap) {
		received := n.takeReceived(snap)
		done := func(err error) { n.persisted(err, received, responses) }
		n.did(BeganInstalling)
		n.log.Install(received.file, n.hardStateOf(m), m.GetEntries(), done)
		return
	}
	n.noteAppend(m.GetEntries())
	hs := n.hardStateOf(m)
	if len(m.GetEntries()) == 0 && n.log.Advance(hs) {
		n.respond(responses) // nothing has to be written first; pump goes on
		return
	}
	n.log.Append(hs, m.GetEntries(), func(err error) { n.persisted(err, nil, responses) })
}

// persisted goes on when a storage append, with a snapshot that was received or without (nil), is durable.
func (n *Node) persisted(err error, received *receiving, responses []*raftpb.Message) {
	if n.mustPersist(err); err != nil {
		return
	}
	if received != nil {
		n.install(received.state)
	}
	n.respond(responses)
	n.pump()
}

// tickCommit has the disk told how far the log is committed, once in a TickTime.
func (n *Node) tickCommit() {
	if n.ticks%raftTicksPerTick == 0 {
		n.log.WriteCommit(n.mustPersist)
	}
}

// hardStateOf is the hard state that a storage append carries, or nil if it is unchanged. It is good until the next
// call.
func (n *Node) hardStateOf(m *raftpb.Message) *raftpb.HardState {
	if m.GetTerm() == 0 && m.GetVote() == 0 && m.GetCommit() == 0 {
		return nil
	}
	n.hard.Term, n.hard.Vote, n.hard.Commit = m.Term, m.Vote, m.Commit
	return &n.hard
}

// respond delivers the responses of a finished storage message.
func (n *Node) respond(responses []*raftpb.Message) {
	for _, r := range responses {
		if r.GetTo() == n.config.ID {
			n.step(r)
		} else if !n.toldBefore(r) {
			n.sendRaft(r)
		}
	}
}

// step gives raft a message. A message that raft refuses (of a node that was removed, say) is as good as lost.
func (n *Node) step(m *raftpb.Message) {
	if err := n.raft.Step(m); err != nil {
		n.host.Log().Debug("message refused", "type", m.GetType().String(), "err", err)
	}
}

// apply applies committed entries and tells raft so.
func (n *Node) apply(m *raftpb.Message) {
	for _, e := range m.GetEntries() {
		n.applyEntry(e)
	}
	if len(m.GetEntries()) >= batchMin {
		n.did(AppliedBatch)
	}
	n.respond(m.GetResponses())
	n.syncsApplied()
	n.carryOn()
	n.maybeSnapshot()
}

func (n *Node) applyEntry(e *raftpb.Entry) {
	n.state.advance(e.GetIndex(), e.GetTerm(), e.GetData())
	n.snapshots.bytes += int64(len(e.GetData()))
	switch {
	case e.GetType() == raftpb.EntryConfChangeV2:
		n.applyChange(e)
	case len(e.GetData()) > 0:
		c, err := decodeCommand(e.GetData())
		if err != nil {
			panic(fmt.Sprintf("entry %d: %v", e.GetIndex(), err))
		}
		n.applyCommand(e.GetTerm(), c)
	}
	if e.GetTerm() == n.role.term {
		n.termBegan()
	}
	n.renewHeld()
	n.answerAwaiting()
}

// termBegan is called when an entry of the present term was applied: everything from earlier terms has been, too. From
// here a leader knows what is next of every server, and a server knows that its leader will listen.
func (n *Node) termBegan() {
	began := false
	if n.role.state == raft.StateLeader && !n.intake.open {
		n.intake.begin(n.state)
		n.termSince = n.ticks
		n.expirer.begin(n.role.term, n.sessionTicks(), n)
		n.beginLeases()
		began = true
	}
	if n.outbox.term != n.role.term && n.role.leader != 0 {
		n.did(BeganTerm)
		if w := n.outbox.waiting; len(w) > 0 && w[0].sent {
			n.did(SentAgainToNewLeader)
		}
		n.outbox.term = n.role.term
		n.forwardAll()
		n.reaskSyncs()
		n.reaskLeases()
	}
	if began {
		n.announceConfig()
	}
}

// install replaces the state by a snapshot from the leader, which is durable by now. What happened in between is not
// known event by event, so clients have to come back and say which watches they had.
func (n *Node) install(s *state) {
	n.did(InstalledSnapshot)
	n.giveUpSaving()
	told := n.keys().Revision()
	n.state, n.recent.from = s, s.tree.Zxid()
	n.setSnapshot(s.index)
	n.snapshots.shown = SavedSnapshot{Zxid: n.recent.from, SavedMs: n.wallMs()}
	n.changing = changing{since: n.ticks}
	n.refreshMembers()
	n.tellOperator()
	if !n.bendInstalled() {
		n.closeAll("snapshot installed")
	}
	skipTo := s.cursorOf(n.config.ID)
	failpoint.Inject("bugOutboxNotSkipped", func(_ failpoint.Value) { skipTo = cursor{} })
	n.outbox.skipTo(skipTo)
	n.keysInstalled(skipTo.seq, told)
	n.host.Log().Info("snapshot installed", "index", s.index, "zxid", s.tree.Zxid())
}

// sendRaft sends a message of raft's to another node.
func (n *Node) sendRaft(m *raftpb.Message) {
	to, ok := n.addrOf(m.GetTo())
	if !ok {
		return
	}
	n.tellVoter(to, m)
	if n.founders(m) {
		n.refuseForIt(m)
		return
	}
	if m.GetType() == raftpb.MsgSnap {
		n.beginTransfer(m)
		return
	}
	n.bendSent(m)
	size := len(m.GetContext()) + 40 + sumBytes
	for _, e := range m.GetEntries() {
		size += raftwire.EntrySize(e) + 8
	}
	n.post(to, raftwire.AppendMessage(append(make([]byte, 0, size), byte(peerRaft)), m))
}
