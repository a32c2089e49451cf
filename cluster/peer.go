package cluster

import (
	"encoding/binary"
	"hash/crc32"

	"ordeal/host"
)

// peerKind is the first byte of every message between nodes.
type peerKind byte

const (
	peerRaft    peerKind = 1 // a message of raft's
	peerForward peerKind = 2 // requests for the leader; see forward.go
	peerTouch   peerKind = 3 // sessions that were heard from; see sessions.go
	peerWhere   peerKind = 4 // where the servers are; see neighbours.go
	peerPiece   peerKind = 5 // a piece of a snapshot; see transfer.go
	peerAsk     peerKind = 6 // asks for a piece

	// How far reads must see; see reads.go.
	peerQuestion peerKind = 7  // asks the leader
	peerAskTerm  peerKind = 8  // asks a voter which term it is in
	peerTerm     peerKind = 9  // the answer to that
	peerReadAt   peerKind = 10 // the answer to a question

	// Leases of etcd's API; see etcdrenew.go.
	peerLeases       peerKind = 11 // asks the leader
	peerLeasesAnswer peerKind = 12
)

// sumBytes is the size of the checksum that ends every message between nodes: CRC-32C, of what is before it. TCP's own
// sum lets one wrong segment in some ten thousand pass (Stone and Partridge, SIGCOMM 2000), and what a node takes from
// another goes into its log.
const sumBytes = 4

// post sends a message to another node. It appends to payload.
func (n *Node) post(to host.Addr, payload []byte) {
	n.host.Send(to, binary.LittleEndian.AppendUint32(payload, crc32.Checksum(payload, castagnoli)))
}

// receive takes a message of another node. Anything may come in: what is not understood is dropped.
func (n *Node) receive(from host.Addr, payload []byte) {
	body, ok := sound(payload)
	if !ok {
		n.peersCorrupt++
		n.did(DroppedCorrupt)
		n.host.Log().Warn("a message was dropped: its checksum is wrong", "from", string(from), "bytes", len(payload))
		return
	}
	switch peerKind(body[0]) {
	case peerRaft:
		m, err := n.decoder.Message(body[1:])
		if err != nil {
			n.host.Log().Warn("not a message of raft's", "from", string(from), "err", err)
			return
		}
		n.bendReceived(m)
		n.noteMessage(m)
		n.hear(m)
		if !n.unsays(m) {
			n.step(m)
		}
	case peerForward:
		n.forwarded(body[1:])
	case peerTouch:
		n.touched(body[1:])
	case peerWhere:
		n.hearWhere(body[1:])
	case peerPiece:
		n.pieceCame(from, body[1:])
	case peerAsk:
		n.asked(body[1:])
	case peerQuestion:
		n.questionCame(body[1:])
	case peerAskTerm:
		n.termAsked(body[1:])
	case peerTerm:
		n.termCame(body[1:])
	case peerReadAt:
		n.readAtCame(body[1:])
	case peerLeases:
		n.leaseQuestionCame(body[1:])
	case peerLeasesAnswer:
		n.leaseAnswerCame(body[1:])
	}
}

// sound is a message without its checksum, and whether that is right and anything is there.
func sound(payload []byte) (body []byte, ok bool) {
	at := len(payload) - sumBytes
	if at < 1 {
		return nil, false
	}
	body = payload[:at:at]
	return body, binary.LittleEndian.Uint32(payload[at:]) == crc32.Checksum(body, castagnoli)
}
