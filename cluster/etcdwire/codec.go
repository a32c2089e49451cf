package etcdwire

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is a message of one of the services. Each tells its fields once, in walk, to whoever writes or reads it.
type Message interface{ walk(c *codec) }

// ErrMalformed says that bytes are no message, or no frame.
var ErrMalformed = errors.New("malformed")

// depthMax is how deep messages may be nested.
const depthMax = 1000

// Append appends a message's bytes.
func Append(dst []byte, m Message) []byte {
	c := codec{out: dst}
	m.walk(&c)
	return c.out
}

// Decode reads a message into m, which is the zero one. It keeps b. An error wraps ErrMalformed.
func Decode(b []byte, m Message) error {
	c := codec{decoding: true}
	c.read(b, m)
	return c.err
}

// codec writes the fields of a message, or reads one of them: a message is walked once for each field that has come.
type codec struct {
	out      []byte
	decoding bool
	depth    int

	number protowire.Number
	kind   protowire.Type
	value  uint64
	bytes  []byte
	err    error
}

// read reads the fields of a message, one after the other.
func (c *codec) read(b []byte, m Message) {
	if c.depth++; c.depth > depthMax {
		c.fail("messages are nested too deep")
	}
	for len(b) > 0 && c.err == nil {
		if b = c.next(b); c.err == nil {
			m.walk(c)
		}
	}
	c.depth--
}

// next reads a field's number and value, and returns what is behind it.
func (c *codec) next(b []byte) []byte {
	number, kind, n := protowire.ConsumeTag(b)
	if n < 0 {
		return c.fail("a field has no number")
	}
	b = b[n:]
	c.number, c.kind = number, kind
	switch kind {
	case protowire.VarintType:
		c.value, n = protowire.ConsumeVarint(b)
	case protowire.BytesType:
		c.bytes, n = protowire.ConsumeBytes(b)
	default:
		n = protowire.ConsumeFieldValue(number, kind, b)
	}
	if n < 0 {
		return c.fail("field %d ends too early", number)
	}
	return b[n:]
}

func (c *codec) fail(format string, args ...any) []byte {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
	return nil
}

// has reports whether the field that is being read is this one.
func (c *codec) has(number protowire.Number, kind protowire.Type) bool {
	if c.number != number {
		return false
	}
	if c.kind != kind {
		c.fail("field %d is of the wrong kind", number)
		return false
	}
	return true
}

func (c *codec) tag(number protowire.Number, kind protowire.Type) {
	c.out = protowire.AppendTag(c.out, number, kind)
}

func (c *codec) uint64(number protowire.Number, v *uint64) {
	switch {
	case c.decoding:
		if c.has(number, protowire.VarintType) {
			*v = c.value
		}
	case *v != 0:
		c.tag(number, protowire.VarintType)
		c.out = protowire.AppendVarint(c.out, *v)
	}
}

func (c *codec) int64(number protowire.Number, v *int64) {
	u := uint64(*v)
	c.uint64(number, &u)
	*v = int64(u)
}

func (c *codec) uint32(number protowire.Number, v *uint32) {
	u := uint64(*v)
	c.uint64(number, &u)
	*v = uint32(u)
}

func (c *codec) bool(number protowire.Number, v *bool) {
	var u uint64
	if *v {
		u = 1
	}
	c.uint64(number, &u)
	*v = u != 0
}

// enum is for a type of words, which are numbers on the wire.
func enum[E ~int32](c *codec, number protowire.Number, v *E) {
	u := uint64(int64(*v))
	c.uint64(number, &u)
	*v = E(u)
}

// enums is for a list of them, which is packed and need not be.
func enums[E ~int32](c *codec, number protowire.Number, list *[]E) {
	if !c.decoding {
		if len(*list) == 0 {
			return
		}
		var packed []byte
		for _, v := range *list {
			packed = protowire.AppendVarint(packed, uint64(int64(v)))
		}
		c.tag(number, protowire.BytesType)
		c.out = protowire.AppendBytes(c.out, packed)
		return
	}
	switch {
	case c.number != number:
	case c.kind == protowire.VarintType:
		*list = append(*list, E(c.value))
	case c.has(number, protowire.BytesType):
		for b := c.bytes; len(b) > 0; {
			v, n := protowire.ConsumeVarint(b)
			if n < 0 {
				c.fail("field %d ends too early", number)
				return
			}
			*list, b = append(*list, E(v)), b[n:]
		}
	}
}

func (c *codec) data(number protowire.Number, v *[]byte) {
	switch {
	case c.decoding:
		if c.has(number, protowire.BytesType) {
			*v = c.bytes
		}
	case len(*v) != 0:
		c.tag(number, protowire.BytesType)
		c.out = protowire.AppendBytes(c.out, *v)
	}
}

func (c *codec) string(number protowire.Number, v *string) {
	switch {
	case c.decoding:
		if c.has(number, protowire.BytesType) {
			*v = string(c.bytes)
		}
	case *v != "":
		c.tag(number, protowire.BytesType)
		c.out = protowire.AppendString(c.out, *v)
	}
}

func (c *codec) strings(number protowire.Number, list *[]string) {
	if c.decoding {
		if c.has(number, protowire.BytesType) {
			*list = append(*list, string(c.bytes))
		}
		return
	}
	for _, v := range *list {
		c.tag(number, protowire.BytesType)
		c.out = protowire.AppendString(c.out, v)
	}
}

func (c *codec) datas(number protowire.Number, list *[][]byte) {
	if c.decoding {
		if c.has(number, protowire.BytesType) {
			*list = append(*list, c.bytes)
		}
		return
	}
	for _, v := range *list {
		c.tag(number, protowire.BytesType)
		c.out = protowire.AppendBytes(c.out, v)
	}
}

// pointer is a Message that *T is.
type pointer[T any] interface {
	*T
	Message
}

// sub is for a message within a message; nil is none.
func sub[T any, P pointer[T]](c *codec, number protowire.Number, at **T) {
	if c.decoding {
		if c.has(number, protowire.BytesType) {
			if *at == nil {
				*at = new(T)
			}
			c.within(P(*at))
		}
		return
	}
	if *at != nil {
		c.write(number, P(*at))
	}
}

// subs is for a list of messages.
func subs[T any, P pointer[T]](c *codec, number protowire.Number, list *[]T) {
	if c.decoding {
		if c.has(number, protowire.BytesType) {
			*list = append(*list, *new(T))
			c.within(P(&(*list)[len(*list)-1]))
		}
		return
	}
	for i := range *list {
		c.write(number, P(&(*list)[i]))
	}
}

// choice is for a message that is one of several: what was chosen before is dropped by drop.
func choice[T any, P pointer[T]](c *codec, number protowire.Number, at **T, drop func()) {
	if c.decoding && c.number == number {
		drop()
	}
	sub[T, P](c, number, at)
}

// within reads the message that the field holds. The field's own number is that of the walk under way, which goes on.
func (c *codec) within(m Message) {
	number, kind, b := c.number, c.kind, c.bytes
	c.read(b, m)
	c.number, c.kind = number, kind
}

// write writes a message behind its length, which takes a byte for most.
func (c *codec) write(number protowire.Number, m Message) {
	c.tag(number, protowire.BytesType)
	at := len(c.out)
	c.out = append(c.out, 0)
	m.walk(c)
	size := len(c.out) - at - 1
	if size < 1<<7 {
		c.out[at] = byte(size)
		return
	}
	more := protowire.SizeVarint(uint64(size)) - 1
	for range more {
		c.out = append(c.out, 0)
	}
	copy(c.out[at+1+more:], c.out[at+1:at+1+size])
	protowire.AppendVarint(c.out[:at], uint64(size))
}
