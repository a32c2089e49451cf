package checker

import "ordeal/history"

// Where results tell the order (by versions, tokens or epochs), no search is needed: every operation has its position
// in the one order there can be, and the only question is whether events allow it.
//
// Operations that change nothing and tell less ("refused", a free lock) may have several positions. They are given
// the least one that the operations before them in time leave, which is never worse than a greater one. So the answer
// is exact. (If A returns before B is called, A's position may not be greater than B's. If no two operations break
// that, no longer chain of such constraints can: of two pairs that are ordered in time, one's first is before the
// other's second, which cuts every longer cycle down to two.)

// endless is the return of an operation that may take effect at any time.
const endless = int(^uint(0) >> 1)

// placed is an operation with its position.
type placed struct {
	// op is what to name if it does not fit.
	op *history.Operation
	// call and ret are event indexes, ret endless for an unknown operation.
	call, ret int
	at        int
	// next, if there is one, says that at is to be chosen: the least position at or after least that op may have.
	next func(least int) (at int, ok bool)
}

func fixed(op *history.Operation, at int) placed {
	p := placed{op: op, call: op.Call, ret: op.Return, at: at}
	if op.End == history.Info {
		p.ret = endless
	}
	return p
}

// clash is two operations of which earlier returned before later was called, and must stand behind it.
// earlier is nil where nothing did.
type clash struct{ earlier, later *history.Operation }

// place checks that events allow the positions. It returns the first clash, in the order of events, or nil.
func place(items []placed) *clash {
	least, by := 0, (*history.Operation)(nil)
	for _, m := range moments(len(items), func(i int) interval { return interval{items[i].call, items[i].ret} }) {
		p := &items[m.of()]
		if m.ends() {
			if p.at > least {
				least, by = p.at, p.op
			}
			continue
		}
		if p.next != nil {
			at, ok := p.next(least)
			if !ok {
				return &clash{by, p.op}
			}
			p.at = at
		}
		if p.at < least {
			return &clash{by, p.op}
		}
	}
	return nil
}
