package cluster

import (
	"encoding/binary"
	"slices"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/zoocfg"
	"ordeal/host"
)

// A server that was away while the ensemble changed does not know where the newcomers are, and one of them may lead: it
// would hear the leader, and could not answer. So whoever asks for votes, and a leader that hears nothing of a server,
// also sends where everybody is as far as it knows. What a server is told so it goes by until it has applied as much
// itself. It decides where messages go, and nothing else: who votes is raft's to know.

// neighbours are what a node knows of the other servers beside the log.
type neighbours struct {
	// heardAt says, by server, behind which tick a message of raft's last came from it; 0 for never.
	heardAt [idMax + 1]uint64
	// told is where the servers were at the entry toldAt, as another server had applied it.
	told   members
	toldAt uint64
}

// idMax is the largest ID of a server.
const idMax = zoocfg.ZeroID

func (nb *neighbours) heard(id, now uint64) {
	if id <= idMax {
		nb.heardAt[id] = now + 1
	}
}

// heardOf reports whether a server was heard from within the last TickTime.
func (n *Node) heardOf(id uint64) bool { return n.heardWithin(id, raftTicksPerTick) }

func (n *Node) heardWithin(id, ticks uint64) bool {
	at := n.neighbours.heardAt[id]
	return at > 0 && n.ticks < at+ticks
}

// addrOf is where messages to a server go.
func (n *Node) addrOf(id uint64) (host.Addr, bool) {
	if addr, ok := n.members.addr(id); ok {
		return addr, true
	}
	if _, ok := n.hearsay().find(id); ok || slices.Contains(n.state.conf.GetLearners(), id) {
		return n.nameOf(id), true // one that is told of, or one that was taken out and is still told so
	}
	return "", false
}

// hearsay is what was told of the servers, as long as it is newer than what was applied here.
func (n *Node) hearsay() members {
	if n.neighbours.toldAt <= n.state.index {
		return nil
	}
	return n.neighbours.told
}

// route tells a host that must be told where the servers are.
func (n *Node) route() {
	router, ok := n.host.(host.Router)
	if !ok {
		return
	}
	told := n.hearsay()
	for _, m := range append(slices.Clone(told), n.members...) {
		newer, ok := told.find(m.ID)
		if ok {
			m = newer
		}
		if m.ID != n.config.ID && m.Dial != "" {
			router.Route(m.Addr, m.Dial)
		}
	}
}

// tickNeighbours tells the servers that this leader does not hear from where the others are.
func (n *Node) tickNeighbours() {
	if !n.isLeader() || n.ticks%raftTicksPerTick != 0 {
		return
	}
	for _, m := range n.members {
		if m.ID != n.config.ID && !n.heardOf(m.ID) {
			n.tell(m.Addr)
		}
	}
}

// tellVoter goes with a message that asks for a vote.
func (n *Node) tellVoter(to host.Addr, m *raftpb.Message) {
	if k := m.GetType(); k == raftpb.MsgPreVote || k == raftpb.MsgVote {
		n.tell(to)
	}
}

// tell sends where the servers of an ensemble are that was changed.
func (n *Node) tell(to host.Addr) {
	if !n.state.changed() {
		return
	}
	b := binary.AppendUvarint([]byte{byte(peerWhere)}, n.state.index)
	for _, m := range n.members {
		b = appendBytes(binary.AppendUvarint(b, m.ID), []byte(m.Dial))
	}
	n.post(to, b)
}

// hearWhere takes what another server knows of where everybody is.
func (n *Node) hearWhere(b []byte) {
	r := reader{b: b}
	at := r.uvarint()
	var told members
	for len(r.b) > 0 {
		id, dial := r.uvarint(), string(r.bytes())
		if r.bad || id < 1 || id > idMax || dial == "" || len(told) == idMax {
			n.host.Log().Warn("a list of servers that makes no sense")
			return
		}
		told = append(told, Member{ID: id, Addr: n.nameOf(id), Dial: dial})
	}
	if at <= n.state.index || at <= n.neighbours.toldAt {
		return
	}
	n.neighbours.told, n.neighbours.toldAt = told, at
	if _, in := told.find(n.config.ID); !in {
		n.host.Log().Warn("the ensemble is without this server")
	}
	n.route()
}
