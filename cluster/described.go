package cluster

import (
	"strings"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
)

// raftWords are raft's messages between nodes in words.
var raftWords = [...]string{
	raftpb.MsgApp: "append", raftpb.MsgAppResp: "append answered",
	raftpb.MsgHeartbeat: "heartbeat", raftpb.MsgHeartbeatResp: "heartbeat answered",
	raftpb.MsgPreVote: "pre-vote asked", raftpb.MsgPreVoteResp: "pre-vote answered",
	raftpb.MsgVote: "vote asked", raftpb.MsgVoteResp: "vote answered",
	raftpb.MsgSnap: "snapshot announced", raftpb.MsgTimeoutNow: "leadership handed over",
}

// peerWords are all other messages between nodes in words.
var peerWords = [...]string{
	peerForward: "requests forwarded", peerTouch: "sessions heard from", peerWhere: "where servers are",
	peerPiece: "piece of a snapshot", peerAsk: "piece asked for", peerQuestion: "read asked", peerAskTerm: "term asked",
	peerTerm: "term answered", peerReadAt: "read answered",
}

// Describe says in a few words what a message between nodes is, to one who draws it. Its checksum is not looked at:
// whoever draws messages knows of which the bytes went wrong.
func Describe(payload []byte) string {
	if len(payload) <= sumBytes {
		return "damaged"
	}
	body := payload[:len(payload)-sumBytes]
	if kind := peerKind(body[0]); kind != peerRaft {
		return wordAt(peerWords[:], int(kind))
	}
	kind, ok := raftwire.Kind(body[1:])
	if !ok {
		return "raft"
	}
	if words := wordAt(raftWords[:], int(kind)); words != "" {
		return words
	}
	return strings.TrimPrefix(kind.String(), "Msg")
}

// wordAt is the i-th word of a list, or none.
func wordAt(list []string, i int) string {
	if i < 0 || i >= len(list) {
		return ""
	}
	return list[i]
}
