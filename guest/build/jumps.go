package build

// Go's compiler writes a function as one loop round a table of jumps: whoever goes to another piece of it puts that
// one's number into the first local variable, and goes to the head of the loop. A piece that lies ahead can be jumped
// to at once.

// place is a block, loop or if that has not ended.
type place struct {
	op byte
	id int
}

// jumpDirectly has jumps to what lies ahead go there.
func (b *body) jumpDirectly() {
	var open []place
	var table []int // the places that the numbers stand for
	head := -1      // the loop round the table
	code := b.code[:0:0]
	for k := 0; k < len(b.code); k++ {
		i := b.code[k]
		switch i.op {
		case opBlock, opLoop, opIf:
			open = append(open, place{i.op, k})
		case opEnd:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case opBrTable:
			if head < 0 && k > 0 && b.code[k-1].op == opLocalGet && b.code[k-1].number == 0 {
				head, table = tableOf(i, open)
			}
		case opI32Const:
			if depth, ok := b.direct(k, open, head, table); ok {
				i = plain(opBr, uint64(depth))
				k += 2
			}
		}
		code = append(code, i)
	}
	b.code = code
}

// tableOf is the innermost loop that is open, and the places of a table; head is negative for none.
func tableOf(i instruction, open []place) (head int, table []int) {
	head = -1
	for _, p := range open {
		if p.op == opLoop {
			head = p.id
		}
	}
	for _, depth := range i.table {
		if depth >= uint64(len(open)) {
			return -1, nil
		}
		table = append(table, open[len(open)-1-int(depth)].id)
	}
	return head, table
}

// direct says how deep the place is that three instructions go to: a number, put into the first local, and a jump to
// the head; ok is false for others, and for a place that is behind.
func (b *body) direct(k int, open []place, head int, table []int) (depth int, ok bool) {
	if head < 0 || k+2 >= len(b.code) {
		return 0, false
	}
	number, set, jump := b.code[k].number, b.code[k+1], b.code[k+2]
	loop := len(open) - 1 - int(jump.number)
	if set.op != opLocalSet || set.number != 0 || jump.op != opBr || loop < 0 || open[loop].id != head {
		return 0, false
	}
	if number < 0 || number >= int64(len(table)) {
		number = int64(len(table) - 1)
	}
	for depth := range open {
		if p := open[len(open)-1-depth]; p.id == table[number] && p.op != opLoop {
			return depth, true
		}
	}
	return 0, false
}

// stopBehind says of calls that come back only to give way that nothing comes behind that. So what was known before
// them is known behind.
func (b *body) stopBehind(endless map[uint64]bool) {
	code := b.code[:0:0]
	for k, i := range b.code {
		code = append(code, i)
		if i.op == opBrIf && k+1 < len(b.code) && b.code[k+1].op == opEnd && b.behind(k, endless) {
			code = append(code, plain(opUnreachable))
		}
	}
	b.code = code
}

// behind says whether an instruction stands behind a call of one of some functions, with nothing between them but what
// reads the stack pointer.
func (b *body) behind(k int, functions map[uint64]bool) bool {
	for k--; k >= 0; k-- {
		switch i := b.code[k]; i.op {
		case opGlobalGet, opLocalSet:
		case opCall:
			return functions[uint64(i.number)]
		default:
			return false
		}
	}
	return false
}
