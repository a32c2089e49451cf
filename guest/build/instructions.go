package build

import "encoding/binary"

// The instructions that are looked at here.
const (
	opUnreachable  = 0x00
	opNop          = 0x01
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opSelect       = 0x1b
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opFirstLoad    = 0x28
	opI32Load8     = 0x2d
	opFirstStore   = 0x36
	opLastStore    = 0x3e
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opI32WrapI64   = 0xa7
	opLastPlain    = 0xc4
	opMore         = 0xfc
	moreCopy       = 10 // behind opMore
	moreFill       = 11
)

// instruction is one with what stands behind it: a number, such as a depth, a local or a constant; of a load or store
// the offset.
type instruction struct {
	op     byte
	number int64
	table  []uint64 // of a br_table: the depths, the one for all other numbers last
	text   []byte
}

func readInstruction(r *reader) instruction {
	before := r.rest
	i := instruction{op: r.byte()}
	switch op := i.op; {
	case op == opBlock, op == opLoop, op == opIf, op == opI32Const, op == opI64Const:
		i.number = r.int()
	case op == opBr, op == opBrIf, op == opCall, op >= opLocalGet && op <= opGlobalSet,
		op == opMemorySize, op == opMemoryGrow:
		i.number = int64(r.uint())
	case op == opBrTable:
		for range r.uint() + 1 {
			if r.failed {
				break
			}
			i.table = append(i.table, r.uint())
		}
	case op == opCallIndirect:
		r.uint()
		r.uint()
	case op >= opFirstLoad && op <= opLastStore:
		r.uint()
		i.number = int64(r.uint())
	case op == opF32Const:
		r.take(4)
	case op == opF64Const:
		r.take(8)
	case op == opMore:
		switch i.number = int64(r.uint()); {
		case i.number == moreCopy:
			r.take(2)
		case i.number == moreFill:
			r.take(1)
		case i.number > 7: // a conversion
			r.failed = true
		}
	case op > opCallIndirect && op < opDrop, op > opSelect && op < opLocalGet,
		op > opGlobalSet && op < opFirstLoad, op > opLastPlain, op > opElse && op < opEnd:
		r.failed = true
	}
	i.text = before[:len(before)-len(r.rest)]
	return i
}

// plain is an instruction that has a number behind it, or none.
func plain(op byte, number ...uint64) instruction {
	i := instruction{op: op, text: []byte{op}}
	for _, n := range number {
		i.number = int64(n)
		i.text = binary.AppendUvarint(i.text, n)
	}
	return i
}

// width is how many bytes a load or store has.
func (i instruction) width() int64 {
	const (
		loads  = "\x04\x08\x04\x08\x01\x01\x02\x02\x01\x01\x02\x02\x04\x04"
		stores = "\x04\x08\x04\x08\x01\x02\x01\x02\x04"
	)
	return int64((loads + stores)[i.op-opFirstLoad])
}

// control says whether what follows may not be what is executed next, or not only behind this, or with more memory.
func (i instruction) control() bool {
	return i.op <= opCallIndirect && i.op != opNop || i.op == opMemoryGrow
}

// leaves says whether what follows is never executed next.
func (i instruction) leaves() bool {
	return i.op == opUnreachable || i.op == opBr || i.op == opBrTable || i.op == opReturn
}

// takes is how many values an instruction takes from the stack, and gives says whether it puts one there. It is for
// those that are no control.
func (i instruction) takes() (n int, gives bool) {
	switch op := i.op; {
	case op == opDrop, op == opLocalSet, op == opGlobalSet:
		return 1, false
	case op == opSelect:
		return 3, true
	case op == opLocalGet, op == opGlobalGet, op == opMemorySize, op >= opI32Const && op <= opF64Const:
		return 0, true
	case op >= opFirstStore && op <= opLastStore:
		return 2, false
	case op == opMore && i.number >= moreCopy:
		return 3, false
	case op > 0x45 && op < 0x50, op > 0x50 && op < 0x67, op > 0x69 && op < 0x79, op > 0x7b && op < 0x8b,
		op > 0x91 && op < 0x99, op > 0x9f && op < opI32WrapI64:
		return 2, true // comparisons and arithmetic
	case op == opNop:
		return 0, false
	}
	return 1, true // loads, conversions and the rest
}
