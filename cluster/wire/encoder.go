package wire

import "encoding/binary"

// Encoder appends jute: big-endian integers, one byte for a boolean, a length in front of bytes and lists. The zero
// value is ready.
type Encoder struct{ buf []byte }

// usualBytes is room enough for most frames: to grow by and by costs more than a few bytes too many.
const usualBytes = 112

// NewEncoder makes an encoder that appends to dst.
func NewEncoder(dst []byte) *Encoder { return &Encoder{buf: dst} }

// Bytes returns everything appended so far. It is valid until the next call on the encoder.
func (e *Encoder) Bytes() []byte { return e.buf }

// Raw appends bytes that are jute already.
func (e *Encoder) Raw(b []byte) { e.buf = append(e.buf, b...) }

// Int32 appends a jute int.
func (e *Encoder) Int32(v int32) { e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(v)) }

// Int64 appends a jute long.
func (e *Encoder) Int64(v int64) { e.buf = binary.BigEndian.AppendUint64(e.buf, uint64(v)) }

// Bool appends a jute boolean.
func (e *Encoder) Bool(v bool) {
	if v {
		e.buf = append(e.buf, 1)
	} else {
		e.buf = append(e.buf, 0)
	}
}

// Buffer appends a jute buffer. Nil is null, which the other side can tell from empty.
func (e *Encoder) Buffer(b []byte) {
	if b == nil {
		e.Int32(-1)
		return
	}
	e.Int32(int32(len(b)))
	e.buf = append(e.buf, b...)
}

// String appends a jute ustring.
func (e *Encoder) String(s string) {
	e.Int32(int32(len(s)))
	e.buf = append(e.buf, s...)
}

// strings appends a vector of ustrings. No elements are an empty vector, never null: ZooKeeper's server fails on null.
func (e *Encoder) strings(list []string) {
	e.Int32(int32(len(list)))
	for _, s := range list {
		e.String(s)
	}
}

// ACLs appends a vector of ACL entries.
func (e *Encoder) ACLs(list []ACL) {
	e.Int32(int32(len(list)))
	for _, a := range list {
		e.Int32(a.Perms)
		e.String(a.ID.Scheme)
		e.String(a.ID.ID)
	}
}

// IDs appends a vector of ids.
func (e *Encoder) IDs(list []ID) {
	e.Int32(int32(len(list)))
	for _, id := range list {
		e.String(id.Scheme)
		e.String(id.ID)
	}
}

// Stat appends a Stat.
func (e *Encoder) Stat(s Stat) {
	s = bendStat(s)
	e.Int64(s.Czxid)
	e.Int64(s.Mzxid)
	e.Int64(s.Ctime)
	e.Int64(s.Mtime)
	e.Int32(s.Version)
	e.Int32(s.Cversion)
	e.Int32(s.Aversion)
	e.Int64(s.EphemeralOwner)
	e.Int32(s.DataLength)
	e.Int32(s.NumChildren)
	e.Int64(s.Pzxid)
}
