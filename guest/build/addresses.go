package build

import (
	"maps"
)

// An engine looks with each load and store whether the address is in memory, unless it has looked with the same
// address value and as large an offset before. Go's compiler keeps addresses as numbers of 64 bits, and makes one of 32
// of them with each use, which is another value every time.

// keepAddresses has an address that was made be kept in a local variable for as long as the number stays the same.
func (b *body) keepAddresses() {
	kept := map[uint64]uint64{} // by the local that has the number
	valid := map[uint64]bool{}  // whose address is kept
	var open []opened
	code := b.code[:0:0]
	for k := 0; k < len(b.code); k++ {
		i := b.code[k]
		number := uint64(i.number)
		switch {
		case i.op == opLocalSet, i.op == opLocalTee:
			delete(valid, number)
		case i.op == opLocalGet && b.kind(number) == valueI64 && k+1 < len(b.code) && b.code[k+1].op == opI32WrapI64:
			if _, known := kept[number]; !known {
				kept[number] = uint64(len(b.locals))
				b.locals = append(b.locals, valueI32)
			}
			k++
			if valid[number] {
				i = plain(opLocalGet, kept[number])
				break
			}
			valid[number] = true
			code = append(code, i, b.code[k])
			i = plain(opLocalTee, kept[number])
		case i.control():
			valid, open = follow(i, k > 0 && b.code[k-1].leaves(), valid, open)
		}
		code = append(code, i)
	}
	b.code = code
}

// opened is a block, loop or if that has not ended.
type opened struct {
	op     byte
	valid  map[uint64]bool // as it was where that began
	target bool            // jumps go there
}

// follow says what is still valid behind an instruction that others may come to, or go on from. left says that the one
// before it does not lead there.
func follow(i instruction, left bool, valid map[uint64]bool, open []opened) (map[uint64]bool, []opened) {
	last := len(open) - 1
	switch i.op {
	case opBlock, opIf:
		return valid, append(open, opened{op: i.op, valid: maps.Clone(valid)})
	case opLoop:
		return map[uint64]bool{}, append(open, opened{op: i.op})
	case opBr, opBrIf:
		target(open, uint64(i.number))
	case opBrTable:
		for _, depth := range i.table {
			target(open, depth)
		}
	case opElse, opEnd:
		before := opened{}
		if last >= 0 {
			before = open[last]
		}
		if i.op == opElse && last >= 0 {
			open[last] = opened{op: opElse}
			return before.valid, open
		}
		if before.op == opIf && left && !before.target {
			return before.valid, open[:last]
		}
		return map[uint64]bool{}, open[:max(0, last)]
	}
	return valid, open
}

// target notes that jumps go to a place at a depth.
func target(open []opened, depth uint64) {
	if depth < uint64(len(open)) {
		open[len(open)-1-int(depth)].target = true
	}
}

// address is a value that loads and stores have for their address: what a local variable holds, until it is set.
type address struct {
	local   uint64
	setting int // behind which instruction, counted from 1, it was set; 0 for before
}

// reach is how far loads and stores go beyond an address, between two instructions of control.
type reach struct {
	from        int // the instruction that gave the address to the first of them
	first, most int64
}

// lookAhead has the first load or store at an address be preceded by one that reaches as far as any of those that
// follow for certain, so that those need not be looked at. What it loads is dropped, and an engine does not load it.
func (b *body) lookAhead() {
	ahead := map[int]instructions{}
	for begin := 0; begin < len(b.code); begin++ {
		end := begin
		for end < len(b.code) && !b.code[end].control() {
			end++
		}
		for a, r := range b.reaches(begin, end) {
			if r.most > r.first {
				ahead[r.from] = instructions{plain(opLocalGet, a.local), plain(opI32Load8, 0, uint64(r.most-1)),
					plain(opDrop)}
			}
		}
		begin = end
	}
	code := b.code[:0:0]
	for k, i := range b.code {
		code = append(append(code, i), ahead[k]...)
	}
	b.code = code
}

type instructions []instruction

// reaches follows the values on the stack from one instruction to another.
func (b *body) reaches(begin, end int) map[address]reach {
	type value struct {
		address
		from int
	}
	var stack []value // those that this piece has put there
	pop := func() (v value) {
		v.from = -1
		if n := len(stack); n > 0 {
			v, stack = stack[n-1], stack[:n-1]
		}
		return v
	}
	found, set := map[address]reach{}, map[uint64]int{}
	for k := begin; k < end; k++ {
		i := b.code[k]
		n, gives := i.takes()
		var last value // what was taken last: an address, if it is one
		for range n {
			last = pop()
		}
		if i.op >= opFirstLoad && i.op <= opLastStore && last.from >= 0 {
			r, known := found[last.address]
			ceil := i.number + i.width()
			if !known {
				r = reach{last.from, ceil, ceil}
			}
			r.most = max(r.most, ceil)
			found[last.address] = r
		}
		number := uint64(i.number)
		if i.op == opLocalSet || i.op == opLocalTee {
			set[number] = k + 1
		}
		if gives {
			v := value{from: -1}
			if (i.op == opLocalGet || i.op == opLocalTee) && b.kind(number) == valueI32 {
				v = value{address{number, set[number]}, k}
			}
			stack = append(stack, v)
		}
	}
	return found
}
