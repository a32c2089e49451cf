package kv

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"

	"ordeal/cluster/etcdwire"
)

// The state's hash is a sum over what is in it, so that a change costs what it changes.

// Seeds tell apart what is hashed.
const (
	seedVersion uint64 = 0x6b76_0001
	seedLease   uint64 = 0x6b76_0002
	seedState   uint64 = 0x6b76_0003
	seedText    uint64 = 0x6b76_0004
)

func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	h = (h ^ h>>29) * 0xbf58476d1ce4e5b9
	return h ^ h>>32
}

func hashText(s string) uint64 {
	h := mix(seedText, uint64(len(s)))
	for ; len(s) >= 8; s = s[8:] {
		h = mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|
			uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
	}
	var tail uint64
	for i := range len(s) {
		tail |= uint64(s[i]) << (8 * i)
	}
	return mix(h, tail)
}

func (v *version) hash() uint64 {
	h := mix(mix(seedVersion, hashText(v.of.name)), hashText(v.value))
	for _, n := range []int64{v.mod, int64(v.sub), v.create, v.version, v.lease} {
		h = mix(h, uint64(n))
	}
	return h
}

func (l *lease) hash() uint64 {
	return mix(mix(mix(seedLease, uint64(l.id)), uint64(l.ttl)), uint64(l.remaining))
}

// Hash is equal for equal states and, but for a chance of 2^-64, only for those.
func (s *Store) Hash() uint64 {
	h := mix(mix(mix(seedState, s.sum), s.leases.sum), s.auth.sum)
	h = mix(mix(h, uint64(s.revision)), uint64(s.compacted))
	for _, a := range s.alarms {
		h = mix(mix(h, a.MemberID), uint64(a.Alarm))
	}
	for i := range s.members {
		h = mix(h, hashText(string(etcdwire.Append(nil, &s.members[i]))))
	}
	return h
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// HashKV is etcd's hash of all versions up to a revision, 0 for the current one: two servers, and an etcd, that have
// the same history and compacted it at the same revision have the same.
func (s *Store) HashKV(revision int64) (uint32, etcdwire.Status) {
	switch {
	case revision > 0 && revision < s.compacted:
		return 0, etcdwire.ErrCompacted
	case revision > s.revision:
		return 0, etcdwire.ErrFutureRev
	case revision == 0:
		revision = s.revision
	}
	list := s.hashed(revision)
	slices.SortFunc(list, func(a, b *version) int { return a.order(b) })
	h := crc32.Update(0, castagnoli, []byte("key"))
	var b []byte
	for _, v := range list {
		b = v.appendStored(b[:0])
		h = crc32.Update(h, castagnoli, b)
	}
	return h, etcdwire.Status{}
}

// hashed are the versions that HashKV is about: those behind the compacted revision and, of those up to it, the ones
// that are still there at the revision; or all, if no key is there then.
func (s *Store) hashed(revision int64) []*version {
	var list, old []*version
	shown := false
	s.keys.Ascend(func(k *key) bool {
		newest := true // of those up to the revision
		k.each(s.compacted, func(v *version) bool {
			if v.mod > revision {
				return true
			}
			there := newest && !v.deleted()
			newest, shown = false, shown || there
			switch {
			case v.mod > s.compacted || there:
				list = append(list, v)
			case !v.deleted():
				old = append(old, v)
			}
			return true
		})
		return true
	})
	if !shown {
		list = append(list, old...)
	}
	return list
}

// order is that in which versions were made.
func (v *version) order(w *version) int {
	return cmp.Or(cmp.Compare(v.mod, w.mod), cmp.Compare(v.sub, w.sub))
}

// appendStored is a version as etcd's file has it: its place, and itself.
func (v *version) appendStored(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(v.mod))
	b = append(b, '_')
	b = binary.BigEndian.AppendUint64(b, uint64(v.sub))
	kv := v.kv()
	if v.deleted() {
		b = append(b, 't')
		kv = etcdwire.KeyValue{Key: kv.Key}
	}
	return etcdwire.Append(b, &kv)
}
