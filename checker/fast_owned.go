package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// Permits that are taken as late as they can be, and given back as early, are held from the return of the acquire to
// the call of the release. That is never worse: at each instant no other choice has less of them held, and each owner
// does one thing after the other. So a history is right if no owner has too many or gives back what it does not have,
// and at no instant too many are held in all. An unknown acquire is best taken not to have happened, and an unknown
// release to have happened at once.
//
// Where several processes are one owner, what it does may overlap, and the history is left to a search; so are owners
// that go on behind an unknown acquire.

// hold is what one owner does to its permits: from when on it has how many more.
type hold struct {
	at int // in doubled events, a return behind a call
	n  int64
	op *history.Operation
}

func (h hold) sameProcess(op *history.Operation) bool { return op.Process == h.op.Process }

// apart says whether each owner does one thing after the other, and nothing behind an acquire whose end is unknown.
func apart(calls []model.OwnedCall) bool {
	busy := map[string]int{}
	for _, c := range calls {
		if until, under := busy[c.In.Owner]; under && until > c.Op.Call {
			return false
		}
		busy[c.In.Owner] = returned(c.Op)
	}
	return true
}

// ownedHolds is what owners do, one after the other; ok is false if that can't be said. limit is how many one may have.
func ownedHolds(calls []model.OwnedCall, limit int64) (out []hold, f finding, ok bool) {
	if !apart(calls) {
		return nil, finding{}, false
	}
	has := map[string]int64{}
	for _, c := range calls {
		n := has[c.In.Owner] + c.In.N
		switch {
		case c.In.N > 0 && c.Out.Unknown, n < 0 && c.Out.Unknown:
			continue
		case n > limit:
			return nil, wrong("an owner acquired more than it may have", c.Op), true
		case n < 0:
			return nil, wrong("what an owner did not have was released", c.Op), true
		}
		has[c.In.Owner] = n
		h := hold{2*c.Op.Return + 1, c.In.N, c.Op}
		if c.In.N < 0 {
			h.at = 2 * c.Op.Call
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b hold) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.n, b.n)) })
	return out, finding{}, true
}

// fastSemaphore decides semaphores with so many permits.
func fastSemaphore(permits int64) decision[model.OwnedInput, model.OwnedOutput] {
	return func(part model.Part[model.OwnedInput, model.OwnedOutput]) finding {
		all, f, ok := ownedHolds(part.Calls, permits)
		if !ok || f.outcome == Invalid {
			return f
		}
		held := int64(0)
		var who []*history.Operation
		for _, h := range all {
			held += h.n
			if h.n > 0 {
				who = append(who, h.op)
			} else if i := slices.IndexFunc(who, h.sameProcess); i >= 0 {
				who = slices.Delete(who, i, i+1)
			}
			if held > permits {
				return wrong("more permits are held than there are", who...)
			}
		}
		return finding{outcome: Valid}
	}
}

// fastOwnedMutex decides mutexes that their owners may take so many times.
func fastOwnedMutex(times int64) decision[model.OwnedInput, model.OwnedOutput] {
	return func(part model.Part[model.OwnedInput, model.OwnedOutput]) finding {
		all, f, ok := ownedHolds(part.Calls, times)
		if !ok || f.outcome == Invalid {
			return f
		}
		calls := map[int]model.OwnedCall{}
		fenced := false
		for _, c := range part.Calls {
			calls[c.Op.Call] = c
			fenced = fenced || c.Out.Fence != 0
		}
		if fenced {
			return fencedOrder(all, calls)
		}
		owner, held := "", int64(0)
		var first *history.Operation
		for _, h := range all {
			who := calls[h.op.Call].In.Owner
			if held > 0 && who != owner {
				return wrong("two owners hold it at once", first, h.op)
			}
			if held == 0 {
				owner, first = who, h.op
			}
			held += h.n
		}
		return finding{outcome: Valid}
	}
}

// term is a time for which an owner holds a fenced mutex.
type term struct {
	fence int64
	ops   []*history.Operation // the first acquire, and what the owner did until it was free, in order
	over  bool
}

// fencedOrder decides mutexes whose fences say in which order they were held.
func fencedOrder(all []hold, calls map[int]model.OwnedCall) finding {
	slices.SortFunc(all, func(a, b hold) int { return cmp.Compare(a.op.Call, b.op.Call) })
	open, held := map[string]*term{}, map[string]int64{}
	var terms []*term
	for _, h := range all {
		c := calls[h.op.Call]
		t := open[c.In.Owner]
		switch {
		case c.Out.Fence < 0:
			return wrong("fences are greater than 0", h.op)
		case t == nil && c.Out.Fence == 0:
			return finding{} // it has no place in the order
		case t == nil:
			t = &term{fence: c.Out.Fence}
			open[c.In.Owner] = t
			terms = append(terms, t)
		case c.Out.Fence != 0 && c.Out.Fence != t.fence:
			return wrong("an owner that held it already was told another fence", t.ops[0], h.op)
		}
		t.ops = append(t.ops, h.op)
		if held[c.In.Owner] += h.n; held[c.In.Owner] == 0 {
			t.over = true
			delete(open, c.In.Owner)
		}
	}
	slices.SortStableFunc(terms, func(a, b *term) int { return cmp.Compare(a.fence, b.fence) })
	var items []placed
	for k, t := range terms {
		if k > 0 && terms[k-1].fence == t.fence {
			return wrong("two owners were told the same fence", terms[k-1].ops[0], t.ops[0])
		}
		if k > 0 && !terms[k-1].over {
			return wrong("it was acquired again, and the owner before had not released it", terms[k-1].ops[0], t.ops[0])
		}
		for i, op := range t.ops {
			at := 3*k + 1
			if i == 0 {
				at = 3 * k
			} else if t.over && i == len(t.ops)-1 {
				at = 3*k + 2
			}
			items = append(items, fixed(op, at))
		}
	}
	return placedFinding(items)
}
