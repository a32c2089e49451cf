package history

import "slices"

// Pairing joins invokes with completions as events come, so that those need not stay in memory. The zero value is
// ready.
type Pairing struct {
	kept Assumptions
	ops  []Operation
	// open are what those have under way that are no clients; invoked, the invokes of which it is not known who did
	// them.
	open    [1 - Anonymous]underWay
	invoked []Op
	// expected says that there is room for as many operations as were expected.
	expected bool
}

// underWay is an operation that was begun, and its place in a list.
type underWay struct {
	place int
	busy  bool
}

// Add takes the next event. The error says which of the Assumptions it breaks, and then the event counts as not seen.
func (p *Pairing) Add(op *Op) error {
	client, err := p.kept.admit(op)
	if err != nil {
		return err
	}
	if len(p.ops) == cap(p.ops) {
		more := len(p.ops) // twice the room: append gives a large slice a quarter more
		if p.expected {
			more = len(p.ops) / 8
		}
		p.ops = slices.Grow(p.ops, max(1024, more))
	}
	switch {
	case client != nil && op.Type == Invoke:
		client.place = len(p.ops)
		p.ops = append(p.ops, begin(op))
	case client != nil:
		p.ops[client.place].complete(op)
	case op.Process == Anonymous && op.Type == Invoke:
		p.invoked = append(p.invoked, *op)
	case op.Process == Anonymous:
		p.answer(op)
		p.alone(op)
	default:
		p.service(op)
	}
	return nil
}

// Trees says that the values of all events are known to be trees, as those are that were read from a file.
func (p *Pairing) Trees() { p.kept.trees = true }

// Expect makes room for about so many operations in all, where that can be guessed while they come.
func (p *Pairing) Expect(operations int) {
	if operations > len(p.ops) {
		p.ops = slices.Grow(p.ops, operations-len(p.ops))
		p.expected = true
	}
}

// Len is how many operations there are so far.
func (p *Pairing) Len() int { return len(p.ops) }

// service takes an event of Nemesis or Service.
func (p *Pairing) service(op *Op) {
	by := &p.open[-op.Process]
	switch {
	case op.Type == Invoke:
		*by = underWay{len(p.ops), true}
		p.ops = append(p.ops, begin(op))
	case by.busy && p.ops[by.place].F == op.F && p.ops[by.place].Key == op.Key:
		p.ops[by.place].complete(op)
		by.busy = false
	case op.Type == OK:
		p.alone(op)
	}
}

// alone adds an operation of one event.
func (p *Pairing) alone(op *Op) {
	p.ops = append(p.ops, begin(op))
	p.ops[len(p.ops)-1].complete(op)
}

// answer forgets the invoke that an Anonymous completion answers: the first that its value fits, or else the first with
// its F.
func (p *Pairing) answer(op *Op) {
	same := func(i Op) bool { return i.F == op.F && i.Key == op.Key }
	at := slices.IndexFunc(p.invoked, func(i Op) bool { return same(i) && fits(i.Value, op.Value) })
	if at < 0 {
		at = slices.IndexFunc(p.invoked, same)
	}
	if at >= 0 {
		p.invoked = slices.Delete(p.invoked, at, at+1)
	}
}

// fits says whether what was answered may answer what was asked, in which nil stands for what is not known yet.
func fits(asked, answered any) bool {
	a, isList := asked.([]any)
	b, alike := answered.([]any)
	if asked == nil || !isList || !alike || len(a) != len(b) {
		return asked == nil || Compare(asked, answered) == 0
	}
	for i := range a {
		if !fits(a[i], b[i]) {
			return false
		}
	}
	return true
}

// Operations are what all events make, in the order of the invokes. No more may be added.
func (p *Pairing) Operations() []Operation {
	for i := range p.invoked { // what was never answered may have happened
		op := p.invoked[i]
		op.Type = Info
		p.alone(&op)
	}
	if len(p.invoked) > 0 {
		slices.SortStableFunc(p.ops, func(a, b Operation) int { return a.Call - b.Call })
	}
	p.invoked = nil
	return p.ops
}
