package jepsenstore

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"unicode/utf16"

	"ordeal/history/stream"
)

// Codes of Fressian, the binary notation of Clojure's data: https://github.com/Datomic/fressian/wiki.
const (
	codeLongs, codeDoubles, codeBooleans, codeInts, codeFloats, codeObjects = 0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5

	codeGetCache, codePutCache, codeFooter = 0xCC, 0xCD, 0xCF

	codeBytesPacked, codeBytesChunk, codeBytes    = 0xD0, 0xD8, 0xD9
	codeStringPacked, codeStringChunk, codeString = 0xDA, 0xE2, 0xE3
	codeListPacked, codeList                      = 0xE4, 0xEC
	codeClosedList, codeOpenList                  = 0xED, 0xEE
	codeStructType, codeStruct                    = 0xEF, 0xF0
	codeTrue, codeFalse, codeNull                 = 0xF5, 0xF6, 0xF7
	codeInt, codeFloat, codeDouble                = 0xF8, 0xF9, 0xFA
	codeDouble0, codeDouble1                      = 0xFB, 0xFC
	codeEnd, codeResetCaches                      = 0xFD, 0xFE
)

// structCodes are the structures that have a code of their own, with how many fields they have.
var structCodes = map[byte]structType{
	0xC0: {"map", 1}, 0xC1: {"set", 1}, 0xC3: {"uuid", 2}, 0xC4: {"regex", 1}, 0xC5: {"uri", 1}, 0xC6: {"bigint", 1},
	0xC7: {"bigdec", 2}, 0xC8: {"inst", 1}, 0xC9: {"sym", 2}, 0xCA: {"key", 2},
	codeLongs: {"long[]", 2}, codeDoubles: {"double[]", 2}, codeBooleans: {"boolean[]", 2}, codeInts: {"int[]", 2},
	codeFloats: {"float[]", 2}, codeObjects: {"Object[]", 2},
}

// structType is a kind of structure: its tag, and how many objects follow.
type structType struct {
	tag    string
	fields int
}

// blob is a run of bytes, and blockRef a value that stands in another block. Neither is a value of a history.
type (
	blob     []byte
	blockRef int64
)

// cached is an object to which the stream may come back, and of how many objects it is made.
type cached struct {
	v     any
	size  int
	ready bool
}

// decoder reads Fressian.
type decoder struct {
	data []byte
	at   int
	// base is where the data begin in the file.
	base    int
	depth   int
	objects []cached
	structs []structType
	// made counts the objects that were made, those that came out of the cache each time: a few bytes may stand for
	// any number of them.
	made, madeMax int
	notes         *stream.Notes
	// lenient takes sets and maps in which something is there twice: in the map of a test, most of which is not looked
	// at, :a and "a" may both be keys.
	lenient bool
	// bare says that a run of bytes is a part of a number or a name; any other is a string of its hex digits.
	bare bool
}

func newDecoder(data []byte, base int, notes *stream.Notes) *decoder {
	return &decoder{data: data, base: base, madeMax: 16*len(data) + 1<<16, notes: notes}
}

func (d *decoder) fail(format string, args ...any) error {
	return stream.Errorf(stream.Place{Column: d.base + d.at}, format, args...)
}

// take is the next n bytes.
func (d *decoder) take(n int64) ([]byte, error) {
	if n < 0 || n > int64(len(d.data)-d.at) {
		return nil, d.fail("the data end inside a value")
	}
	b := d.data[d.at : d.at+int(n)]
	d.at += int(n)
	return b, nil
}

// code is the next byte.
func (d *decoder) code() (byte, error) {
	b, err := d.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// raw is an integer of n bytes, without a sign.
func (d *decoder) raw(n int64) (uint64, error) {
	b, err := d.take(n)
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, err
}

// object reads the next object.
func (d *decoder) object() (any, error) {
	c, err := d.code()
	if err != nil {
		return nil, err
	}
	return d.read(c)
}

func (d *decoder) read(c byte) (any, error) {
	if d.depth++; d.depth > 4*stream.Depth {
		return nil, d.fail("objects nest deeper than %d", 4*stream.Depth)
	}
	if d.made++; d.made > d.madeMax {
		return nil, d.fail("the data stand for more objects than %d", d.madeMax)
	}
	v, err := d.coded(c)
	d.depth--
	return v, err
}

// packed are the integers whose code is part of them: from first to the next one's, zero is the code of those whose
// high bits are 0, and bytes follow.
var packed = []struct {
	first, zero byte
	bytes       int64
}{{0x7C, 0x7E, 6}, {0x78, 0x7A, 5}, {0x74, 0x76, 4}, {0x70, 0x72, 3}, {0x60, 0x68, 2}, {0x40, 0x50, 1}}

func (d *decoder) packed(c byte) (int64, error) {
	for _, p := range packed {
		if c >= p.first {
			low, err := d.raw(p.bytes)
			return (int64(c)-int64(p.zero))<<(8*p.bytes) | int64(low), err
		}
	}
	return int64(c), nil
}

func (d *decoder) coded(c byte) (any, error) {
	if kind, ok := structCodes[c]; ok {
		return d.structure(kind)
	}
	switch {
	case c < 0x80:
		return wide(d.packed(c))
	case c == 0xFF:
		return int64(-1), nil
	case c < 0xA0:
		return d.fromCache(int64(c - 0x80))
	case c < 0xB0:
		return d.cachedStruct(int64(c - 0xA0))
	case c >= codeBytesPacked && c <= codeBytes:
		b, err := d.bytes(c)
		if d.bare || err != nil {
			return b, err
		}
		return fmt.Sprintf("%x", []byte(b)), nil
	case c >= codeStringPacked && c <= codeString:
		return d.text(c)
	case c >= codeListPacked && c < codeList:
		return d.list(int64(c - codeListPacked))
	}
	switch c {
	case codeList:
		n, err := d.integer()
		if err != nil {
			return nil, err
		}
		return d.list(n)
	case codeClosedList, codeOpenList:
		return d.openList(c == codeOpenList)
	case codeTrue, codeFalse:
		return c == codeTrue, nil
	case codeNull:
		return nil, nil
	case codeInt:
		n, err := d.raw(8)
		return int64(n), err
	case codeFloat, codeDouble, codeDouble0, codeDouble1:
		return d.float(c)
	}
	return d.control(c)
}

func wide(n int64, err error) (any, error) { return n, err }

func (d *decoder) float(c byte) (any, error) {
	switch c {
	case codeDouble0:
		return stream.Float(0), nil
	case codeDouble1:
		return stream.Float(1), nil
	case codeFloat:
		n, err := d.raw(4)
		return stream.Float(float64(math.Float32frombits(uint32(n)))), err
	}
	n, err := d.raw(8)
	return stream.Float(math.Float64frombits(n)), err
}

// control reads what changes the state of the stream, and the object that follows.
func (d *decoder) control(c byte) (any, error) {
	switch c {
	case codePutCache:
		return d.intoCache()
	case codeGetCache:
		n, err := d.integer()
		if err != nil {
			return nil, err
		}
		return d.fromCache(n)
	case codeStructType:
		return d.newStruct()
	case codeStruct:
		n, err := d.integer()
		if err != nil {
			return nil, err
		}
		return d.cachedStruct(n)
	case codeResetCaches:
		d.objects, d.structs = nil, nil
		return d.object()
	case codeFooter:
		// The rest of the footer's mark, a length and a checksum: the block has checksums of its own.
		b, err := d.take(11)
		if err != nil {
			return nil, err
		}
		if b[0] != codeFooter || b[1] != codeFooter || b[2] != codeFooter {
			return nil, d.fail("a footer begins here, and is none")
		}
		d.objects, d.structs = nil, nil
		return d.object()
	}
	return nil, d.fail("no object has the code %#x", c)
}

// integer reads an object that must be an integer.
func (d *decoder) integer() (int64, error) {
	v, err := d.object()
	if err != nil {
		return 0, err
	}
	n, ok := v.(int64)
	if !ok {
		return 0, d.fail("an integer belongs here")
	}
	return n, nil
}

func (d *decoder) list(n int64) ([]any, error) {
	if n < 0 || n > int64(len(d.data)-d.at) {
		return nil, d.fail("a list has %d elements, which is more than there are bytes", n)
	}
	out := make([]any, 0, min(n, 1024))
	for range n {
		v, err := d.object()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// openList reads objects up to the mark of their end, or if open, the end of the data.
func (d *decoder) openList(open bool) ([]any, error) {
	out := []any{}
	for {
		if open && d.at == len(d.data) {
			return out, nil
		}
		c, err := d.code()
		if err != nil {
			return nil, err
		}
		if c == codeEnd {
			return out, nil
		}
		v, err := d.read(c)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// bytes reads a run of bytes, perhaps in pieces.
func (d *decoder) bytes(c byte) (blob, error) {
	var out blob
	for {
		n := int64(c - codeBytesPacked)
		if c == codeBytesChunk || c == codeBytes {
			var err error
			if n, err = d.integer(); err != nil {
				return nil, err
			}
		}
		b, err := d.take(n)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
		if c != codeBytesChunk {
			return out, nil
		}
		if c, err = d.code(); err != nil {
			return nil, err
		}
		if c < codeBytesPacked || c > codeBytes {
			return nil, d.fail("the rest of the bytes belongs here")
		}
	}
}

// text reads a string, perhaps in pieces.
func (d *decoder) text(c byte) (string, error) {
	var units []uint16
	for {
		n := int64(c - codeStringPacked)
		if c == codeStringChunk || c == codeString {
			var err error
			if n, err = d.integer(); err != nil {
				return "", err
			}
		}
		b, err := d.take(n)
		if err != nil {
			return "", err
		}
		if units, err = d.units(units, b); err != nil {
			return "", err
		}
		if c != codeStringChunk {
			return string(utf16.Decode(units)), nil
		}
		if c, err = d.code(); err != nil {
			return "", err
		}
		if c < codeStringPacked || c > codeString {
			return "", d.fail("the rest of the string belongs here")
		}
	}
}

// units appends the JVM's characters, of 16 bits, each of which Fressian writes as one to three bytes.
func (d *decoder) units(units []uint16, b []byte) ([]uint16, error) {
	for len(b) > 0 {
		switch c := b[0]; {
		case c < 0x80:
			units, b = append(units, uint16(c)), b[1:]
		case c>>5 == 6 && len(b) > 1:
			units, b = append(units, uint16(c&0x1f)<<6|uint16(b[1]&0x3f)), b[2:]
		case c>>4 == 14 && len(b) > 2:
			units, b = append(units, uint16(c&0x0f)<<12|uint16(b[1]&0x3f)<<6|uint16(b[2]&0x3f)), b[3:]
		default:
			return nil, d.fail("the string is not as Fressian writes one")
		}
	}
	return units, nil
}

// whole is a run of bytes as a signed integer of any size, highest byte first.
func (b blob) whole() *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

func (b blob) uuid() string {
	if len(b) != 16 {
		return fmt.Sprintf("%x", []byte(b))
	}
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", binary.BigEndian.Uint32(b), binary.BigEndian.Uint16(b[4:]),
		binary.BigEndian.Uint16(b[6:]), binary.BigEndian.Uint16(b[8:]), []byte(b[10:]))
}
