package cluster

import (
	"errors"
	"fmt"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
	"ordeal/cluster/wal"
	"ordeal/host"
)

// receiving is a snapshot that the leader is sending to this node; see transfer.go for the other side.
type receiving struct {
	from    host.Addr
	index   uint64
	size    int64           // of the file
	offset  int64           // everything before is written
	writing bool            // a piece is on its way to the disk
	cameAt  uint64          // the tick at which the last piece came that was taken
	message *raftpb.Message // raft's, for when all has come
	file    *wal.Incoming
	loader  stateLoader
	// state is what the snapshot holds, when all has come.
	state *state
}

// piece is a piece of a snapshot's file.
type piece struct {
	server, index uint64
	size, offset  int64
	message       []byte // raft's, with the first piece
	data          []byte
}

func decodePiece(b []byte) (piece, bool) {
	r := reader{b: b}
	p := piece{
		server: r.uvarint(), index: r.uvarint(), size: int64(r.uvarint()), offset: int64(r.uvarint()), message: r.bytes(),
		data: r.b,
	}
	return p, !r.bad && p.size > 0 && p.offset >= 0 && p.offset+int64(len(p.data)) <= p.size
}

// pieceCame takes a piece. What does not continue what is there is answered with what would.
func (n *Node) pieceCame(from host.Addr, b []byte) {
	p, ok := decodePiece(b)
	if !ok {
		n.host.Log().Warn("not a piece of a snapshot", "from", string(from))
		return
	}
	r := n.receiving
	known := r != nil && r.from == from && r.index == p.index && r.size == p.size
	if p.offset == 0 {
		m := n.firstOf(p)
		if m == nil {
			return
		}
		if known {
			r.message = m // of another term, perhaps: the leader may have begun anew
		} else {
			n.giveUpReceiving()
			r = &receiving{from: from, index: p.index, size: p.size, message: m, file: n.log.Receive(p.index)}
			n.receiving = r
		}
	} else if !known {
		n.askFor(from, p.index, 0)
		return
	}
	switch {
	case r.writing || r.state != nil:
	case p.offset != r.offset:
		n.askFor(from, r.index, r.offset)
	default:
		n.takePiece(r, p.data)
	}
}

// firstOf is raft's message in a first piece, or nil if there is nothing to receive.
func (n *Node) firstOf(p piece) *raftpb.Message {
	m, err := raftwire.DecodeMessage(p.message)
	if err != nil || m.GetType() != raftpb.MsgSnap || m.GetSnapshot().GetMetadata().GetIndex() != p.index {
		n.host.Log().Warn("not the beginning of a snapshot", "server", p.server, "err", err)
		return nil
	}
	n.hear(m)
	if p.index <= n.raft.BasicStatus().HardState.GetCommit() {
		n.step(m) // all of it is here already: raft tells the leader so
		return nil
	}
	return m
}

// takePiece writes a piece down, and builds the state of what is in it.
func (n *Node) takePiece(r *receiving, data []byte) {
	r.writing, r.cameAt = true, n.ticks
	err := r.file.Add(data, r.loader.add, func(err error) {
		n.mustPersist(err)
		if n.receiving != r {
			return
		}
		r.writing = false
		r.offset += int64(len(data))
		if r.offset == r.size {
			n.received(r)
			return
		}
		n.askFor(r.from, r.index, r.offset)
	})
	var damage *wal.Damage
	switch {
	case errors.As(err, &damage):
		n.host.Log().Error("a snapshot came damaged", "from", string(r.from), "offset", damage.Offset, "reason",
			damage.Reason)
		n.giveUpReceiving()
	case err != nil:
		panic(fmt.Sprintf("cluster: a snapshot from the leader: %v", err))
	}
}

// received gives raft the message of a snapshot that has come. Raft takes it, or has no need of it any more.
func (n *Node) received(r *receiving) {
	if !r.file.Whole() {
		n.host.Log().Error("a snapshot came without its end", "from", string(r.from), "index", r.index)
		n.giveUpReceiving()
		return
	}
	var err error
	if r.state, err = r.loader.end(r.file.Metadata()); err != nil {
		panic(fmt.Sprintf("cluster: a snapshot from the leader: %v", err))
	}
	n.askFor(r.from, r.index, r.size)
	n.step(r.message)
	n.pump()
	failpoint.Inject("bugReceivedKept", func(_ failpoint.Value) {
		n.receiving = r
		failpoint.Return()
	})
	if n.receiving == r {
		n.giveUpReceiving()
	}
}

// takeReceived is the snapshot that raft has just taken.
func (n *Node) takeReceived(snap *raftpb.Snapshot) *receiving {
	r := n.receiving
	if r == nil || r.state == nil || r.index != snap.GetMetadata().GetIndex() {
		panic(fmt.Sprintf("cluster: raft has taken snapshot %d, which is not here", snap.GetMetadata().GetIndex()))
	}
	n.receiving = nil
	return r
}

// tickReceiving gives up a snapshot of which no more pieces come.
func (n *Node) tickReceiving() {
	if r := n.receiving; r != nil && r.state == nil && n.ticks-r.cameAt >= 2*transferTicks {
		n.giveUpReceiving()
	}
}

func (n *Node) giveUpReceiving() {
	if n.receiving != nil {
		n.receiving.file.Drop()
		n.receiving = nil
	}
}
