package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// leasePart is what happened to one object with leases.
type leasePart = model.Part[recipes.LeaseInput, recipes.LeaseOutput]

// tenancy is one grant, and the time in which it was held for certain: from the return of what took it to the call of
// what freed it. Whoever takes as late as can be, and frees as early, is in no other's way that could be avoided. So a
// history is right if at no instant too much is held for certain, and tokens have the order of grants that exclude
// each other.
//
// Times are doubled events, a return behind a call.
type tenancy struct {
	session  string
	token    int64
	takes    []recipes.Take
	from, to int
	times    int
	doubted  bool // it is not known whether it was released
	grant    *history.Operation
}

// fastLeases decides leases without guarded writes and unknown grants, of sessions that ask for one thing after the
// other and end behind the answers. All else it leaves to a search.
func fastLeases(kind recipes.LeaseKind) decision[recipes.LeaseInput, recipes.LeaseOutput] {
	return func(part leasePart) finding {
		ends := map[string]int{}
		for _, c := range part.Calls {
			switch {
			case c.In.Op == recipes.Guarded, c.In.Op == recipes.Look, c.Out.Unknown && c.In.Op != recipes.Release:
				return finding{}
			case c.In.Op == recipes.End:
				if at, twice := ends[c.In.Session]; !twice || c.Op.Call < at {
					ends[c.In.Session] = c.Op.Call
				}
				if c.Op.Return != c.Op.Call {
					return finding{} // it is not known when it was
				}
			}
		}
		if !sessionsApart(part.Calls) {
			return finding{}
		}
		list, f, ok := tenancies(part, kind, ends)
		if !ok || f.outcome == Invalid {
			return f
		}
		return tenanciesFit(list, kind.Permits)
	}
}

// sessionsApart says whether each session asks for one thing after the other.
func sessionsApart(calls []model.Call[recipes.LeaseInput, recipes.LeaseOutput]) bool {
	busy := map[string]int{}
	for _, c := range calls {
		if until, under := busy[c.In.Session]; under && until > c.Op.Call && c.In.Op != recipes.End {
			return false
		}
		if c.In.Op != recipes.End {
			busy[c.In.Session] = returned(c.Op)
		}
	}
	return true
}

// tenancies are the grants by their tokens; ok is false if they are to be searched for.
func tenancies(part leasePart, kind recipes.LeaseKind, ends map[string]int) (list []tenancy, f finding, ok bool) {
	byToken := map[int64]*tenancy{}
	for _, c := range part.Calls {
		switch c.In.Op {
		case recipes.Acquire:
			ended, over := ends[c.In.Session]
			if over && ended < c.Op.Return {
				return nil, finding{}, false
			}
			t := byToken[c.Out.Token]
			switch {
			case t != nil && t.doubted:
				return nil, finding{}, false
			case t == nil:
				byToken[c.Out.Token] = &tenancy{session: c.In.Session, token: c.Out.Token, takes: c.In.Takes,
					from: 2*c.Op.Return + 1, to: endless, times: 1, grant: c.Op}
			case kind.Again && t.session == c.In.Session && t.times > 0:
				t.times++
			default:
				return nil, finding{}, false
			}
		case recipes.Release:
			t := byToken[c.In.Token]
			if t != nil && t.doubted {
				return nil, finding{}, false
			}
			known := t != nil && t.session == c.In.Session && t.times > 0 && t.to == endless
			ended, over := ends[c.In.Session]
			switch {
			case !known && c.Out.Unknown:
			case !known:
				return nil, wrong("what is not held was released", c.Op), true
			case over && ended < c.Op.Call && !c.Out.Unknown:
				return nil, wrong("what was lost with its session was released by it", c.Op), true
			case over && ended < c.Op.Return && !c.Out.Unknown:
				return nil, finding{}, false
			case over && ended < c.Op.Call:
			default:
				t.doubted = c.Out.Unknown
				if t.times--; t.times == 0 {
					t.to = 2 * c.Op.Call
				}
			}
		}
	}
	for _, t := range byToken { //house:unordered they are sorted below
		if ended, over := ends[t.session]; over && t.to > 2*ended {
			t.to = 2 * ended
		}
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b tenancy) int { return cmp.Compare(a.token, b.token) })
	return list, finding{}, true
}

// tenanciesFit takes tenancies by their tokens. Of two that exclude each other, the first must be over before the other
// begins; and no more than so many may share.
func tenanciesFit(list []tenancy, permits int) finding {
	type last struct{ any, alone *tenancy }
	byName := map[string]*last{}
	for i := range list {
		t := &list[i]
		for _, take := range t.takes {
			l := byName[take.Name]
			if l == nil {
				l = &last{}
				byName[take.Name] = l
			}
			before := l.alone
			if !take.Shared {
				before = l.any
			}
			if before != nil && before.to > t.from {
				return wrong("two hold at once what excludes the other, or by tokens of another order", before.grant, t.grant)
			}
			if l.any == nil || t.to > l.any.to {
				l.any = t
			}
			if !take.Shared && (l.alone == nil || t.to > l.alone.to) {
				l.alone = t
			}
		}
	}
	if permits > 0 {
		return tenanciesCounted(list, permits)
	}
	return finding{outcome: Valid}
}

// tenanciesCounted holds that no more than so many are held at once.
func tenanciesCounted(list []tenancy, permits int) finding {
	byStart := slices.Clone(list)
	slices.SortFunc(byStart, func(a, b tenancy) int { return cmp.Compare(a.from, b.from) })
	var held []tenancy
	for _, t := range byStart {
		held = slices.DeleteFunc(held, func(h tenancy) bool { return h.to <= t.from })
		if held = append(held, t); len(held) > permits {
			var ops []*history.Operation
			for _, h := range held {
				ops = append(ops, h.grant)
			}
			return wrong("more are held at once than there are permits", ops...)
		}
	}
	return finding{outcome: Valid}
}
