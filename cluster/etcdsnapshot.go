package cluster

import (
	"crypto/sha256"
	"hash"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// A snapshot of the keys for a client: the store as it is when the call comes, and the SHA-256 of that. It is sent a
// few pieces at a time while the log goes on, as fast as the client reads it. Every piece says how much is left, so it
// is walked twice.

// What it is sent in: pieces, of a whole that is a multiple of pages. etcd's clients tell by that whether the sum
// behind it came too.
const (
	snapshotPiece = 32 << 10
	snapshotPage  = 512
)

const (
	// snapshotStep is how much is walked at a tick, in bytes, and snapshotAhead how much is kept for a client that has not
	// read it.
	snapshotStep  = 8 << 20
	snapshotAhead = 8 << 20
	// snapshotWalk is about how much the store is asked for at a time.
	snapshotWalk = 64 << 10
	// snapshotPatience is how long a client may read nothing, in TickTimes: compactions wait for it.
	snapshotPatience = 60
)

// keysSnapshot is a snapshot that is being sent.
type keysSnapshot struct {
	measured, read *kv.Snapshot // two walks over the store of one instant; each nil when it is done
	left           int          // to send; while it is measured, what was found so far
	room, rest     []byte       // what was read and not sent, and the memory of it
	sum            hash.Hash
	movedAt        uint64 // tick
}

func (s *keysSnapshot) drop() {
	for _, p := range []*kv.Snapshot{s.measured, s.read} {
		if p != nil {
			p.Drop()
		}
	}
	s.measured, s.read = nil, nil
}

func (c *EtcdCall) beginSnapshot() {
	store := c.n.keys()
	c.snapshot = &keysSnapshot{
		measured: store.BeginSnapshot(), read: store.BeginSnapshot(), sum: sha256.New(), movedAt: c.n.ticks,
	}
	c.sendSnapshot()
}

// tickSnapshot goes on with a snapshot, or gives it up when the client reads nothing of it.
func (c *EtcdCall) tickSnapshot() {
	if c.n.ticks-c.snapshot.movedAt > snapshotPatience*raftTicksPerTick {
		c.fail(etcdwire.Status{Code: etcdwire.Unavailable, Text: "etcdserver: the snapshot is not read"})
		return
	}
	c.sendSnapshot()
}

// sendSnapshot sends as much as is due at once.
func (c *EtcdCall) sendSnapshot() {
	s := c.snapshot
	budget := s.measure(snapshotStep)
	for s.measured == nil && s.left > 0 && budget > 0 && c.sink.Backlog() < snapshotAhead {
		blob := s.next()
		budget -= len(blob)
		s.movedAt = c.n.ticks
		c.sendBlob(blob, s.left)
	}
	if s.measured != nil {
		s.movedAt = c.n.ticks
	} else if s.left == 0 {
		c.sendBlob(s.sum.Sum(nil), 0)
		c.finish()
		c.sink.End(etcdwire.Status{})
	}
}

func (c *EtcdCall) sendBlob(blob []byte, left int) {
	c.sink.Send(etcdwire.Append(nil, &etcdwire.SnapshotResponse{
		RemainingBytes: uint64(left), Blob: blob, Version: storageVersion,
	}))
}

// measure goes on to find how large the whole is, by about so many bytes. It returns what is left of them.
func (s *keysSnapshot) measure(budget int) (left int) {
	for more := true; s.measured != nil && budget > 0; {
		s.room, more = s.measured.Append(s.room[:0], snapshotWalk)
		s.left += len(s.room)
		budget -= len(s.room)
		if !more {
			s.left += padding(s.left)
			s.measured = nil
		}
	}
	return budget
}

// padding is what is missing to whole pages.
func padding(size int) int { return (snapshotPage - size%snapshotPage) % snapshotPage }

// next is the next piece, which is good until the call after it.
func (s *keysSnapshot) next() []byte {
	if s.read != nil && len(s.rest) < snapshotPiece {
		s.room = append(s.room[:0], s.rest...)
		for more := true; s.read != nil && len(s.room) < snapshotPiece; {
			if s.room, more = s.read.Append(s.room, snapshotWalk); !more {
				s.room = append(s.room, make([]byte, s.left-len(s.room))...)
				s.read = nil
			}
		}
		s.rest = s.room
	}
	blob := s.rest[:min(snapshotPiece, len(s.rest))]
	s.rest = s.rest[len(blob):]
	s.left -= len(blob)
	s.sum.Write(blob)
	return blob
}
