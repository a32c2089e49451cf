package tree

import "encoding/binary"

// The hash of a state is a sum over its parts, so that a change costs the parts that changed. Integers only: equal on
// every machine.

// Seeds keep parts of different kinds apart, and null data from empty data.
const (
	seedState   uint64 = 0x6f726465616c0001
	seedNode    uint64 = 0x6f726465616c0002
	seedSession uint64 = 0x6f726465616c0003
	seedBytes   uint64 = 0x6f726465616c0004
	seedNull    uint64 = 0x6f726465616c0005
)

// mix is a bijection of v for every h, and of h for every v.
func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	h = (h ^ h>>29) * 0xbf58476d1ce4e5b9
	return h ^ h>>32
}

func hashBytes(b []byte) uint64 {
	if b == nil {
		return seedNull
	}
	h := mix(seedBytes, uint64(len(b)))
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h, binary.LittleEndian.Uint64(b))
	}
	var tail uint64
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	return mix(h, tail)
}

// Hash is equal for equal states and, but for a chance of 2^-64, only for those. It covers every znode's path, data
// and Stat, the sessions, SessionsEnded and Zxid.
func (t *Tree) Hash() uint64 {
	h := mix(seedState, t.sum)
	h = mix(h, uint64(t.zxid))
	return mix(h, t.sessionsEnded)
}
