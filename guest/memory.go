package guest

import "encoding/binary"

// bytes is a piece of the program's memory; nil if there is none such.
func (in *instance) bytes(at, n uint32) []byte {
	b, ok := in.module.Memory().Read(at, n)
	if !ok {
		return nil
	}
	return b
}

func (in *instance) put32(at, v uint32) errno {
	if !in.module.Memory().WriteUint32Le(at, v) {
		return eFault
	}
	return 0
}

func (in *instance) put64(at uint32, v uint64) errno {
	if !in.module.Memory().WriteUint64Le(at, v) {
		return eFault
	}
	return 0
}

// piece is the k-th of the buffers that a program hands over as a list; empty for one that is not in its memory.
func (in *instance) piece(list, k uint32) []byte {
	entry := in.bytes(list+8*k, 8)
	if entry == nil {
		return nil
	}
	return in.bytes(binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:]))
}

// each calls f with each of n buffers until one is not done with whole, and puts the sum of what was done at an
// address. An error counts only if nothing was done.
func (in *instance) each(list, n, sum uint32, f func(b []byte) (int, error)) errno {
	total := 0
	for k := range n {
		b := in.piece(list, k)
		if len(b) == 0 {
			continue
		}
		done, err := f(b)
		total += done
		if err != nil && total == 0 {
			return numberOf(err)
		}
		if err != nil || done < len(b) {
			break
		}
	}
	return in.put32(sum, uint32(total))
}

// text is a string in the program's memory.
func (in *instance) text(at, n uint32) string { return string(in.bytes(at, n)) }
