package build

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// A program's memory begins with what its data segments say. Go's linker writes one for every piece between some zeros,
// ten thousand of them, each of which costs an engine more than the zeros between them would: here they are joined.

const (
	dataSection = 11
	// gapMax is how many zeros are written out between two segments that are joined.
	gapMax = 4096

	opI32Const = 0x41
	opEnd      = 0x0b
)

var errModule = errors.New("the program is no WebAssembly as Go writes it")

// joinData joins the data segments of a program.
func joinData(module []byte) ([]byte, error) {
	const header = 8
	if len(module) < header {
		return nil, errModule
	}
	out := bytes.NewBuffer(make([]byte, 0, len(module)+len(module)/8))
	out.Write(module[:header])
	for rest := module[header:]; len(rest) > 0; {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return nil, errModule
		}
		section := rest[1+n : 1+n+int(size)]
		rest = rest[1+n+int(size):]
		if id == dataSection {
			segments, err := readSegments(section)
			if err != nil {
				return nil, err
			}
			section = writeSegments(join(segments))
		}
		out.WriteByte(id)
		out.Write(binary.AppendUvarint(nil, uint64(len(section))))
		out.Write(section)
	}
	return out.Bytes(), nil
}

// segment is what memory holds at an address.
type segment struct {
	at   int64
	text []byte
}

func readSegments(b []byte) (list []segment, err error) {
	count, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errModule
	}
	b = b[n:]
	for range count {
		// In the first memory, at a constant.
		if len(b) < 4 || b[0] != 0 || b[1] != opI32Const {
			return nil, errModule
		}
		at, n := signed(b[2:])
		if n <= 0 || len(b) < 3+n || b[2+n] != opEnd {
			return nil, errModule
		}
		b = b[3+n:]
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, errModule
		}
		list = append(list, segment{at, b[n : n+int(size)]})
		b = b[n+int(size):]
	}
	return list, nil
}

// join joins segments that follow each other closely.
func join(list []segment) (joined []segment) {
	for _, s := range list {
		if k := len(joined) - 1; k >= 0 {
			last := &joined[k]
			end := last.at + int64(len(last.text))
			if gap := s.at - end; gap >= 0 && gap <= gapMax {
				last.text = append(append(last.text, make([]byte, gap)...), s.text...)
				continue
			}
		}
		joined = append(joined, segment{s.at, bytes.Clone(s.text)})
	}
	return joined
}

func writeSegments(list []segment) []byte {
	out := binary.AppendUvarint(nil, uint64(len(list)))
	for _, s := range list {
		out = append(out, 0, opI32Const)
		out = appendSigned(out, s.at)
		out = append(out, opEnd)
		out = binary.AppendUvarint(out, uint64(len(s.text)))
		out = append(out, s.text...)
	}
	return out
}

// signed reads a signed number as WebAssembly has it, and how many bytes it takes; 0 for none.
func signed(b []byte) (v int64, n int) {
	shift := 0
	for n < len(b) && shift < 35 {
		c := b[n]
		n++
		v |= int64(c&0x7f) << shift
		shift += 7
		if c&0x80 == 0 {
			if c&0x40 != 0 {
				v |= -1 << shift
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
