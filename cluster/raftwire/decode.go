package raftwire

import (
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// Numbers of fields, as raft.proto has them. All are below 16, so that a tag is one byte.
const (
	messageType       = 1
	messageTo         = 2
	messageFrom       = 3
	messageTerm       = 4
	messageLogTerm    = 5
	messageIndex      = 6
	messageEntries    = 7
	messageCommit     = 8
	messageSnapshot   = 9
	messageReject     = 10
	messageRejectHint = 11
	messageContext    = 12
	messageVote       = 13
	messageResponses  = 14

	entryType  = 1
	entryTerm  = 2
	entryIndex = 3
	entryData  = 4
)

// messageRoom is a message and what its fields point to, in one piece.
type messageRoom struct {
	message                                      raftpb.Message
	kind                                         raftpb.MessageType
	reject                                       bool
	to, from, term, logTerm, index, commit, vote uint64
	rejectHint                                   uint64
}

// DecodeMessage reads a message. It keeps b: the message's entries and context lie in it.
func DecodeMessage(b []byte) (*raftpb.Message, error) { return new(messageRoom).decode(b) }

// Decoder reads messages one after the other. The zero value is ready.
type Decoder struct{ room messageRoom }

// Message is DecodeMessage, but an answer to an append or to a heartbeat is good until the next call only. Raft keeps nothing
// of those two, whereas its answers to other messages point to who sent them.
func (d *Decoder) Message(b []byte) (*raftpb.Message, error) {
	if !isAnswer(b) {
		return DecodeMessage(b)
	}
	d.room.message.Reset()
	return d.room.decode(b)
}

// isAnswer goes by the first field, which is the type.
func isAnswer(b []byte) bool {
	if len(b) < 2 || b[0] != messageType<<3|byte(protowire.VarintType) {
		return false
	}
	kind := raftpb.MessageType(b[1])
	return kind == raftpb.MsgAppResp || kind == raftpb.MsgHeartbeatResp
}

func (r *messageRoom) decode(b []byte) (*raftpb.Message, error) {
	for rest := b; len(rest) > 0; {
		f, ok := nextField(&rest)
		if !ok || !r.set(f) {
			m := new(raftpb.Message)
			return m, proto.Unmarshal(b, m)
		}
	}
	return &r.message, nil
}

// set takes one field over, or reports that protobuf had better read the message.
func (r *messageRoom) set(f field) bool {
	m := &r.message
	if f.bytes != nil {
		return setBytes(m, f)
	}
	switch f.number {
	case messageType:
		r.kind = raftpb.MessageType(f.value)
		m.Type = &r.kind
	case messageTo:
		m.To = put(&r.to, f)
	case messageFrom:
		m.From = put(&r.from, f)
	case messageTerm:
		m.Term = put(&r.term, f)
	case messageLogTerm:
		m.LogTerm = put(&r.logTerm, f)
	case messageIndex:
		m.Index = put(&r.index, f)
	case messageCommit:
		m.Commit = put(&r.commit, f)
	case messageVote:
		m.Vote = put(&r.vote, f)
	case messageRejectHint:
		m.RejectHint = put(&r.rejectHint, f)
	case messageReject:
		r.reject = protowire.DecodeBool(f.value)
		m.Reject = &r.reject
	default:
		return false
	}
	return true
}

func put(at *uint64, f field) *uint64 {
	*at = f.value
	return at
}

func setBytes(m *raftpb.Message, f field) bool {
	switch f.number {
	case messageEntries:
		e, err := DecodeEntry(f.bytes)
		m.Entries = append(m.Entries, e)
		return err == nil
	case messageContext:
		m.Context = f.bytes
		return true
	}
	return false
}

// entryRoom is an entry and what its fields point to, in one piece.
type entryRoom struct {
	entry       raftpb.Entry
	kind        raftpb.EntryType
	term, index uint64
}

// DecodeEntry reads an entry. It keeps b: the entry's data lies in it.
func DecodeEntry(b []byte) (*raftpb.Entry, error) {
	r := new(entryRoom)
	for rest := b; len(rest) > 0; {
		f, ok := nextField(&rest)
		if !ok || !r.set(f) {
			e := new(raftpb.Entry)
			return e, proto.Unmarshal(b, e)
		}
	}
	return &r.entry, nil
}

func (r *entryRoom) set(f field) bool {
	e, isBytes := &r.entry, f.bytes != nil
	switch {
	case f.number == entryData && isBytes:
		e.Data = f.bytes
	case f.number == entryTerm && !isBytes:
		e.Term = put(&r.term, f)
	case f.number == entryIndex && !isBytes:
		e.Index = put(&r.index, f)
	case f.number == entryType && !isBytes:
		r.kind = raftpb.EntryType(f.value)
		e.Type = &r.kind
	default:
		return false
	}
	return true
}

// field is a field as it was found: a number, or bytes, which are never nil then.
type field struct {
	number protowire.Number
	value  uint64
	bytes  []byte
}

// nextField takes the next field off b, which is not empty. It reports false for what only protobuf understands, bad
// bytes among it.
func nextField(b *[]byte) (f field, ok bool) {
	tag, rest := (*b)[0], (*b)[1:]
	if tag >= 1<<7 {
		return field{}, false // of more than one byte: no field of raftpb's
	}
	f.number = protowire.Number(tag >> 3)
	size := -1
	if len(rest) > 0 && rest[0] < 1<<7 && protowire.Type(tag&7) == protowire.VarintType { // as most are
		f.value, *b = uint64(rest[0]), rest[1:]
		return f, true
	}
	switch protowire.Type(tag & 7) {
	case protowire.VarintType:
		f.value, size = protowire.ConsumeVarint(rest)
	case protowire.BytesType:
		f.bytes, size = protowire.ConsumeBytes(rest)
		f.bytes = f.bytes[:len(f.bytes):len(f.bytes)] // so that nobody appends over what comes behind it
	}
	if size < 0 {
		return field{}, false
	}
	*b = rest[size:]
	return f, true
}
