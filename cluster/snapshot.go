package cluster

import (
	"errors"
	"fmt"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/kv"
	"ordeal/cluster/tree"
	"ordeal/cluster/wal"
)

// A snapshot is taken piece by piece while the log goes on: the tree keeps what changes before its turn as it was. The
// next piece is encoded when the one before has been written, so the disk sets the pace, and clients wait for one piece
// at most. No snapshot is ever in memory as a whole.

// snapshots keeps account of the snapshots that this node saves.
type snapshots struct {
	// index is the newest one's; it may not be durable yet.
	index uint64
	// bytes is what was applied since, of the log.
	bytes int64
	// making is the one that is being saved, or nil; doneAt is what was applied when the last one was done.
	making *making
	doneAt uint64
	// room is the memory that pieces are made in, one after the other.
	room []byte
	// shown is the newest durable one, for operators.
	shown SavedSnapshot
}

// making is a snapshot that is being saved.
type making struct {
	zxid   int64
	head   []byte       // of the state, which goes with the first piece
	keys   *kv.Snapshot // nil when they are written, or if there are none
	tree   *tree.Snapshot
	saving *wal.Saving
	// movedAt is the tick at which its last piece was begun.
	movedAt uint64
}

// maybeSnapshot begins to save the state when enough was applied since the last time.
func (n *Node) maybeSnapshot() {
	if n.snapshots.making == nil && (n.muchApplied() || n.snapshotLacksConf()) {
		n.saveSnapshot()
	}
}

// muchApplied says that enough entries were applied since the newest snapshot, or enough bytes of them: the log is in
// memory until there is another.
func (n *Node) muchApplied() bool {
	if n.state.index-n.snapshots.index >= n.config.SnapshotEvery {
		return true
	}
	if n.snapshots.bytes < n.config.SnapshotBytes {
		return false
	}
	_, size := n.log.Sizes()
	return n.snapshots.bytes >= size
}

// setSnapshot notes which snapshot is the newest.
func (n *Node) setSnapshot(index uint64) { n.snapshots.index, n.snapshots.bytes = index, 0 }

// snapshotLacksConf says that the ensemble began to change after the newest snapshot; see raftStorage.
func (n *Node) snapshotLacksConf() bool { return n.snapshots.index < n.state.confIndex }

func (n *Node) saveSnapshot() {
	failpoint.InjectCall("snapshotBeforeSave", n.host.Self())
	n.setSnapshot(n.state.index)
	term := n.state.term
	failpoint.Inject("bugSnapshotOfNewTerm", func(_ failpoint.Value) { term = n.role.term })
	m := &making{
		zxid: n.state.tree.Zxid(), head: n.state.appendHead(nil), tree: n.state.tree.BeginSnapshot(),
		saving: n.log.Save(&raftpb.SnapshotMetadata{
			ConfState: n.confState(), Index: proto.Uint64(n.state.index), Term: proto.Uint64(term),
		}),
	}
	if n.state.kv != nil {
		m.keys = n.state.kv.BeginSnapshot()
	}
	n.snapshots.making = m
	n.savePiece(m)
}

// savePiece writes the next piece, and goes on when it is written.
func (n *Node) savePiece(m *making) {
	piece, more := m.next(n.snapshots.room[:0], n.config.SnapshotPieceBytes)
	n.snapshots.room = piece
	m.movedAt = n.ticks
	m.saving.Add(piece, func(err error) {
		n.mustPersist(err)
		if more && n.snapshots.making == m {
			n.savePiece(m)
		}
	})
	if !more {
		m.saving.Finish(func(err error) { n.saved(m, err) })
	}
}

// next appends the next piece: first of the keys, then of the tree.
func (m *making) next(dst []byte, size int) (piece []byte, more bool) {
	dst, m.head = append(dst, m.head...), nil
	if m.keys == nil {
		return m.tree.Append(dst, size)
	}
	if piece, more = m.keys.Append(dst, size); !more {
		m.keys = nil
	}
	return piece, true
}

// keepShare is which part of SnapshotBytes the entries may have that stay behind a snapshot.
const keepShare = 4

// saved is called when a snapshot is durable. Now the log may forget what the snapshot holds.
func (n *Node) saved(m *making, err error) {
	n.mustPersist(err)
	if n.snapshots.making != m {
		return
	}
	n.snapshots.making, n.snapshots.doneAt = bendSaved(m), n.state.index
	n.snapshots.shown = SavedSnapshot{Zxid: m.zxid, SavedMs: n.wallMs()}
	n.log.Compact(n.config.KeepEntries, n.config.SnapshotBytes/keepShare)
	n.did(Compacted)
	if n.snapshotLacksConf() {
		// Not with the next entry that is applied: there may be none before this one has been sent; see raftStorage.
		n.saveSnapshot()
	}
}

// giveUpSaving ends the snapshot that is being saved, if there is one: another has taken the state's place.
func (n *Node) giveUpSaving() {
	if m := n.snapshots.making; m != nil {
		m.tree.Drop()
		if m.keys != nil {
			m.keys.Drop()
		}
		m.saving.Drop()
		n.snapshots.making = nil
	}
}

// confState is raft's configuration at the newest entry that was applied.
func (n *Node) confState() *raftpb.ConfState {
	if n.state.conf != nil {
		return proto.Clone(n.state.conf).(*raftpb.ConfState)
	}
	_, conf, _ := n.log.InitialState()
	return conf
}

// SavedSnapshot is the newest snapshot on a node's disk.
type SavedSnapshot struct {
	Zxid int64
	// SavedMs is the time of day at which it was saved, since 1970; −1 for one that was there when the node booted.
	SavedMs int64
}

// SnapshotPieces is in about how many pieces the newest snapshot on the disk is sent to another server.
func (n *Node) SnapshotPieces() int {
	_, size := n.log.Sizes()
	return int(size) / n.config.SnapshotPieceBytes
}

// NewestSnapshot tells of the newest snapshot on the disk.
func (n *Node) NewestSnapshot() SavedSnapshot { return n.snapshots.shown }

// stateLoader makes a state of a snapshot's data, which comes in pieces. The first piece has the head as a whole.
type stateLoader struct {
	state *state
	keys  *kv.Loader // nil when they are read, or if there are none
	tree  *tree.Loader
}

func (l *stateLoader) add(piece []byte) error {
	if l.state == nil {
		s, rest, err := decodeHead(piece)
		if err != nil {
			return err
		}
		l.state, l.tree, piece = s, tree.NewLoader(), rest
		if s.kv != nil {
			l.keys = kv.NewLoader()
		}
	}
	if l.keys != nil {
		behind, done, err := l.keys.Add(piece)
		if err == nil && done {
			l.state.kv, err = l.keys.Store()
			l.keys = nil
		}
		if err != nil {
			return fmt.Errorf("cluster: the keys of a snapshot: %w", err)
		}
		piece = behind
	}
	if err := l.tree.Add(piece); err != nil {
		return fmt.Errorf("cluster: the tree of a snapshot: %w", err)
	}
	return nil
}

// end is the state that was loaded. The snapshot of a new ensemble is empty.
func (l *stateLoader) end(meta *raftpb.SnapshotMetadata) (*state, error) {
	if l.state == nil {
		s := newState()
		s.index, s.term = meta.GetIndex(), meta.GetTerm()
		return s, nil
	}
	if l.keys != nil {
		return nil, errors.New("cluster: a snapshot ends within its keys")
	}
	t, err := l.tree.Tree()
	if err != nil {
		return nil, fmt.Errorf("cluster: the tree of a snapshot: %w", err)
	}
	l.state.tree = t
	return l.state, nil
}
