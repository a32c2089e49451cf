package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed is wrapped by every error about bytes that are not what they should be.
var ErrMalformed = errors.New("malformed bytes")

// ErrUnknownOp is wrapped when a request is of an operation that this package doesn't know. The answer to it is
// Unimplemented.
var ErrUnknownOp = errors.New("unknown operation")

// Decoder reads jute from any bytes. The first error sticks: what is read after it is zero.
type Decoder struct {
	rest []byte
	err  error
}

// NewDecoder makes a decoder of b. What it returns is copied: it doesn't keep b.
func NewDecoder(b []byte) *Decoder { return &Decoder{rest: b} }

// Err is the first error, which wraps ErrMalformed; or nil.
func (d *Decoder) Err() error { return d.err }

// Len is the number of bytes not read yet.
func (d *Decoder) Len() int { return len(d.rest) }

// Int32 reads a jute int.
func (d *Decoder) Int32() int32 {
	if b := d.take(4, "an int"); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

// Int64 reads a jute long.
func (d *Decoder) Int64() int64 {
	if b := d.take(8, "a long"); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

// Bool reads a jute boolean: as in Java, every byte but 0 is true.
func (d *Decoder) Bool() bool {
	b := d.take(1, "a boolean")
	return b != nil && b[0] != 0
}

// Buffer reads a jute buffer: nil for null.
func (d *Decoder) Buffer() []byte {
	n := d.count("buffer", 1)
	if n < 0 {
		return nil
	}
	return append([]byte{}, d.take(n, "a buffer")...)
}

// String reads a jute ustring: "" for null. The bytes are kept as they are, UTF-8 or not.
func (d *Decoder) String() string {
	n := d.count("string", 1)
	if n <= 0 {
		return ""
	}
	return string(d.take(n, "a string"))
}

// strings reads a vector of ustrings: nil for none.
func (d *Decoder) strings() []string {
	n := d.count("vector of strings", 4)
	if n <= 0 {
		return nil
	}
	list := make([]string, 0, n)
	for range n {
		list = append(list, d.String())
	}
	return list
}

// ACLs reads a vector of ACL entries: nil for none.
func (d *Decoder) ACLs() []ACL {
	n := d.count("vector of ACL entries", 12)
	if n <= 0 {
		return nil
	}
	list := make([]ACL, 0, n)
	for range n {
		list = append(list, ACL{Perms: d.Int32(), ID: d.id()})
	}
	return list
}

// IDs reads a vector of ids: nil for none.
func (d *Decoder) IDs() []ID {
	n := d.count("vector of ids", 8)
	if n <= 0 {
		return nil
	}
	list := make([]ID, 0, n)
	for range n {
		list = append(list, d.id())
	}
	return list
}

// id reads an id. That of everybody, which is in most lists, takes no memory.
func (d *Decoder) id() ID {
	if rest, ok := bytes.CutPrefix(d.rest, everybody); ok && d.err == nil {
		d.rest = rest
		return ID{Scheme: "world", ID: "anyone"}
	}
	return ID{Scheme: d.String(), ID: d.String()}
}

// everybody is the id world:anyone as jute.
var everybody = []byte("\x00\x00\x00\x05world\x00\x00\x00\x06anyone")

// Stat reads a Stat.
func (d *Decoder) Stat() Stat {
	return bendStat(Stat{
		Czxid: d.Int64(), Mzxid: d.Int64(),
		Ctime: d.Int64(), Mtime: d.Int64(),
		Version: d.Int32(), Cversion: d.Int32(), Aversion: d.Int32(),
		EphemeralOwner: d.Int64(),
		DataLength:     d.Int32(), NumChildren: d.Int32(),
		Pzxid: d.Int64(),
	})
}

// count reads a length and checks that so many elements of size bytes or more can follow, before anybody allocates
// for them. Null, and an error, are -1.
func (d *Decoder) count(what string, size int) int {
	n := int(d.Int32())
	switch {
	case d.err != nil:
		return -1
	case n < -1:
		d.fail("the length of a %s is negative: %d", what, n)
		return -1
	case n > len(d.rest)/size:
		d.fail("the length of a %s is %d, with %d bytes left", what, n, len(d.rest))
		return -1
	}
	return n
}

func (d *Decoder) take(n int, what string) []byte {
	if d.err != nil {
		return nil
	}
	if n > len(d.rest) {
		d.fail("%s needs %d bytes, with %d left", what, n, len(d.rest))
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *Decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
		d.rest = nil
	}
}
