package raftwire

import (
	"fmt"
	"math/bits"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// AppendMessage appends a message's bytes.
func AppendMessage(b []byte, m *raftpb.Message) []byte {
	if m.Type != nil {
		b = appendUint(b, messageType, uint64(*m.Type))
	}
	b = appendOptional(b, messageTo, m.To)
	b = appendOptional(b, messageFrom, m.From)
	b = appendOptional(b, messageTerm, m.Term)
	b = appendOptional(b, messageLogTerm, m.LogTerm)
	b = appendOptional(b, messageIndex, m.Index)
	for _, e := range m.Entries {
		b = protowire.AppendTag(b, messageEntries, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(EntrySize(e)))
		b = AppendEntry(b, e)
	}
	b = appendOptional(b, messageCommit, m.Commit)
	if m.Snapshot != nil {
		b = appendBytes(b, messageSnapshot, mustMarshal(m.Snapshot))
	}
	if m.Reject != nil {
		b = appendUint(b, messageReject, protowire.EncodeBool(*m.Reject))
	}
	b = appendOptional(b, messageRejectHint, m.RejectHint)
	if m.Context != nil {
		b = appendBytes(b, messageContext, m.Context)
	}
	b = appendOptional(b, messageVote, m.Vote)
	for _, r := range m.Responses {
		b = appendBytes(b, messageResponses, AppendMessage(nil, r))
	}
	return b
}

func mustMarshal(m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("raftwire: %v", err)) // nothing that protobuf can refuse is in raft's messages
	}
	return b
}

// AppendEntry appends an entry's bytes.
func AppendEntry(b []byte, e *raftpb.Entry) []byte {
	if e.Type != nil {
		b = appendUint(b, entryType, uint64(*e.Type))
	}
	b = appendOptional(b, entryTerm, e.Term)
	b = appendOptional(b, entryIndex, e.Index)
	if e.Data != nil {
		b = appendBytes(b, entryData, e.Data)
	}
	return b
}

// EntrySize is how many bytes AppendEntry appends.
func EntrySize(e *raftpb.Entry) int {
	n := 0
	if e.Type != nil {
		n += 1 + varintSize(uint64(*e.Type))
	}
	if e.Term != nil {
		n += 1 + varintSize(*e.Term)
	}
	if e.Index != nil {
		n += 1 + varintSize(*e.Index)
	}
	if e.Data != nil {
		n += 1 + varintSize(uint64(len(e.Data))) + len(e.Data)
	}
	return n
}

// varintSize is one byte for every seven bits, and at least one.
func varintSize(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

func appendUint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendOptional(b []byte, field protowire.Number, v *uint64) []byte {
	if v == nil {
		return b
	}
	return appendUint(b, field, *v)
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
}
