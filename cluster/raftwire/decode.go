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
type Decoder struct {
	room messageRoom
	// leader is who sent the last append or heartbeat.
	leader *uint64
}

// Message is DecodeMessage, but a message of the four kinds of every day, appends and heartbeats and the answers to
// them, is good until the next call only. Raft keeps nothing of the answers, and of the others the entries, the context
// and who sent them, to whom it answers: those stay.
func (d *Decoder) Message(b []byte) (*raftpb.Message, error) {
	kind, ok := Kind(b)
	if !ok {
		return DecodeMessage(b)
	}
	asks := kind == raftpb.MsgApp || kind == raftpb.MsgHeartbeat
	if !asks && kind != raftpb.MsgAppResp && kind != raftpb.MsgHeartbeatResp {
		return DecodeMessage(b)
	}
	d.room.message.Reset()
	m, err := d.room.decode(b)
	if asks && m.From != nil {
		if d.leader == nil || *d.leader != *m.From {
			d.leader = new(*m.From)
		}
		m.From = d.leader
	}
	return m, err
}

// Kind is the type of a message, if that is its first field, as it is in what AppendMessage writes.
func Kind(b []byte) (raftpb.MessageType, bool) {
	if len(b) < 2 || b[0] != messageType<<3|byte(protowire.VarintType) {
		return 0, false
	}
	return raftpb.MessageType(b[1]), true
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
		return addEntry(m, f.bytes)
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

// firstEntry is an entry and a list of it alone: most appends have one.
type firstEntry struct {
	entryRoom
	list [1]*raftpb.Entry
}

// addEntry reads an entry of a message, or reports that protobuf had better read the message.
func addEntry(m *raftpb.Message, b []byte) bool {
	var e *raftpb.Entry
	var err error
	if m.Entries != nil {
		e, err = DecodeEntry(b)
	} else {
		r := new(firstEntry)
		m.Entries = r.list[:0]
		e, err = r.decode(b)
	}
	m.Entries = append(m.Entries, e)
	return err == nil
}

// DecodeEntry reads an entry. It keeps b: the entry's data lies in it.
func DecodeEntry(b []byte) (*raftpb.Entry, error) { return new(entryRoom).decode(b) }

func (r *entryRoom) decode(b []byte) (*raftpb.Entry, error) {
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
		f.bytes = f.bytes[:len(f.bytes):len(f.bytes)] // an append must not write over what comes behind it
	}
	if size < 0 {
		return field{}, false
	}
	*b = rest[size:]
	return f, true
}
