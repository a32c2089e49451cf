package kv

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

// A snapshot is, with numbers as varints and texts behind their lengths:
//
//	magic, the revision, the compacted revision,
//	the leases by id, users and roles by name, alarms, members, each behind their number,
//	a 1 and a key for each key that has versions left, in their order, with its versions, the newest first,
//	a 0, and the CRC-32C of everything before as four bytes.
//
// It says itself where it ends. Equal states have equal bytes.
const snapshotMagic = "okv1"

// Snapshot is the state at one instant, written piece by piece while later entries are applied: the versions of then
// are still there, and a compaction waits with what it drops.
type Snapshot struct {
	s                   *Store
	revision, compacted int64
	head                []byte // written first
	last                string // the key that was written last
	begun, done         bool
	counted             bool // among those that are being taken
	sum                 uint32
}

// visitBytes is for how much of a piece one key counts that it looks at, whether it writes it or not.
const visitBytes = 32

// BeginSnapshot begins a snapshot of the state as it is now. Until it is done or dropped, a compaction drops nothing.
// There may be several at once.
func (s *Store) BeginSnapshot() *Snapshot {
	p := s.snapshotNow()
	p.counted = true
	s.taken++
	return p
}

func (s *Store) snapshotNow() *Snapshot {
	return &Snapshot{s: s, revision: s.revision, compacted: s.compacted, head: s.appendHead([]byte(snapshotMagic))}
}

// AppendSnapshot appends the whole state at once. A snapshot that is being taken is not in its way.
func (s *Store) AppendSnapshot(dst []byte) []byte {
	dst, _ = s.snapshotNow().append(dst, math.MaxInt, math.MaxInt)
	return dst
}

// Append appends the next piece of the snapshot, of about size bytes: a key with its versions is never divided. It
// reports whether there is more to come; a snapshot without more is done.
func (p *Snapshot) Append(dst []byte, size int) (piece []byte, more bool) {
	if piece, more = p.append(dst, size, max(1, size/visitBytes)); !more {
		p.Drop()
	}
	return piece, more
}

// Drop ends a snapshot, done or not: what a compaction has left for it goes, unless another needs it.
func (p *Snapshot) Drop() {
	if !p.counted {
		return
	}
	p.counted = false
	if p.s.taken--; p.s.taken == 0 {
		p.s.drop()
	}
}

func (p *Snapshot) append(dst []byte, size, visits int) ([]byte, bool) {
	start := len(dst)
	dst = append(dst, p.head...)
	p.head = nil
	p.done = true
	visit := func(k *key) bool {
		if p.begun && k.name == p.last {
			return true
		}
		if visits == 0 || len(dst)-start >= size {
			p.done = false
			return false
		}
		visits--
		dst = p.appendKey(dst, k)
		p.last, p.begun = k.name, true
		return true
	}
	p.s.sought.name = p.last
	p.s.keys.AscendGreaterOrEqual(&p.s.sought, visit)
	if p.done {
		dst = append(dst, 0)
	}
	p.sum = crc32.Update(p.sum, castagnoli, dst[start:])
	if p.done {
		dst = binary.BigEndian.AppendUint32(dst, p.sum)
	}
	return dst, !p.done
}

// appendKey writes a key, if it had any version left at the snapshot's instant.
func (p *Snapshot) appendKey(dst []byte, k *key) []byte {
	var list []*version
	k.each(p.compacted, func(v *version) bool {
		if v.mod <= p.revision {
			list = append(list, v)
		}
		return true
	})
	if len(list) == 0 {
		return dst
	}
	dst = append(dst, 1)
	dst = appendText(dst, k.name)
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, v := range list {
		for _, n := range []int64{v.mod, int64(v.sub), v.create, v.version, v.lease} {
			dst = binary.AppendVarint(dst, n)
		}
		dst = appendText(dst, v.value)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendHead writes everything but the keys.
func (s *Store) appendHead(b []byte) []byte {
	b = binary.AppendVarint(b, s.revision)
	b = binary.AppendVarint(b, s.compacted)
	leases := s.Leases()
	b = binary.AppendUvarint(b, uint64(len(leases)))
	for _, l := range leases {
		for _, n := range []int64{l.ID, l.TTL, l.Remaining} {
			b = binary.AppendVarint(b, n)
		}
	}
	b = s.auth.append(b)
	b = binary.AppendUvarint(b, uint64(len(s.alarms)))
	for _, a := range s.alarms {
		b = binary.AppendUvarint(b, a.MemberID)
		b = binary.AppendVarint(b, int64(a.Alarm))
	}
	return s.appendMembers(b)
}
