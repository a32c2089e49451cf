package cluster

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
)

func TestDescribe(t *testing.T) {
	summed := func(body ...byte) []byte {
		return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, castagnoli))
	}
	raft := func(kind raftpb.MessageType) []byte {
		m := &raftpb.Message{Type: kind.Enum(), Term: new(uint64(3))}
		return summed(raftwire.AppendMessage([]byte{byte(peerRaft)}, m)...)
	}
	for _, c := range []struct {
		payload []byte
		want    string
	}{
		{raft(raftpb.MsgApp), "append"},
		{raft(raftpb.MsgVoteResp), "vote answered"},
		{raft(raftpb.MsgTimeoutNow), "leadership handed over"},
		{raft(raftpb.MsgTransferLeader), "TransferLeader"},
		{summed(byte(peerForward), 1, 2), "requests forwarded"},
		{summed(byte(peerReadAt)), "read answered"},
		{nil, "damaged"},
	} {
		if got := Describe(c.payload); got != c.want {
			t.Errorf("%x: %q, wanted %q", c.payload, got, c.want)
		}
	}
	for kind := peerRaft; kind <= peerReadAt; kind++ {
		if kind != peerRaft && peerWords[kind] == "" {
			t.Errorf("messages of kind %d have no words", kind)
		}
	}
}
