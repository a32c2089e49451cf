package wal

import (
	"fmt"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/raftwire"
)

// memory is what raft reads: the state as of the last call.
type memory struct {
	hard     hardState
	snapshot *raftpb.Snapshot // the newest that raft may hand out
	// entries holds base+1 and on. They are shared with raft and never changed; slices that were handed out are not
	// written to.
	entries  []*raftpb.Entry
	base     uint64
	baseTerm uint64
	bytes    int64 // of the entries' data
}

func (m *memory) last() uint64 { return m.base + uint64(len(m.entries)) }

func (m *memory) lastTerm() uint64 {
	if len(m.entries) == 0 {
		return m.baseTerm
	}
	return m.entries[len(m.entries)-1].GetTerm()
}

// append puts entries behind the log, over what was at their indexes and behind.
func (m *memory) append(entries []*raftpb.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	first := entries[0].GetIndex()
	if first <= m.base || first > m.last()+1 {
		return fmt.Errorf("entry %d does not fit a log of the entries from %d to %d", first, m.base+1, m.last())
	}
	keep := first - m.base - 1
	kept := m.entries[:keep:keep]
	term := m.baseTerm
	if keep > 0 {
		term = kept[keep-1].GetTerm()
	}
	var more int64
	for i, e := range entries {
		if e.GetIndex() != first+uint64(i) || e.GetTerm() < term {
			return fmt.Errorf("entry %d of term %d does not follow entry %d of term %d",
				e.GetIndex(), e.GetTerm(), first+uint64(i)-1, term)
		}
		term = e.GetTerm()
		more += int64(len(e.GetData()))
	}
	m.bytes += more - sizeOf(m.entries[keep:])
	if keep == uint64(len(m.entries)) {
		kept = m.entries // nothing was handed out behind it: it may grow in place
	}
	m.entries = append(kept, entries...)
	return nil
}

// sizeOf is how many bytes of data entries have together.
func sizeOf(entries []*raftpb.Entry) (bytes int64) {
	for _, e := range entries {
		bytes += int64(len(e.GetData()))
	}
	return bytes
}

// reset forgets all entries: the log goes on behind index.
func (m *memory) reset(index, term uint64) {
	m.entries, m.base, m.baseTerm, m.bytes = nil, index, term, 0
}

// behind is the lowest index from low to high behind which entries have at most so many bytes together; high if there
// is none.
func (m *memory) behind(low, high uint64, bytesMax int64) uint64 {
	low = max(low, m.base)
	for left := m.bytes - sizeOf(m.entries[:low-m.base]); low < high && left > bytesMax; low++ {
		left -= int64(len(m.entries[low-m.base].GetData()))
	}
	return low
}

// compact forgets the entries up to index, and lets go of their memory.
func (m *memory) compact(index uint64) {
	if index <= m.base {
		return
	}
	n := index - m.base
	m.bytes -= sizeOf(m.entries[:n])
	m.baseTerm = m.entries[n-1].GetTerm()
	m.entries = append([]*raftpb.Entry(nil), m.entries[n:]...)
	m.base = index
}

func (m *memory) term(index uint64) (uint64, error) {
	switch {
	case index < m.base:
		return 0, raft.ErrCompacted
	case index > m.last():
		return 0, raft.ErrUnavailable
	case index == m.base:
		return m.baseTerm, nil
	}
	return m.entries[index-m.base-1].GetTerm(), nil
}

// slice returns the entries from low up to high, which is not included: at least one, and no more than bytesMax of
// them together.
func (m *memory) slice(low, high, bytesMax uint64) ([]*raftpb.Entry, error) {
	if low <= m.base {
		return nil, raft.ErrCompacted
	}
	if high > m.last()+1 || low >= high {
		return nil, raft.ErrUnavailable
	}
	entries := m.entries[low-m.base-1 : high-m.base-1]
	var size uint64
	for i, e := range entries {
		size += uint64(raftwire.EntrySize(e))
		if size > bytesMax && i > 0 {
			entries = entries[:i]
			break
		}
	}
	return entries[:len(entries):len(entries)], nil
}

// confState is the newest snapshot's. It is never nil.
func (m *memory) confState() *raftpb.ConfState {
	if cs := m.snapshot.GetMetadata().GetConfState(); cs != nil {
		return proto.Clone(cs).(*raftpb.ConfState)
	}
	return &raftpb.ConfState{}
}
