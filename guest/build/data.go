package build

import (
	"bytes"
	"encoding/binary"
)

// A program's memory begins with what its data segments say. Go's linker writes one for every piece between some zeros,
// ten thousand of them, each of which costs an engine more than the zeros between them would: here they are joined.

// gapMax is how many zeros are written out between two segments that are joined.
const gapMax = 4096

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
