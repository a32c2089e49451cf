package wal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
)

const formatVersion = 1

// Kinds of record: the first byte of a payload.
const (
	recordHeader  = 1 // the first of a segment: version, flags, and the whole state but the entries
	recordAppend  = 2 // a hard state, entries, or both
	recordBoot    = 3 // the number of a boot
	flagReset     = 1 // in recordHeader: forget all entries before
	flagHardState = 1 // in recordAppend: a hard state comes first
)

var errRecord = errors.New("the record makes no sense")

// state is everything that a log knows at one point, but for its entries and snapshots.
type state struct {
	hard        hardState
	incarnation uint64
	last        uint64 // index of the last entry, or of what a snapshot replaced
	lastTerm    uint64
}

// hardState is raftpb.HardState as a plain value.
type hardState struct{ term, vote, commit uint64 }

func fromHardState(hs *raftpb.HardState) hardState {
	return hardState{term: hs.GetTerm(), vote: hs.GetVote(), commit: hs.GetCommit()}
}

// votesAs reports whether two hard states differ in no more than the commit index.
func (h hardState) votesAs(o hardState) bool { return h.term == o.term && h.vote == o.vote }

// message is the hard state as raft wants it: nil when nothing was ever written.
func (h hardState) message() *raftpb.HardState {
	if h == (hardState{}) {
		return nil
	}
	return &raftpb.HardState{Term: &h.term, Vote: &h.vote, Commit: &h.commit}
}

// raised is the hard state of a node that has a snapshot: what a snapshot holds was committed, and its term began.
// The two may be on disk without a hard state that says so, since they are not written together.
func (h hardState) raised(index, term uint64) hardState {
	if h.term < term {
		h.term, h.vote = term, 0
	}
	h.commit = max(h.commit, index)
	return h
}

// record is one thing that is written as a whole: a payload, and what it changes.
type record struct {
	payload     []byte
	low, top    uint64 // indexes of the first and the last entry in it, 0 for none
	topTerm     uint64 // the last entry's term
	hard        hardState
	hasHard     bool
	incarnation uint64 // 0 for none
	mustSync    bool
}

// change is what the record does to what a log knows.
func (r *record) change(s *state) {
	if r.hasHard {
		s.hard = r.hard
	}
	if r.top > 0 {
		s.last, s.lastTerm = r.top, r.topTerm
	}
	if r.incarnation > 0 {
		s.incarnation = r.incarnation
	}
}

// headerPayload starts a segment at s.
func headerPayload(s state, reset bool) []byte {
	flags := byte(0)
	if reset {
		flags = flagReset
	}
	b := []byte{recordHeader, formatVersion, flags}
	for _, v := range []uint64{s.hard.term, s.hard.vote, s.hard.commit, s.incarnation, s.last, s.lastTerm} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

func bootRecord(incarnation uint64) record {
	return record{
		payload:     binary.LittleEndian.AppendUint64([]byte{recordBoot}, incarnation),
		incarnation: incarnation,
		mustSync:    true,
	}
}

// appendRecord holds a hard state, if there is one, and entries. Its payload is made in a room that is empty, if there
// is enough.
func appendRecord(room []byte, hs *hardState, entries []*raftpb.Entry, mustSync bool) record {
	size := 2 + 3*8 + binary.MaxVarintLen64
	for _, e := range entries {
		size += binary.MaxVarintLen64 + raftwire.EntrySize(e)
	}
	b := append(slices.Grow(room, size), recordAppend, 0)
	if hs != nil {
		b[1] = flagHardState
		for _, v := range []uint64{hs.term, hs.vote, hs.commit} {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(raftwire.EntrySize(e)))
		b = raftwire.AppendEntry(b, e)
	}
	r := record{payload: b, mustSync: mustSync}
	if hs != nil {
		r.hard, r.hasHard = *hs, true
	}
	if n := len(entries); n > 0 {
		r.low, r.top, r.topTerm = entries[0].GetIndex(), entries[n-1].GetIndex(), entries[n-1].GetTerm()
	}
	return r
}

// header is a decoded recordHeader.
type header struct {
	state state
	reset bool
}

func decodeHeader(payload []byte) (header, error) {
	if len(payload) < 2 || payload[0] != recordHeader {
		return header{}, errors.New("the segment does not begin with a header")
	}
	if payload[1] != formatVersion {
		return header{}, fmt.Errorf("the segment has format version %d, and this program reads %d",
			payload[1], formatVersion)
	}
	if len(payload) != 3+6*8 {
		return header{}, errRecord
	}
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(payload[3+8*i:]) }
	return header{
		reset: payload[2]&flagReset != 0,
		state: state{
			hard:        hardState{term: at(0), vote: at(1), commit: at(2)},
			incarnation: at(3), last: at(4), lastTerm: at(5),
		},
	}, nil
}

// decodeAppend returns what appendRecord was given. The entries alias nothing.
func decodeAppend(payload []byte) (*hardState, []*raftpb.Entry, error) {
	if len(payload) < 2 {
		return nil, nil, errRecord
	}
	var hs *hardState
	rest := payload[2:]
	if payload[1]&flagHardState != 0 {
		if len(rest) < 24 {
			return nil, nil, errRecord
		}
		at := func(i int) uint64 { return binary.LittleEndian.Uint64(rest[8*i:]) }
		hs = &hardState{term: at(0), vote: at(1), commit: at(2)}
		rest = rest[24:]
	}
	count, n := binary.Uvarint(rest)
	if n <= 0 || count > uint64(len(rest)) {
		return nil, nil, errRecord
	}
	entries, rest, err := decodeEntries(rest[n:], count)
	if err == nil && len(rest) > 0 {
		err = errRecord
	}
	return hs, entries, err
}

func decodeEntries(rest []byte, count uint64) ([]*raftpb.Entry, []byte, error) {
	entries := make([]*raftpb.Entry, 0, count)
	for range count {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return nil, nil, errRecord
		}
		// The copy lets go of the segment that the bytes lie in.
		e, err := raftwire.DecodeEntry(bytes.Clone(rest[n : n+int(size)]))
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errRecord, err)
		}
		entries = append(entries, e)
		rest = rest[n+int(size):]
	}
	return entries, rest, nil
}
