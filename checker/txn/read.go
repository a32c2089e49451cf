package txn

import (
	"errors"
	"fmt"
	"slices"

	"ordeal/history"
)

// objects says what transactions work on.
type objects uint8

const (
	lists objects = iota
	registers
)

// mop is one thing that a transaction did to an object.
type mop struct {
	key int32
	// at says what was read or written: of a write, its element; of a read of a list, how many elements were there;
	// of a read of a register, the element, or initial.
	at int32
	// prior is the transaction's last thing before this that was done with the same object, -1 if there is none.
	prior int32
	write bool
	// then says, of the first thing done with an object, that the transaction writes to it later.
	then bool
}

const (
	// initial is what was there before the first write.
	initial = -1
	// unread is a read whose result is not known.
	unread = -2
	// unwritten is a value that no transaction wrote.
	unwritten = -3
)

// element is a value that a transaction wrote to an object.
type element struct {
	key, txn int32
	// mop is the write's place among all mops.
	mop int32
	// more says that the transaction writes to the object again behind it.
	more bool
}

// book is a history of transactions in little room. Transactions are numbered in the order of their calls.
type book struct {
	kind objects
	ops  []history.Operation
	// starts is where each transaction's mops begin, and after the last one where they end.
	starts   []int32
	mops     []mop
	keys     []any
	elements []element
	// latest is the place among all mops where each object was last done something with, and first where its
	// transaction began to.
	latest, first []int32
	// finals is, of registers, where a transaction begins to do something with an object, what it wrote to it last.
	finals []int32
	keyIDs index
	// small is the elements of each object whose values are numbers that are not much greater than the object has
	// elements, by their values; numbered is the same for all objects together, of which each number has one element;
	// byValue are the others.
	small    [][]int32
	numbered []int32
	slots    int // how long all of these tables are
	byValue  map[named]int32
}

// named is how an element is found by its value.
type named struct {
	key   int32
	value any
}

// index gives values numbers. Those of small integers stand in a list, one greater than they are; 0 is none.
type index struct {
	small   []int32
	numbers map[int64]int32
	others  map[any]int32
}

// isSmall says whether an integer is one that the list has room for, which is not much longer than there are values.
func (x *index) isSmall(n int64, values int) bool {
	return n >= 0 && (n < int64(len(x.small)) || n < slotsMin+2*int64(values) && len(x.numbers) == 0)
}

func (x *index) of(v any, next int) (id int32, fresh bool) {
	if n, ok := v.(int64); ok {
		if x.isSmall(n, next) {
			for int64(len(x.small)) <= n {
				x.small = append(x.small, 0)
			}
			if id := x.small[n]; id > 0 {
				return id - 1, false
			}
			x.small[n] = int32(next) + 1
			return int32(next), true
		}
		if id, ok := x.numbers[n]; ok {
			return id, false
		}
		x.numbers[n] = int32(next)
		return int32(next), true
	}
	if id, ok := x.others[v]; ok {
		return id, false
	}
	x.others[v] = int32(next)
	return int32(next), true
}

// read makes a book of the operations. What failed stays in it, as what it wrote must not be seen.
func read(ops []history.Operation, kind objects) (*book, error) {
	b := &book{
		kind: kind, starts: make([]int32, 1, len(ops)+1), mops: make([]mop, 0, 4*len(ops)),
		keyIDs:  index{numbers: map[int64]int32{}, others: map[any]int32{}},
		byValue: map[named]int32{}, elements: make([]element, 0, 2*len(ops)), ops: ops,
	}
	isOutside := func(op history.Operation) bool { return op.Process < 0 && op.Process != history.Anonymous }
	if slices.ContainsFunc(ops, isOutside) {
		b.ops = slices.DeleteFunc(slices.Clone(ops), isOutside)
	}
	for t := range b.ops {
		if err := b.addWrites(t, &b.ops[t]); err != nil {
			return nil, malformed(b.ops[t], err)
		}
		b.starts = append(b.starts, int32(len(b.mops)))
	}
	if kind == registers {
		b.finals = make([]int32, len(b.mops))
		for t := range b.ops {
			b.findFinals(t)
			b.addRegisterReads(t)
		}
	}
	return b, nil
}

func malformed(op history.Operation, err error) error {
	return &history.EventError{Event: op.Call, Text: fmt.Sprintf("event %d, %s, is malformed: %v", op.Call, by(op), err)}
}

// of are the mops of a transaction.
func (b *book) of(t int) []mop { return b.mops[b.starts[t]:b.starts[t+1]] }

// ended says how a transaction ended.
func (b *book) ended(t int) history.Type { return b.ops[t].End }

// possible says whether a transaction may have taken place.
func (b *book) possible(t int) bool { return b.ops[t].End != history.Fail }

// raw are the mops of a transaction as they stand in the history: the result if it is known, else the argument.
func raw(op *history.Operation) any {
	if op.End == history.OK {
		return op.Result
	}
	return op.Argument
}

// addWrites reads a transaction: what it writes, and of lists how much it read.
func (b *book) addWrites(t int, op *history.Operation) error {
	items, ok := raw(op).([]any)
	if !ok {
		return fmt.Errorf("%s where a transaction belongs, which is a list", text(raw(op)))
	}
	if err := alike(op, items); err != nil {
		return err
	}
	for _, item := range items {
		f, key, value, err := b.kind.parts(item)
		if err != nil {
			return err
		}
		id, fresh := b.keyIDs.of(key, len(b.keys))
		if fresh {
			b.keys, b.latest, b.first = append(b.keys, key), append(b.latest, -1), append(b.first, -1)
			b.small = append(b.small, nil)
		}
		m := b.mop(id, f != "r")
		switch {
		case m.write:
			if m.at, err = b.addElement(t, id, value); err != nil {
				return err
			}
			b.again(t, m.prior)
		case b.kind == lists && op.End == history.OK:
			seen, ok := value.([]any)
			if !ok && value != nil {
				return fmt.Errorf("%s was read where a list belongs", text(value))
			}
			m.at = int32(len(seen))
		}
		b.mops = append(b.mops, m)
	}
	return nil
}

// mop begins what the transaction that is being read does next.
func (b *book) mop(key int32, write bool) mop {
	m := mop{key: key, at: unread, prior: -1, write: write}
	here, start := int32(len(b.mops)), b.starts[len(b.starts)-1]
	if last := b.latest[key]; last >= start {
		m.prior = last - start
		b.mops[b.first[key]].then = b.mops[b.first[key]].then || write
	} else {
		b.first[key] = here
	}
	b.latest[key] = here
	return m
}

// alike holds an ok result against what was asked for: the same things in the same order, and of a write what was to be
// written. A history that has results alone has no arguments.
func alike(op *history.Operation, items []any) error {
	asked, ok := op.Argument.([]any)
	if op.End != history.OK || !ok || op.Argument == nil {
		return nil
	}
	if len(asked) != len(items) {
		return fmt.Errorf("it asked for %d things and has results of %d", len(asked), len(items))
	}
	for i := range asked {
		a, okA := asked[i].([]any)
		r, okR := items[i].([]any)
		same := okA && okR && len(a) >= 2 && len(r) >= 2 && sameValue(a[0], r[0]) && sameValue(a[1], r[1])
		if !same || a[0] != any("r") && !slices.EqualFunc(a[2:], r[2:], sameValue) {
			return fmt.Errorf("it asked for %s and has the result of %s", text(asked[i]), text(items[i]))
		}
	}
	return nil
}

// parts takes [f key value] apart.
func (k objects) parts(item any) (f string, key, value any, err error) {
	three, ok := item.([]any)
	if !ok || len(three) < 2 || len(three) > 3 {
		return "", nil, nil, fmt.Errorf("%s where [f key value] belongs", text(item))
	}
	if len(three) == 3 {
		value = three[2]
	}
	f, _ = three[0].(string)
	write := "append"
	if k == registers {
		write = "w"
	}
	if f != "r" && f != write {
		return "", nil, nil, fmt.Errorf("%s is none of the operations %q and %q", text(three[0]), "r", write)
	}
	if f != write {
		return f, history.Single(three[1]), value, nil
	}
	if value == nil {
		return "", nil, nil, errors.New("nil where a value to write belongs")
	}
	return f, history.Single(three[1]), history.Single(value), nil
}

// addElement gives what a transaction writes an element. Two transactions must not write the same value to an object,
// unless all but one of them failed: that one is taken for the writer.
func (b *book) addElement(t int, key int32, value any) (int32, error) {
	id := b.element(key, value)
	if id >= 0 {
		other := b.elements[id]
		switch {
		case !b.possible(t):
			return id, nil
		case b.possible(int(other.txn)):
			return 0, fmt.Errorf("it writes %s to %s, and so does the operation of event %d: which of them a read saw "+
				"can't be said", text(value), text(b.keys[key]), b.ops[other.txn].Call)
		}
		b.elements[id].txn, b.elements[id].mop = int32(t), int32(len(b.mops))
		return id, nil
	}
	id = int32(len(b.elements))
	b.elements = append(b.elements, element{key: key, txn: int32(t), mop: int32(len(b.mops))})
	n, isNumber := value.(int64)
	switch {
	case isNumber && n < smallMin+2*int64(len(b.small[key])) && b.put(&b.small[key], n, id):
	case isNumber && b.put(&b.numbered, n, id):
	default:
		b.byValue[named{key, value}] = id
	}
	return id, nil
}

// put notes an element under a number, if that is free and not too great: tables are not much longer than there are
// elements, all together.
func (b *book) put(table *[]int32, n int64, id int32) bool {
	if n < 0 || n-int64(len(*table)) > slotsMin+8*int64(id)-int64(b.slots) {
		return false
	}
	for int64(len(*table)) <= n {
		*table = append(*table, unwritten)
		b.slots++
	}
	if (*table)[n] != unwritten {
		return false
	}
	(*table)[n] = id
	return true
}

const (
	// smallMin is how great a number may be that is an object's first element and still found by itself.
	smallMin = 16
	// slotsMin is how long all tables may be in any case.
	slotsMin = 1 << 10
)

// again notes that what the transaction last wrote to an object is not all: prior is the last that it did with it.
func (b *book) again(t int, prior int32) {
	for ; prior >= 0; prior = b.mops[b.starts[t]+prior].prior {
		if m := b.mops[b.starts[t]+prior]; m.write {
			b.elements[m.at].more = true
			return
		}
	}
}

// element is the number of a value that was written to an object, unwritten if there is none.
func (b *book) element(key int32, value any) int32 {
	if n, ok := value.(int64); ok && n >= 0 {
		if small := b.small[key]; n < int64(len(small)) && small[n] != unwritten {
			return small[n]
		}
		if n < int64(len(b.numbered)) && b.numbered[n] != unwritten && b.elements[b.numbered[n]].key == key {
			return b.numbered[n]
		}
	}
	if len(b.byValue) == 0 {
		return unwritten
	}
	if id, ok := b.byValue[named{key, history.Single(value)}]; ok {
		return id
	}
	return unwritten
}

// value is what an element is.
func (b *book) value(e int32) any {
	el := b.elements[e]
	return b.rawValue(int(el.txn), int(el.mop-b.starts[el.txn]))
}

// rawValue is what the i-th thing of a transaction wrote or read.
func (b *book) rawValue(t, i int) any {
	items, _ := raw(&b.ops[t]).([]any)
	if three, _ := items[i].([]any); len(three) == 3 {
		return three[2]
	}
	return nil
}

// listRead is the list that the i-th thing of a transaction read.
func (b *book) listRead(t, i int) []any {
	l, _ := b.rawValue(t, i).([]any)
	return l
}

// addRegisterReads finds the elements that a transaction read, once all that was written is known.
func (b *book) addRegisterReads(t int) {
	if b.ended(t) != history.OK {
		return
	}
	for i, m := range b.of(t) {
		if m.write {
			continue
		}
		b.of(t)[i].at = initial
		if v := b.rawValue(t, i); v != nil {
			b.of(t)[i].at = b.element(m.key, v)
		}
	}
}

// findFinals finds what a transaction wrote last to each object.
func (b *book) findFinals(t int) {
	for at := b.starts[t]; at < b.starts[t+1]; at++ {
		m := b.mops[at]
		if m.prior < 0 {
			b.first[m.key] = at
		}
		if m.write {
			b.finals[b.first[m.key]] = m.at
		}
	}
}
