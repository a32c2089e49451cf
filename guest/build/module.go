package build

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// What Go's linker writes is rewritten here, so that engines have less to do with it: see data.go, jumps.go and
// addresses.go. The format is that of the WebAssembly specification, section 5.

// The sections of a module that are read here.
const (
	customSection   = 0
	typeSection     = 1
	importSection   = 2
	functionSection = 3
	codeSection     = 10
	dataSection     = 11
)

var errModule = errors.New("the program is no WebAssembly as Go writes it")

// improve rewrites a module that Go's linker has written to one that does the same and costs less.
func improve(module []byte) ([]byte, error) {
	f, err := readFunctions(module)
	if err != nil {
		return nil, err
	}
	return eachSection(module, func(id byte, section []byte) ([]byte, error) {
		switch id {
		case dataSection:
			segments, err := readSegments(section)
			return writeSegments(join(segments)), err
		case codeSection:
			return f.rewrite(section)
		}
		return section, nil
	})
}

// eachSection puts another section in the place of each of a module's.
func eachSection(module []byte, f func(id byte, section []byte) ([]byte, error)) ([]byte, error) {
	const header = 8
	if len(module) < header {
		return nil, errModule
	}
	out := bytes.NewBuffer(make([]byte, 0, len(module)+len(module)/8))
	out.Write(module[:header])
	for r := (reader{rest: module[header:]}); len(r.rest) > 0; {
		id := r.byte()
		section := r.bytes()
		if r.failed {
			return nil, errModule
		}
		section, err := f(id, section)
		if err != nil {
			return nil, err
		}
		out.WriteByte(id)
		out.Write(binary.AppendUvarint(nil, uint64(len(section))))
		out.Write(section)
	}
	return out.Bytes(), nil
}

// reader reads what a module is written with. Once something is not there, it has failed, and what it reads is zero.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.rest, r.failed = nil, true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.take(uint64(max(n, 0)))
	r.failed = r.failed || n <= 0
	return v
}

func (r *reader) int() int64 {
	v, n := signed(r.rest)
	r.take(uint64(n))
	r.failed = r.failed || n == 0
	return v
}

// bytes are some behind their number.
func (r *reader) bytes() []byte { return r.take(r.uint()) }

// signed reads a signed number as WebAssembly has it, and how many bytes it takes; 0 for none.
func signed(b []byte) (v int64, n int) {
	for shift := 0; n < len(b) && shift < 64; shift += 7 {
		c := b[n]
		n++
		v |= int64(c&0x7f) << shift
		if c&0x80 == 0 {
			if c&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			return v, n
		}
	}
	return 0, 0
}

func appendSigned(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		if v >>= 7; v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}
