package cluster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/kv"
	"ordeal/cluster/tree"
)

// state is everything that the log decides: the same on every node at the same index.
type state struct {
	tree *tree.Tree
	// kv are the keys of etcd's API, nil until the log has something of them.
	kv *kv.Store
	// cursors says, by server, how far its requests have been applied. Sorted by server.
	cursors []cursor
	// epoch and counter are together the zxid of the newest transaction. The epoch is the term of that, or a later one:
	// it goes up by one when the counter is at its end. The counter is how many transactions there were in the epoch.
	epoch, counter uint64
	// index and term are the newest applied entry's.
	index, term uint64
	// chain is a hash over every applied entry: equal chains at an index mean equal logs up to there.
	chain uint64
	// next is the change of the ensemble that is under way, or nil. conf is raft's configuration, nil for that of the
	// founding; confIndex is the entry at which it last began to change.
	next      *change
	conf      *raftpb.ConfState
	confIndex uint64
	// known is the hash of the state at index knownAt: nothing but an entry changes the state.
	known, knownAt uint64
}

// cursor is the newest request of a server that was applied.
type cursor struct{ server, incarnation, seq uint64 }

func newState() *state { return &state{tree: tree.New()} }

// advance notes that an entry was applied, whatever it held.
func (s *state) advance(index, term uint64, data []byte) {
	if index != s.index+1 {
		panic(fmt.Sprintf("cluster: entry %d applied behind entry %d", index, s.index))
	}
	s.index, s.term = index, term
	s.chain = mix(mix(mix(s.chain, index), term), checksum(data))
}

// nextZxid gives a transaction in an entry of the given term its place in the order of writes. The counter has 32
// bits. Behind the last transaction of an epoch begins another, in the same term; the terms that it has overtaken go
// on in it.
func (s *state) nextZxid(term uint64) int64 {
	switch {
	case term > s.epoch:
		s.epoch, s.counter = term, 0
	case s.counter == math.MaxUint32 && !bendOverflow():
		s.epoch, s.counter = s.epoch+1, 0
	}
	s.counter++
	return int64(s.epoch<<32 | s.counter)
}

// cursorOf is how far a server's requests have been applied; zero for a server that never sent one.
func (s *state) cursorOf(server uint64) cursor {
	if i, ok := s.findCursor(server); ok {
		return s.cursors[i]
	}
	return cursor{server: server}
}

// admit reports whether a request is the next of its server, and if so moves the cursor past it. A request that is
// not was repeated, or overtaken by one of a later boot: it must do nothing.
func (s *state) admit(c command) bool {
	at := s.cursorOf(c.server)
	if c.incarnation > at.incarnation {
		at.incarnation, at.seq = c.incarnation, 0
	}
	if c.incarnation < at.incarnation || c.seq != at.seq+1 {
		return c.bendAgain(at)
	}
	at.seq = c.seq
	if i, ok := s.findCursor(c.server); ok {
		s.cursors[i] = at
	} else {
		s.cursors = slices.Insert(s.cursors, i, at)
	}
	return true
}

func (s *state) findCursor(server uint64) (int, bool) {
	return slices.BinarySearchFunc(s.cursors, server, func(c cursor, id uint64) int {
		switch {
		case c.server < id:
			return -1
		case c.server > id:
			return 1
		}
		return 0
	})
}

// hash is equal on two nodes exactly if their states are.
func (s *state) hash() uint64 {
	if s.knownAt == s.index && s.index > 0 {
		return s.known
	}
	h := mix(mix(s.tree.Hash(), s.epoch), s.counter)
	for _, c := range s.cursors {
		h = mix(mix(mix(h, c.server), c.incarnation), c.seq)
	}
	if s.changed() {
		h = mix(h, checksum(s.appendEnsemble(nil)))
	}
	if s.kv != nil {
		h = mix(h, s.kv.Hash())
	}
	s.known, s.knownAt = h, s.index
	return h
}

// Versions of a snapshot: that of an ensemble as it was founded, and that of one that was changed.
const (
	snapshotFounded = 1
	snapshotChanged = 2
	// snapshotWithKeys is added to both when there are keys: they come before the tree.
	snapshotWithKeys = 2
)

// changed reports whether the ensemble was ever changed, or is about to be.
func (s *state) changed() bool { return s.next != nil || s.conf != nil }

// encode writes the whole state at once, for a backup.
func (s *state) encode() []byte {
	b := s.appendHead(nil)
	if s.kv != nil {
		b = s.kv.AppendSnapshot(b)
	}
	return s.tree.AppendSnapshot(b)
}

// appendHead writes what comes before the keys and the tree in a snapshot.
func (s *state) appendHead(b []byte) []byte {
	failpoint.Inject("bugChangeNotInSnapshot", func(_ failpoint.Value) {
		without := *s
		without.next = nil
		s = &without
	})
	version := byte(snapshotFounded)
	if s.changed() {
		version = snapshotChanged
	}
	if s.kv != nil {
		version += snapshotWithKeys
	}
	b = append(b, version)
	cursors := bendCursors(s.cursors)
	for _, v := range []uint64{s.epoch, s.counter, s.index, s.term, s.chain, uint64(len(cursors))} {
		b = binary.AppendUvarint(b, v)
	}
	for _, c := range cursors {
		b = binary.AppendUvarint(b, c.server)
		b = binary.AppendUvarint(b, c.incarnation)
		b = binary.AppendUvarint(b, c.seq)
	}
	if s.changed() {
		b = s.appendEnsemble(b)
	}
	return b
}

// decodeState reads what encode wrote. An error says that the bytes are no snapshot of this version.
func decodeState(b []byte) (*state, error) {
	var l stateLoader
	if err := l.add(b); err != nil {
		return nil, err
	}
	return l.end(nil)
}

// decodeHead reads what appendHead wrote, and returns what is behind it.
func decodeHead(b []byte) (*state, []byte, error) {
	r := reader{b: b}
	version := r.byte()
	if version < snapshotFounded || version > snapshotChanged+snapshotWithKeys {
		return nil, nil, fmt.Errorf("cluster: a snapshot of version %d, and %d is the newest known", version,
			snapshotChanged+snapshotWithKeys)
	}
	keys := version > snapshotChanged
	if keys {
		version -= snapshotWithKeys
	}
	s := &state{epoch: r.uvarint(), counter: r.uvarint(), index: r.uvarint(), term: r.uvarint(), chain: r.uvarint()}
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		s.cursors = append(s.cursors, cursor{r.uvarint(), r.uvarint(), r.uvarint()})
	}
	if version == snapshotChanged {
		s.readEnsemble(&r)
	}
	if keys {
		s.kv = kv.New() // until it is read
	}
	if r.bad {
		return nil, nil, errors.New("cluster: a snapshot that ends too early")
	}
	return s, r.b, nil
}

// mix folds v into h; order counts.
func mix(h, v uint64) uint64 {
	h ^= v
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>29
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(data []byte) uint64 { return uint64(crc32.Checksum(data, castagnoli)) }
