//go:build raft37

package main

import (
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// In raft v3.7.0 messages are pointers, and so are their fields.
const version, program = "v3.7.0", "go run -modfile=raft37.mod -tags raft37 ."

func encode(m *raftpb.Message) (to uint64, payload []byte) {
	payload, _ = proto.MarshalOptions{Deterministic: true}.Marshal(m)
	return m.GetTo(), payload
}

func decode(payload []byte) (*raftpb.Message, error) {
	m := new(raftpb.Message)
	return m, proto.Unmarshal(payload, m)
}
