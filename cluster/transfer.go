package cluster

import (
	"encoding/binary"
	"slices"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"

	"ordeal/cluster/raftwire"
	"ordeal/host"
)

// How a snapshot comes to a node that is too far behind. Raft's message for that has no data here. It goes with the
// first piece of the snapshot's file, and the receiver keeps it back: it asks for piece after piece, writes them down,
// builds the state of them, and gives raft the message when the file is whole and durable. One piece is on its way at a
// time. What is lost is sent again after a while, and a transfer that gets nowhere is reported to raft as failed, which
// begins another.

// transfers are the snapshots that this node, as leader, is sending. Sorted by nothing: there are few.
type transfers []*transfer

// transfer is one of them.
type transfer struct {
	to      uint64
	message []byte // raft's, encoded
	index   uint64
	size    int64 // of the file
	offset  int64 // the receiver has everything before
	reading bool
	// movedAt is the tick at which the receiver last asked for something new, sentAt that of the last piece.
	movedAt, sentAt uint64
}

const (
	// transferTicks is how long a receiver may ask for nothing new before its transfer has failed.
	transferTicks = 2 * raftTicksPerTick
	// transferRetryTicks is how long a piece may be without answer before it is sent again.
	transferRetryTicks = 3
)

// beginTransfer sends raft's message with a snapshot.
func (n *Node) beginTransfer(m *raftpb.Message) {
	meta := m.GetSnapshot().GetMetadata()
	n.endTransfer(m.GetTo())
	size, ok := n.log.SnapshotBytes(meta.GetIndex())
	if !ok {
		n.raft.ReportSnapshot(m.GetTo(), raft.SnapshotFailure) // it is not on the disk yet, or not any more
		return
	}
	t := &transfer{
		to: m.GetTo(), message: raftwire.AppendMessage(nil, m), index: meta.GetIndex(), size: size, movedAt: n.ticks,
	}
	n.transfers = append(n.transfers, t)
	n.holdTransfers()
	n.sendPiece(t)
}

// endTransfer forgets what is on its way to a node.
func (n *Node) endTransfer(to uint64) {
	n.transfers = slices.DeleteFunc(n.transfers, func(t *transfer) bool { return t.to == to })
	n.holdTransfers()
}

// holdTransfers tells the log what must stay.
func (n *Node) holdTransfers() {
	var oldest uint64
	for _, t := range n.transfers {
		if oldest == 0 || t.index < oldest {
			oldest = t.index
		}
	}
	n.log.Hold(oldest)
}

// sendPiece reads the next piece from the disk and sends it.
func (n *Node) sendPiece(t *transfer) {
	if t.reading {
		return
	}
	t.reading, t.sentAt = true, n.ticks
	at := t.offset
	b := make([]byte, min(int64(n.config.SnapshotPieceBytes), t.size-at))
	n.log.ReadSnapshot(t.index, b, at, func(err error) {
		t.reading = false
		to, known := n.members.addr(t.to)
		switch {
		case !slices.Contains(n.transfers, t) || !known:
			return
		case err != nil:
			n.host.Log().Warn("a snapshot can't be read to be sent", "index", t.index, "err", err)
			n.failTransfer(t)
			n.pump()
			return
		case t.offset == at:
			n.post(to, t.piece(n.config.ID, at, b))
		}
	})
}

// piece is the message with a piece of the file.
func (t *transfer) piece(from uint64, at int64, b []byte) []byte {
	message := t.message
	if at > 0 {
		message = nil
	}
	out := make([]byte, 0, len(message)+len(b)+64+sumBytes)
	out = append(out, byte(peerPiece))
	for _, v := range []uint64{from, t.index, uint64(t.size), uint64(at)} {
		out = binary.AppendUvarint(out, v)
	}
	return append(appendBytes(out, message), b...)
}

// asked takes a receiver's word that it wants what is behind offset; with offset 0 it begins anew.
func (n *Node) asked(b []byte) {
	r := reader{b: b}
	from, index, offset := r.uvarint(), r.uvarint(), int64(r.uvarint())
	if r.bad {
		return
	}
	for _, t := range n.transfers {
		if t.to != from || t.index != index || offset == t.offset || offset != 0 && offset < t.offset || offset > t.size {
			continue
		}
		if offset > t.offset {
			t.movedAt = n.ticks
		}
		if t.offset = offset; offset < t.size {
			n.sendPiece(t)
		}
		return
	}
}

// tickTransfers sends again what got no answer, gives up what gets nowhere, and forgets what has arrived. What arrived
// is held until raft goes on behind it.
func (n *Node) tickTransfers() {
	if len(n.transfers) == 0 {
		return
	}
	waiting := make(map[uint64]bool)
	n.raft.WithProgress(func(id uint64, _ raft.ProgressType, p tracker.Progress) {
		waiting[id] = p.State == tracker.StateSnapshot
	})
	for _, t := range slices.Clone(n.transfers) {
		switch {
		case !n.isLeader() || !waiting[t.to]:
			n.endTransfer(t.to)
		case n.ticks-t.movedAt >= transferTicks:
			n.failTransfer(t)
		case n.ticks-t.sentAt >= transferRetryTicks && t.offset < t.size:
			n.did(SentPieceAgain)
			if !bendPieceLost() {
				n.sendPiece(t)
			}
		}
	}
}

// failTransfer lets raft try something else. If the snapshot did arrive, the receiver's next answer says so.
func (n *Node) failTransfer(t *transfer) {
	n.did(FailedTransfer)
	n.endTransfer(t.to)
	n.raft.ReportSnapshot(t.to, raft.SnapshotFailure)
}

// askFor is what a receiver sends for the next piece.
func (n *Node) askFor(from host.Addr, index uint64, offset int64) {
	b := []byte{byte(peerAsk)}
	for _, v := range []uint64{n.config.ID, index, uint64(offset)} {
		b = binary.AppendUvarint(b, v)
	}
	n.post(from, b)
}
