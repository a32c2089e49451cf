package wal

import (
	"fmt"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

// syncPieces is how many pieces of a snapshot are written between two syncs. To sync all of it at its end would keep
// the log from the disk for long.
const syncPieces = 2

// half is a snapshot's file before it is whole. It is written beside the log: whatever else the log is asked for goes
// on.
type half struct {
	log      *Log
	name     string
	index    uint64
	begun    bool
	unsynced int // pieces
	dropped  bool
}

// add adds bytes to the file, and syncs it now and then, and behind the last.
func (h *half) add(b []byte, last bool, done func(error)) {
	job := make(host.Job, 0, 3)
	if !h.begun {
		job, h.begun = append(job, host.Remove(h.name)), true
	}
	job = append(job, host.Append(h.name, b))
	h.unsynced++
	failpoint.Inject("bugSnapshotUnsynced", func(_ failpoint.Value) { h.unsynced, last = 0, false })
	if h.unsynced >= syncPieces || last {
		job, h.unsynced = append(job, host.Sync(h.name)), 0
	}
	h.log.queue.beside(beforePiece, job, done)
}

// Drop gives the snapshot up. What was asked of it before may still be acknowledged.
func (h *half) Drop() {
	if !h.dropped {
		h.dropped = true
		h.log.dropping++
		h.log.queue.beside(nil, host.Job{host.Remove(h.name)}, func(error) { h.log.dropping-- })
	}
}

// place gives the whole file its own name: from then on it is the newest snapshot.
func (h *half) place(meta *raftpb.SnapshotMetadata, bytes int64) []stage {
	l, name := h.log, fileName(h.index, snapshotSuffix)
	return []stage{
		{mark: beforeRename, job: host.Job{host.Rename(h.name, name), host.SyncDir()}, then: func() {
			l.snapshots, l.snapshotBytes = append(l.snapshots, h.index), bytes
			if h.index > l.memory.snapshot.GetMetadata().GetIndex() {
				l.memory.snapshot = &raftpb.Snapshot{Metadata: meta}
			}
		}},
		{mark: afterRename},
	}
}

// Saving is a snapshot that the node takes itself, on its way to the disk.
type Saving struct {
	half
	writer snapshotWriter
	meta   *raftpb.SnapshotMetadata
	head   []byte // goes with the first piece
}

// Save begins to keep a snapshot that the node takes itself. It becomes Snapshot() when it is finished; the log stays
// as it is until Compact. The caller gives meta away.
func (l *Log) Save(meta *raftpb.SnapshotMetadata) *Saving {
	index := meta.GetIndex()
	if index > l.memory.last() {
		panic(fmt.Sprintf("wal: snapshot %d is ahead of the log, which ends at %d", index, l.memory.last()))
	}
	s := &Saving{
		half:   half{log: l, index: index, name: fileName(index, halfSuffix)},
		writer: snapshotWriter{index: index}, meta: meta,
	}
	s.bendBegun()
	s.head = s.writer.header(meta)
	return s
}

// Add writes a piece of the snapshot's data, and keeps nothing of it. done is called when it is written, which is not
// to say durable.
func (s *Saving) Add(piece []byte, done func(error)) {
	l := s.log
	b := s.writer.piece(append(l.pieces[:0], s.head...), piece)
	s.head, l.pieces = nil, nil
	s.add(b, false, func(err error) {
		l.pieces = b
		done(err)
	})
}

// Finish ends the snapshot. done is called when it is durable and has its name, or when it was dropped meanwhile or is
// older than another.
func (s *Saving) Finish(done func(error)) {
	s.add(s.writer.end(s.head), true, func(err error) {
		if err != nil {
			done(err)
			return
		}
		s.log.queue.add(&task{dones: []func(error){done}, stages: func() []stage {
			if s.dropped || s.index <= s.log.durable() {
				return []stage{{job: host.Job{host.Remove(s.name)}}}
			}
			return s.place(s.meta, s.writer.offset)
		}})
	})
}

// Incoming is a snapshot's file that another node sends, on its way to the disk.
type Incoming struct {
	half
	reader snapshotReader
	bytes  int64
}

// Receive begins to take in the file of a snapshot.
func (l *Log) Receive(index uint64) *Incoming {
	return &Incoming{
		half:   half{log: l, index: index, name: fileName(index, incomingSuffix)},
		reader: snapshotReader{index: index},
	}
}

// Add takes the next bytes of the file, and hands the data in them to take, which must not keep it. An error says what
// is wrong with the bytes, or is take's; then nothing is written. done is called when they are written; when the file
// is Whole it is durable then.
func (in *Incoming) Add(b []byte, take func([]byte) error, done func(error)) error {
	if err := in.reader.add(b, take); err != nil {
		return err
	}
	in.bytes += int64(len(b))
	in.add(b, in.reader.ended, done)
	return nil
}

// Whole reports whether all of the file has come.
func (in *Incoming) Whole() bool { return in.reader.ended }

// Metadata is what the file says of the snapshot, nil as long as that has not come.
func (in *Incoming) Metadata() *raftpb.SnapshotMetadata { return in.reader.meta }

// Install puts a whole snapshot that came from the leader in the place of the log, and behind it what its append
// message has besides. The log on disk is given up only once the snapshot has its name. done is called when all is
// durable.
func (l *Log) Install(in *Incoming, hs *raftpb.HardState, entries []*raftpb.Entry, done func(error)) {
	meta := in.reader.meta
	if !in.reader.ended {
		panic(fmt.Sprintf("wal: snapshot %d is not whole", in.index))
	}
	if meta.GetIndex() <= l.memory.snapshot.GetMetadata().GetIndex() {
		panic(fmt.Sprintf("wal: snapshot %d is not newer than the one at %d", meta.GetIndex(),
			l.memory.snapshot.GetMetadata().GetIndex()))
	}
	l.adopt(meta)
	var records []record
	if r, ok := l.change(hs, entries); ok {
		records = append(records, r)
	}
	l.queue.add(&task{dones: []func(error){done}, stages: func() []stage {
		stages := in.place(meta, in.bytes)
		l.written.last, l.written.lastTerm = meta.GetIndex(), meta.GetTerm()
		l.written.hard = l.written.hard.raised(meta.GetIndex(), meta.GetTerm())
		old := len(l.segments)
		reset := l.appendStages(records, true, new(room))
		failpoint.Inject("bugLogResetFirst", func(_ failpoint.Value) { stages, reset = reset, stages })
		return append(append(stages, reset...), l.removeStage(old, meta.GetIndex()))
	}})
}
