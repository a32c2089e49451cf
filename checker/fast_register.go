package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// fastRegister decides registers whose results tell the order: with versions everywhere, or with values that no two
// writes share. It leaves anything else to a search.
func fastRegister(part model.Part[model.RegisterInput, model.RegisterOutput]) finding {
	versioned, plain := true, true
	for _, c := range part.Calls {
		isRead, isWrite := c.In.Op == model.Read, c.In.Op == model.Write
		versioned = versioned && (c.Out.Versioned || c.Out.Refused) && c.In.Op != model.CAS
		plain = plain && (isRead || isWrite) && !c.Out.Versioned
	}
	switch {
	case versioned:
		return versionOrder(part.Calls)
	case plain:
		return zones(part.Calls)
	}
	return finding{}
}

// versionOrder places writes at 3n and what saw version n at 3n+1. An unknown change that says which version it made,
// if it made it, did so if that version was seen, or may have if it follows the last that was.
func versionOrder(calls []model.RegisterCall) finding {
	writers, last := map[int64]model.RegisterCall{}, int64(0)
	for _, c := range calls {
		if !c.Out.Unknown {
			last = max(last, c.Out.Version)
		}
		if c.Out.Refused || c.In.Op == model.Read {
			continue
		}
		follows := c.Out.Version >= 1 && (c.In.Op == model.Write || c.Out.Version == c.In.Expected+1)
		other, twice := writers[c.Out.Version]
		switch {
		case twice && c.Out.Unknown && other.Out.Unknown:
			return finding{}
		case c.Out.Unknown && (twice || !follows):
			continue
		case twice && !other.Out.Unknown:
			return wrong("two changes made the same version", other.Op, c.Op)
		case !follows:
			return wrong("a change made a version that does not follow the one before", c.Op)
		}
		writers[c.Out.Version] = c
	}
	for _, c := range calls {
		if f := sawWritten(c, writers); f.outcome == Invalid {
			return f
		}
	}
	for v := int64(1); v <= last; v++ {
		if _, ok := writers[v]; !ok {
			return finding{outcome: Invalid, reason: fmt.Sprintf("version %d was made, and version %d never was", last, v)}
		}
	}
	for writers[last+1].Out.Unknown {
		last++
	}
	return placedFinding(versionPlaces(calls, writers, int(last)))
}

func sawWritten(c model.RegisterCall, writers map[int64]model.RegisterCall) finding {
	if c.In.Op != model.Read {
		return finding{}
	}
	w, known := writers[c.Out.Version]
	switch {
	case c.Out.Version == 0 && c.Out.Value == nil:
	case c.Out.Version == 0:
		return wrong("a read saw a value in version 0, which has none", c.Op)
	case !known:
		return wrong("a read saw a version that no change made", c.Op)
	case w.In.Value != c.Out.Value:
		return wrong("a read saw a value that its version never had", w.Op, c.Op)
	}
	return finding{}
}

func versionPlaces(calls []model.RegisterCall, writers map[int64]model.RegisterCall, last int) []placed {
	items := make([]placed, 0, len(calls))
	for _, c := range calls {
		p := fixed(c.Op, 3*int(c.Out.Version))
		switch {
		case c.Out.Refused:
			p.next = func(least int) (int, bool) {
				version := least / 3
				if int64(version) == c.In.Expected {
					version++
				}
				return 3*version + 1, version <= last
			}
		case c.In.Op == model.Read:
			p.at++
		case c.Out.Version > int64(last) || writers[c.Out.Version].Op.Call != c.Op.Call:
			continue // it never took effect
		}
		items = append(items, p)
	}
	return items
}

// zone is all that happened to one value: from the first return to the last call among its write and its reads. If the
// first is before the last the value stood there throughout (a forward zone), else it may have stood for an instant
// somewhere between (a backward zone).
type zone struct {
	minRet, maxCall int
	first, final    history.Operation // whose return and call those are
}

func (z zone) forward() bool { return z.minRet < z.maxCall }

// zones decides a register without versions in which no two writes write the same value: Gibbons and Korach, "Testing
// shared memories" (1997). An unknown write whose value was read did happen; it just never returned.
func zones(calls []model.RegisterCall) finding {
	writes := map[any]history.Operation{}
	byValue := map[any]*zone{nil: {minRet: -1, maxCall: -1}}
	for _, c := range calls {
		if c.In.Op != model.Write {
			continue
		}
		if _, twice := byValue[c.In.Value]; twice {
			return finding{}
		}
		writes[c.In.Value] = c.Op
		byValue[c.In.Value] = &zone{returned(c.Op), c.Op.Call, c.Op, c.Op}
	}
	for _, c := range calls {
		if c.In.Op != model.Read {
			continue
		}
		z := byValue[c.Out.Value]
		switch {
		case z == nil:
			return wrong("a read saw a value that was never written", c.Op)
		case c.Out.Value != nil && c.Op.Return < writes[c.Out.Value].Call:
			return wrong("a read saw a value before it was written", c.Op, writes[c.Out.Value])
		}
		if c.Op.Return < z.minRet {
			z.minRet, z.first = c.Op.Return, c.Op
		}
		if c.Op.Call > z.maxCall {
			z.maxCall, z.final = c.Op.Call, c.Op
		}
	}
	list := make([]zone, 0, len(byValue))
	for _, z := range byValue {
		list = append(list, *z)
	}
	slices.SortFunc(list, func(a, b zone) int { return cmp.Compare(min(a.minRet, a.maxCall), min(b.minRet, b.maxCall)) })
	return compatible(list)
}

// compatible takes zones in the order of their beginnings. No two forward zones may overlap, and no backward zone may
// lie inside a forward one.
func compatible(list []zone) finding {
	var stood *zone
	for i := range list {
		z := &list[i]
		switch {
		case stood == nil || stood.maxCall < min(z.minRet, z.maxCall):
		case z.forward():
			return wrong("two values both stood at one time", stood.first, stood.final, z.first, z.final)
		case z.minRet < stood.maxCall:
			return wrong("a value came and went while another stood", stood.first, stood.final, z.first, z.final)
		}
		if z.forward() {
			stood = z
		}
	}
	return finding{outcome: Valid}
}

func returned(op history.Operation) int {
	if op.End == history.Info {
		return endless
	}
	return op.Return
}

// wrong is an invalid finding about operations.
func wrong(reason string, ops ...history.Operation) finding {
	return finding{outcome: Invalid, reason: reason, evidence: ops}
}

// placedFinding is what positions say.
func placedFinding(items []placed) finding {
	c := place(items)
	switch {
	case c == nil:
		return finding{outcome: Valid}
	case c.earlier.F == "":
		return wrong("its result fits nowhere in the only order there can be", c.later)
	}
	return wrong(fmt.Sprintf("event %d (%s) is before event %d (%s), and their results say the opposite",
		c.earlier.Return, model.Text(c.earlier), c.later.Call, model.Text(c.later)), c.earlier, c.later)
}
