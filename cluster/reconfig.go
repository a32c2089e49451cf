package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// How the ensemble is changed. A client's request goes through the log as every write does, and is judged where it is
// applied. If it is good it becomes the change that is under way, one at a time: part of the state, so whoever leads
// carries it on, step by step (steps.go), each step an entry of the log:
//
//  1. Newcomers observe until they have caught up: they are raft's learners, and cost no majority anything.
//  2. Raft's joint configuration: majorities of the old voters and of the new ones are both needed. Voters that are to
//     go become learners.
//  3. Raft leaves it again.
//  4. An entry that says no more than that it is so. Raft learns of its configuration where an entry is known to be
//     committed, not where it is in the log. Whoever has this entry knows that the one before was committed, and has
//     that on disk with it: so from here a majority of the new voters elects by itself, whatever becomes of the others.
//     Only here the new configuration is written to wire.ConfigPath and the request answered.
//  5. Raft forgets the servers that were taken out.
//
// In the same way whoever has the entry of step 2 has applied the request, and knows where everybody is.
//
// A change that could leave the ensemble without a quorum is not begun: a majority of its voters must be servers that
// the leader hears from and that have caught up.

// change is a change of the ensemble that is under way.
type change struct {
	// The request that asked for it.
	server, incarnation, seq uint64
	session                  int64
	xid                      int32
	servers                  []byte // the lines of the new configuration
	stage                    stage
	// member is what is known of a member when it is done, encoded; only in a change that no session asked for, but a
	// client of etcd's API. See etcdmembers.go.
	member []byte
}

// stage is how far a change has come.
type stage byte

const (
	stageAsked stage = iota // newcomers observe
	stageJoint
	stageLeft // raft has left its joint configuration
	stages
)

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
	// As leader: since which tick it waits for a quorum; in which term and at which tick the next step was proposed; and
	// in which term it tried to hand over, since it is to be taken out itself.
	since, term, proposedAt, handedIn uint64
}

// stepped notes that a step is done: the next may be proposed.
func (c *changing) stepped(now uint64) { c.term, c.since = 0, now }

// consider judges a request that is applied, and lets its change begin.
func (n *Node) consider(c command, txn tree.Txn, r wire.ReconfigRequest, permitted wire.Code) wire.Code {
	now, err := parseEnsemble(n.state.text())
	switch {
	case err != nil:
		return wire.Unimplemented // a server that stands alone has no configuration to change
	case n.state.next != nil:
		return wire.ReconfigInProgress
	}
	votersMin := votersMin
	if txn.Settings&tree.OneVoter != 0 {
		votersMin = 1
	}
	servers, err := changed(now, r, votersMin)
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
	n.refreshMembers()
	return wire.OK
}

// applyChange applies an entry with a change of raft's configuration. What it decides, it decides from the state.
func (n *Node) applyChange(e *raftpb.Entry) {
	cc := &raftpb.ConfChangeV2{}
	if err := proto.Unmarshal(e.GetData(), cc); err != nil {
		panic(fmt.Sprintf("cluster: entry %d: %v", e.GetIndex(), err))
	}
	next := n.state.next
	switch {
	case next == nil && n.forgets(cc):
		n.state.conf = n.raft.ApplyConfChange(cc)
		n.changing.stepped(n.ticks)
	case next != nil && next.stage == stageJoint && cc.LeaveJoint():
		n.state.conf = n.raft.ApplyConfChange(cc)
		next.stage = stageLeft
		n.changing.stepped(n.ticks)
		failpoint.Inject("bugReconfigUnsettled", func(_ failpoint.Value) { n.endChange(e.GetTerm()) })
	case next != nil && next.stage == stageAsked && bytes.Equal(cc.GetContext(), next.name()):
		n.beginChange(e, cc)
	default:
		n.host.Log().Warn("not the change of the ensemble that is under way", "index", e.GetIndex())
	}
}

// beginChange takes a newcomer in as a learner, or takes raft into its joint configuration.
func (n *Node) beginChange(e *raftpb.Entry, cc *raftpb.ConfChangeV2) {
	if n.bendBegun(e) {
		return
	}
	n.state.conf = n.raft.ApplyConfChange(cc)
	if _, joint := cc.EnterJoint(); joint {
		n.state.next.stage = stageJoint
	} else {
		n.state.confIndex = e.GetIndex()
	}
	if n.state.confIndex == 0 { // from now on no server starts from the founding; see founders
		n.state.confIndex = e.GetIndex()
	}
	n.changing.stepped(n.ticks)
}

// applySettled ends a change that raft has carried out: every server that has this entry knows that.
func (n *Node) applySettled(term uint64, c command) {
	if next := n.state.next; next != nil && next.stage == stageLeft && next.asked(c) {
		n.endChange(term)
	}
}

// asked reports whether it was this command's request that asked for the change.
func (c *change) asked(by command) bool {
	return by.server == c.server && by.incarnation == c.incarnation && by.seq == c.seq
}

// endChange makes the new configuration the one that is in force.
func (n *Node) endChange(term uint64) {
	n.did(EndedChange)
	next, waiting := n.state.next, n.changing.waiting
	n.state.next, n.changing = nil, changing{since: n.ticks}
	zxid := n.state.nextZxid(term)
	text := fmt.Appendf(slices.Clone(next.servers), "version=%x", zxid)
	txn := tree.Txn{Session: next.session, Xid: next.xid, Request: tree.SetConfig{Data: text}}
	result := n.state.tree.Apply(zxid, txn)
	n.recent.note(zxid, term, n.state.index, txn, result)
	n.refreshMembers()
	n.tellOperator()
	n.finish(zxid, result)
	n.host.Log().Info("the ensemble was changed", "servers", string(text))
	n.endMemberChange(next, waiting)
	if waiting = n.bendWaiting(waiting); waiting != nil && waiting.etcd == nil {
		set, _ := result.Response.(wire.SetDataResponse)
		n.deliver(waiting, tree.Result{Response: wire.GetDataResponse{Data: text, Stat: set.Stat}})
	}
	if !n.member() && !bendOut() {
		n.closeAll("taken out of the ensemble")
		for _, c := range slices.Clone(n.etcd.calls) {
			c.fail(etcdwire.ErrStopped)
		}
	}
}

// applyAbandon ends a change that has not begun, since it would have left the ensemble without a quorum.
func (n *Node) applyAbandon(c command) {
	next, waiting := n.state.next, n.changing.waiting
	if next == nil || next.stage != stageAsked || !next.asked(c) {
		return
	}
	n.state.next, n.changing = nil, changing{since: n.ticks}
	n.refreshMembers()
	n.abandonMemberChange(next, waiting)
	if waiting != nil && waiting.etcd == nil {
		n.deliver(waiting, tree.Result{Err: wire.NewConfigNoQuorum})
	}
}
