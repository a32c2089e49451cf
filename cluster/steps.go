package cluster

import (
	"fmt"
	"slices"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
	"google.golang.org/protobuf/proto"
)

const (
	// quorumTicks is how long a change may wait for those of its voters that are not heard from.
	quorumTicks = 2 * raftTicksPerTick
	// catchUpTicks is how long it may wait for newcomers that are heard from, and are being sent what there is.
	catchUpTicks = 60 * raftTicksPerTick
	// forgetTicks is how long servers that were taken out still hear from the leader, so that they can tell their clients.
	forgetTicks = 2 * raftTicksPerTick
)

// carryOn proposes the next step of the change that is under way, if this node leads and has not done so.
func (n *Node) carryOn() {
	c := &n.changing
	if n.state.conf == nil && n.state.next == nil || !n.intake.open || !n.isLeader() {
		return
	}
	if c.term == n.role.term && n.ticks-c.proposedAt < resendTicks {
		return
	}
	c.since = max(c.since, n.termSince)
	if entry := n.nextStep(); entry != nil && n.propose([]*raftpb.Entry{entry}) {
		c.term, c.proposedAt = n.role.term, n.ticks
	}
}

// nextStep is the entry that takes a change further; nil if there is nothing to do, or something to wait for.
func (n *Node) nextStep() *raftpb.Entry {
	next := n.state.next
	switch {
	case next == nil:
		return n.forgetEntry()
	case next.stage == stageLeft:
		return next.entry(commandSettled)
	case next.stage == stageJoint:
		return nil // raft leaves it by itself
	}
	target := n.membersOf(next.servers)
	if id := n.unknownOf(target); id != 0 {
		return confEntry(raftpb.ConfChangeTransition_ConfChangeTransitionAuto, next.name(),
			&raftpb.ConfChangeSingle{Type: raftpb.ConfChangeAddLearnerNode.Enum(), NodeId: &id})
	}
	quorum, wait := n.readiness(target)
	switch waited := n.ticks - n.changing.since; {
	case waited < wait:
		return nil
	case !quorum:
		return next.entry(commandAbandon)
	case n.handsOver(target):
		return nil
	}
	return n.jointEntry(target)
}

// entry is one that carries nothing but the change's name.
func (c *change) entry(kind commandKind) *raftpb.Entry {
	return &raftpb.Entry{Data: command{kind: kind, server: c.server, incarnation: c.incarnation, seq: c.seq}.encode()}
}

// unknownOf is a server that raft does not know yet; 0 for none.
func (n *Node) unknownOf(target members) uint64 {
	conf := n.confState()
	for _, m := range target {
		if !slices.Contains(conf.GetVoters(), m.ID) && !slices.Contains(conf.GetLearners(), m.ID) {
			return m.ID
		}
	}
	return 0
}

// readiness reports whether a majority of the voters have caught up and are heard from; and for how many ticks to wait
// all the same, counted from the step before: for newcomers, or for a majority.
func (n *Node) readiness(target members) (quorum bool, wait uint64) {
	voters, able, behind := target.voters(), 0, false
	n.raft.WithProgress(func(id uint64, kind raft.ProgressType, p tracker.Progress) {
		newcomer := kind == raft.ProgressTypeLearner
		switch _, wanted := voters.find(id); {
		case !wanted:
		case id == n.config.ID, n.caughtUp(id, p):
			able++
		case newcomer && n.heardOf(id):
			wait, behind = catchUpTicks, true
		case newcomer:
			wait, behind = max(wait, quorumTicks), true
		}
	})
	if quorum = bendQuorum(able, len(voters)); !quorum {
		wait = max(wait, quorumTicks)
	}
	if n.state.next.session == 0 && behind { // etcd promotes none that is behind
		return false, quorumTicks
	}
	return quorum, wait
}

// caughtUp reports whether another server answers, and has all of the log up to where a server was last taken in.
func (n *Node) caughtUp(id uint64, p tracker.Progress) bool {
	return n.heardOf(id) && p.State == tracker.StateReplicate && p.Match >= n.state.confIndex
}

// handsOver lets another lead a change that takes this leader out of the voters, so that the others need not find out
// by silence that it leads no more. It tries once, and reports whether it does.
func (n *Node) handsOver(target members) bool {
	voters := target.voters()
	if _, stays := voters.find(n.config.ID); stays || n.changing.handedIn == n.role.term {
		return false
	}
	n.changing.handedIn = n.role.term
	transferee := n.transferee(func(id uint64) bool {
		_, stays := voters.find(id)
		return stays
	})
	if transferee != 0 && !bendHandsOver() {
		n.raft.TransferLeader(transferee)
	}
	return transferee != 0
}

// jointEntry takes raft into the joint configuration.
func (n *Node) jointEntry(target members) *raftpb.Entry {
	var changes []*raftpb.ConfChangeSingle
	add := func(kind raftpb.ConfChangeType, id uint64) {
		changes = append(changes, &raftpb.ConfChangeSingle{Type: &kind, NodeId: &id})
	}
	for _, id := range target.voters().ids() {
		add(raftpb.ConfChangeAddNode, id) // one that votes already goes on: no change is no joint configuration
	}
	for _, id := range target.observers().ids() {
		add(raftpb.ConfChangeAddLearnerNode, id)
	}
	for _, id := range n.confState().GetVoters() {
		if _, stays := target.find(id); !stays {
			add(raftpb.ConfChangeAddLearnerNode, id)
		}
	}
	entry := confEntry(raftpb.ConfChangeTransition_ConfChangeTransitionJointImplicit, n.state.next.name(), changes...)
	n.bendProposed(entry)
	return entry
}

// confEntry is an entry with a change of raft's configuration.
func confEntry(how raftpb.ConfChangeTransition, name []byte, changes ...*raftpb.ConfChangeSingle) *raftpb.Entry {
	data, err := proto.Marshal(&raftpb.ConfChangeV2{Transition: &how, Context: name, Changes: changes})
	if err != nil {
		panic(fmt.Sprintf("cluster: a change of the ensemble can't be encoded: %v", err))
	}
	return &raftpb.Entry{Type: raftpb.EntryConfChangeV2.Enum(), Data: data}
}

// forgetEntry has raft forget a learner that is not in the ensemble: one that was taken out, or that came to nothing.
func (n *Node) forgetEntry() *raftpb.Entry {
	if n.ticks-n.changing.since < forgetTicks || bendLearners() {
		return nil
	}
	for _, id := range n.state.conf.GetLearners() {
		if _, stays := n.members.find(id); !stays {
			return confEntry(raftpb.ConfChangeTransition_ConfChangeTransitionAuto, nil,
				&raftpb.ConfChangeSingle{Type: raftpb.ConfChangeRemoveNode.Enum(), NodeId: &id})
		}
	}
	return nil
}

// forgets reports whether a change of raft's configuration is that of a forgetEntry, and still due.
func (n *Node) forgets(cc *raftpb.ConfChangeV2) bool {
	if len(cc.GetChanges()) != 1 || cc.GetChanges()[0].GetType() != raftpb.ConfChangeRemoveNode {
		return false
	}
	id := cc.GetChanges()[0].GetNodeId()
	_, stays := n.members.find(id)
	return !stays && slices.Contains(n.state.conf.GetLearners(), id)
}
