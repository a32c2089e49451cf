//go:build !raft37

package main

import "go.etcd.io/raft/v3/raftpb"

// In raft v3.6.0 messages are values.
const version, program = "v3.6.0", "go run ."

func encode(m raftpb.Message) (to uint64, payload []byte) {
	payload, _ = m.Marshal()
	return m.To, payload
}

func decode(payload []byte) (m raftpb.Message, err error) {
	err = m.Unmarshal(payload)
	return m, err
}
