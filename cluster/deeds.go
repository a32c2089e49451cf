package cluster

import (
	"math"
	"math/bits"
	"slices"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// What a node tells of its own course: what it is in the midst of, and what it has done that it does not do every day.
// Both are sets, which cost a bit each; nothing is decided by them.

// Doing is what a node is in the midst of.
type Doing uint16

// What a node may be in the midst of, each on its own.
const (
	// Asking is whether the others would vote for it (raft's pre-vote), Standing for election in Term.
	Asking Doing = 1 << iota
	Standing
	// Sending and Receiving are of a snapshot, to and from another server; Saving is of one of its own.
	Sending
	Receiving
	Saving
	// Changing is the ensemble, and Joint that majorities of the old and of the new voters are needed for it.
	Changing
	Joint
)

// Has reports whether any of some is in the set.
func (d Doing) Has(some Doing) bool { return d&some != 0 }

// Deeds is what a node has done in this boot.
type Deeds uint64

// What a node may have done.
const (
	// At its start: it went on from a snapshot and the log behind it; cut a torn end off the log; removed files that were
	// never finished.
	StartedFromSnapshot Deeds = 1 << iota
	CutTornEnd
	RemovedLeftovers

	// OverwroteLog says that entries of its log gave way to a leader's, RefusedAppend that another's log did not match.
	OverwroteLog
	RefusedAppend
	RefusedPreVote // it asked whether others would vote for it, and one would not
	RefusedVote
	ToldToLead // by a leader that hands over
	LostLeader // an observer gave a silent leader up
	DroppedCorrupt

	InstalledSnapshot
	SentPieceAgain
	FailedTransfer

	SentAgain            // requests, since nothing came back for a while
	SentAgainToNewLeader // requests that another leader had been sent
	DroppedForward       // as leader: a forward that it had taken before
	DroppedOvertaken     // as leader: a forward before which one is missing

	MovedSession            // to another server
	MovedSessionAcrossTerms // to this server, whose request for it waited for another leader
	ExpiredSession
	EndedEphemerals   // with a session that was closed
	ExpiredEphemerals // with a session that expired
	RefusedOwner      // a request of a connection that its session has left
	RefusedAhead      // a client that has seen more than this server
	RefusedGone       // a client whose session was over
	SentClientsAway   // since it had no leader for long

	SetWatchesAgain // for a client that came back
	ToldMissed      // what such a client had missed
	AskedSyncAgain
	Reaped // a container or a znode whose time was over

	EndedChange // of the ensemble

	// Of what OverwroteLog is: the first entry that gave way was the first of its term, or of a file of the log; or one
	// that gave way was a step in a change of the ensemble.
	OverwroteFromTerm
	OverwroteFromSegment
	OverwroteChange

	BeganTerm        // it applied the first entry of the present term
	AppliedBatch     // batchMin entries or more, at once
	Compacted        // its log, behind a snapshot
	GrantedOther     // another timeout than a client asked for
	WelcomedReadOnly // a client, without a leader
	SetApart         // a session that only this server knows
	JoinedIn         // such a session became one of the ensemble
	RefusedUnowned   // an ephemeral znode to such a session
	StoppedReading   // from a client, since too many requests had no answer
	TookEarly        // requests that came before their session was welcomed
	AwaitedCommit    // a read waited for what is committed to be on this disk, too
	GaveUpAwaiting   // such a read was answered without
	BeganInstalling  // it has all of another's snapshot, which is to take its log's place
)

// Has reports whether any of some is in the set.
func (d Deeds) Has(some Deeds) bool { return d&some != 0 }

// deedCounts says how often each of Deeds was done, by the place of its bit.
type deedCounts [64]uint32

// did notes one deed.
func (n *Node) did(d Deeds) {
	n.deeds |= d
	n.deedsDone++
	n.deedCounts[bits.TrailingZeros64(uint64(d))]++
}

// DeedCount is how often the node has done something in this boot, d being one of Deeds.
func (n *Node) DeedCount(d Deeds) uint32 { return n.deedCounts[bits.TrailingZeros64(uint64(d))] }

// doing is what the node is in the midst of.
func (n *Node) doing() (d Doing) {
	switch n.role.state {
	case raft.StatePreCandidate:
		d = Asking
	case raft.StateCandidate:
		d = Standing
	}
	if len(n.transfers) > 0 {
		d |= Sending
	}
	if n.receiving != nil {
		d |= Receiving
	}
	if n.snapshots.making != nil {
		d |= Saving
	}
	if next := n.state.next; next != nil {
		d |= Changing
		if next.stage == stageJoint {
			d |= Joint
		}
	}
	return d
}

// noteStart says what the disk was like.
func (n *Node) noteStart() {
	r := n.log.Recovery()
	if r.Snapshot > foundingIndex && r.Entries > 0 {
		n.did(StartedFromSnapshot)
	}
	if r.BytesCut > 0 {
		n.did(CutTornEnd)
	}
	if r.Leftovers > 0 {
		n.did(RemovedLeftovers)
	}
}

// foundingIndex is that of the snapshot with which the log of a new ensemble begins.
const foundingIndex = 1

// noteMessage says what a message of another node's means that is not of every day.
func (n *Node) noteMessage(m *raftpb.Message) {
	switch m.GetType() {
	case raftpb.MsgTimeoutNow:
		n.did(ToldToLead)
	case raftpb.MsgPreVoteResp, raftpb.MsgVoteResp, raftpb.MsgAppResp:
		if !m.GetReject() {
			return
		}
		switch m.GetType() {
		case raftpb.MsgPreVoteResp:
			n.did(RefusedPreVote)
		case raftpb.MsgVoteResp:
			n.did(RefusedVote)
		default:
			n.did(RefusedAppend)
		}
	}
}

// noteAppend says whether entries take the place of others.
func (n *Node) noteAppend(entries []*raftpb.Entry) {
	last, _ := n.log.LastIndex()
	if len(entries) == 0 || entries[0].GetIndex() > last {
		return
	}
	n.did(OverwroteLog)
	first := entries[0].GetIndex()
	if before, err := n.log.Term(first - 1); err == nil {
		if term, _ := n.log.Term(first); term != before {
			n.did(OverwroteFromTerm)
		}
	}
	if n.log.BeginsSegment(first) {
		n.did(OverwroteFromSegment)
	}
	gone, _ := n.log.Entries(first, last+1, math.MaxUint64)
	if slices.ContainsFunc(gone, func(e *raftpb.Entry) bool { return e.GetType() == raftpb.EntryConfChangeV2 }) {
		n.did(OverwroteChange)
	}
}

// batchMin is how many entries that are applied at once are a batch: fewer are so all the time.
const batchMin = 16

// before is what is of interest of a transaction that is about to be applied.
type before struct {
	// owner is the server that a session is attached to which is to be attached, 0 for none.
	owner uint64
	// ephemerals says that the session which is to end has some.
	ephemerals bool
}

func (n *Node) lookBefore(txn tree.Txn) (b before) {
	switch r := txn.Request.(type) {
	case tree.AttachSession:
		s, _ := n.state.tree.Session(r.ID)
		b.owner = s.Owner.Server
	case wire.CloseSessionRequest:
		b.ephemerals = !n.deeds.Has(EndedEphemerals) && len(n.state.tree.Ephemerals(txn.Session)) > 0
	case tree.ExpireSession:
		b.ephemerals = !n.deeds.Has(ExpiredEphemerals) && len(n.state.tree.Ephemerals(r.ID)) > 0
	}
	return b
}

// noteApplied says what a transaction was.
func (n *Node) noteApplied(txn tree.Txn, err wire.Code, b before) {
	if err == wire.SessionMoved {
		n.did(RefusedOwner)
	}
	if err != wire.OK {
		return
	}
	switch txn.Request.(type) {
	case tree.AttachSession:
		if b.owner != txn.Owner.Server {
			n.did(MovedSession)
		}
	case wire.CloseSessionRequest:
		if b.ephemerals {
			n.did(EndedEphemerals)
		}
	case tree.ExpireSession:
		n.did(ExpiredSession)
		if b.ephemerals {
			n.did(ExpiredEphemerals)
		}
	case tree.DeleteContainer:
		n.did(Reaped)
	}
}

// noteOwn says of a request of this server's own, in an entry of a term, whether it has waited for another leader to
// get a session that was another server's.
func (n *Node) noteOwn(r *request, term uint64, b before) {
	if b.owner != 0 && b.owner != n.config.ID && r.term < term {
		n.did(MovedSessionAcrossTerms)
	}
}

// noteDropped says of a forward that was not taken whether it was known already, or one is missing before it.
func (n *Node) noteDropped(known bool) {
	if known {
		n.did(DroppedForward)
	} else {
		n.did(DroppedOvertaken)
	}
}
