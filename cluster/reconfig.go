package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// How the ensemble is changed. A client's request goes through the log as every write does, and is judged where it is
// applied. If it is good it becomes the change that is under way, one at a time: part of the state, so whoever leads
// carries it on. The leader proposes raft's joint configuration; from where that is applied, majorities of the old voters
// and of the new ones are both needed, until raft has left it again. Only there is the new configuration written to
// wire.ConfigPath and the request answered: from then on nobody needs a server that was taken out.
//
// A change that could leave the ensemble without a quorum is not begun: a majority of its voters must be servers that the
// leader hears from and that have the log. Others can be taken in as observers first.

// change is a change of the ensemble that is under way.
type change struct {
	// The request that asked for it.
	server, incarnation, seq uint64
	session                  int64
	xid                      int32
	servers                  []byte // the lines of the new configuration
	// joint says that raft is in its joint configuration.
	joint bool
}

// name is what the change's entry is known by.
func (c *change) name() []byte {
	var b []byte
	for _, v := range []uint64{c.server, c.incarnation, c.seq} {
		b = binary.AppendUvarint(b, v)
	}
	return b
}

// changing is what a node remembers of a change besides.
type changing struct {
	waiting *request // if it was this server's client that asked
	// As leader: since which tick it waits for a quorum, in which term and at which tick it was proposed.
	since, term, proposedAt uint64
	// early is what bugReconfigBeforeCommit has made of the configuration.
	early *raftpb.ConfState
}

// quorumTicks is how long a change may wait until enough of its voters answer.
const quorumTicks = 2 * raftTicksPerTick

// consider judges a request that is applied, and lets its change begin.
func (n *Node) consider(c command, txn tree.Txn, r wire.ReconfigRequest, permitted wire.Code) wire.Code {
	now, err := parseEnsemble(n.state.text())
	switch {
	case err != nil:
		return wire.Unimplemented // a server that stands alone has no configuration to change
	case n.state.next != nil:
		return wire.ReconfigInProgress
	}
	servers, err := changed(now, r)
	if code, refused := err.(wire.Code); refused {
		return code
	}
	if permitted != wire.OK {
		return permitted
	}
	if err != nil {
		return wire.BadArguments // ZooKeeper would take the number, so it asks for the right first
	}
	n.state.next = &change{
		server: c.server, incarnation: c.incarnation, seq: c.seq, session: txn.Session, xid: txn.Xid,
		servers: formatServers(servers),
	}
	n.changing = changing{since: n.ticks}
	return wire.OK
}

// carryOn proposes the change that is under way, if this node leads and has not done so.
func (n *Node) carryOn() {
	next, c := n.state.next, &n.changing
	if next == nil || next.joint || !n.intake.open || !n.isLeader() {
		return
	}
	if c.term == n.role.term && n.ticks-c.proposedAt < resendTicks {
		return
	}
	if c.term != n.role.term {
		c.since = max(c.since, n.termSince)
	}
	target := n.membersOf(next.servers)
	var entry *raftpb.Entry
	switch {
	case n.hasQuorum(target):
		entry = n.changeEntry(target)
	case n.ticks-c.since < quorumTicks:
		return
	default:
		entry = &raftpb.Entry{Data: command{
			kind: commandAbandon, server: next.server, incarnation: next.incarnation, seq: next.seq,
		}.encode()}
	}
	if n.propose([]*raftpb.Entry{entry}) {
		c.term, c.proposedAt = n.role.term, n.ticks
	}
}

// hasQuorum reports whether a majority of the voters answers this leader and has the log.
func (n *Node) hasQuorum(target members) bool {
	voters, able := target.voters(), 0
	n.raft.WithProgress(func(id uint64, _ raft.ProgressType, p tracker.Progress) {
		m, wanted := voters.find(id)
		synced := p.State == tracker.StateReplicate && p.RecentActive
		if wanted && (m.ID == n.config.ID || synced) {
			able++
		}
	})
	return able > len(voters)/2
}

// changeEntry is the entry that takes raft into the joint configuration.
func (n *Node) changeEntry(target members) *raftpb.Entry {
	now := n.raft.Status().Config
	cc := &raftpb.ConfChangeV2{
		Transition: raftpb.ConfChangeTransition_ConfChangeTransitionJointImplicit.Enum(), Context: n.state.next.name(),
	}
	add := func(kind raftpb.ConfChangeType, id uint64) {
		cc.Changes = append(cc.Changes, &raftpb.ConfChangeSingle{Type: &kind, NodeId: &id})
	}
	present := append(slices.Sorted(maps.Keys(now.Voters.IDs())), slices.Sorted(maps.Keys(now.Learners))...)
	for _, id := range target.voters().ids() {
		add(raftpb.ConfChangeAddNode, id) // one that votes already goes on: no change is no joint configuration
	}
	for _, id := range target.observers().ids() {
		add(raftpb.ConfChangeAddLearnerNode, id)
	}
	for _, id := range present {
		if _, stays := target.find(id); !stays {
			add(raftpb.ConfChangeRemoveNode, id)
		}
	}
	data, err := proto.Marshal(cc)
	if err != nil {
		panic(fmt.Sprintf("cluster: a change of the ensemble can't be encoded: %v", err))
	}
	failpoint.Inject("bugReconfigBeforeCommit", func(_ failpoint.Value) {
		n.raft.ApplyConfChange(cc)
		n.changing.early = n.raft.ApplyConfChange(&raftpb.ConfChangeV2{})
	})
	return &raftpb.Entry{Type: raftpb.EntryConfChangeV2.Enum(), Data: data}
}

// applyChange applies raft's entry: it begins the joint configuration, or ends it if it is empty.
func (n *Node) applyChange(e *raftpb.Entry) {
	cc := &raftpb.ConfChangeV2{}
	if err := proto.Unmarshal(e.GetData(), cc); err != nil {
		panic(fmt.Sprintf("cluster: entry %d: %v", e.GetIndex(), err))
	}
	next := n.state.next
	switch {
	case next == nil, cc.LeaveJoint() != next.joint:
		n.host.Log().Warn("a change of the ensemble that nobody waits for", "index", e.GetIndex())
	case next.joint:
		n.state.conf = n.raft.ApplyConfChange(cc)
		n.endChange(e.GetTerm())
	case !bytes.Equal(cc.GetContext(), next.name()):
		n.host.Log().Warn("not the change of the ensemble that is under way", "index", e.GetIndex())
	case n.changing.early != nil:
		n.state.conf, n.state.confIndex = n.changing.early, e.GetIndex()
		n.endChange(e.GetTerm())
	default:
		n.state.conf, n.state.confIndex = n.raft.ApplyConfChange(cc), e.GetIndex()
		next.joint = true
		n.refreshMembers()
	}
}

// endChange makes the new configuration the one that is in force.
func (n *Node) endChange(term uint64) {
	next, waiting := n.state.next, n.changing.waiting
	n.state.next, n.changing = nil, changing{}
	zxid := n.state.nextZxid(term)
	text := fmt.Appendf(slices.Clone(next.servers), "version=%x", zxid)
	txn := tree.Txn{Session: next.session, Xid: next.xid, Request: tree.SetConfig{Data: text}}
	result := n.state.tree.Apply(zxid, txn)
	txn.Request = wire.ReconfigRequest{}
	n.recent.note(zxid, txn, result.Err)
	n.refreshMembers()
	n.finish(zxid, result)
	n.host.Log().Info("the ensemble was changed", "servers", string(text))
	if waiting != nil {
		set, _ := result.Response.(wire.SetDataResponse)
		n.deliver(waiting, tree.Result{Response: wire.GetDataResponse{Data: text, Stat: set.Stat}})
	}
	if !n.member() {
		n.closeAll("taken out of the ensemble")
	}
}

// applyAbandon ends a change that has not begun, since it would have left the ensemble without a quorum.
func (n *Node) applyAbandon(c command) {
	next, waiting := n.state.next, n.changing.waiting
	if next == nil || next.joint || c.server != next.server || c.incarnation != next.incarnation || c.seq != next.seq {
		return
	}
	n.state.next, n.changing = nil, changing{}
	if waiting != nil {
		n.deliver(waiting, tree.Result{Err: wire.NewConfigNoQuorum})
	}
}
