package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// fastRegister decides registers whose results give the order: with versions in all that is known, or with values that
// no two writes share. It leaves anything else to a search.
func fastRegister(part model.Part[model.RegisterInput, model.RegisterOutput]) finding {
	versioned, plain := true, true
	for _, c := range part.Calls {
		isRead, isWrite := c.In.Op == model.Read, c.In.Op == model.Write
		versioned = versioned && (c.Out.Versioned || c.Out.Refused || c.Out.Unknown) && c.In.Op != model.CAS
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

// zone is all that happened to one value: from the first return to the last call among its write and its reads. If the
// first is before the last the value stood there throughout (a forward zone), else it may have stood for an instant
// somewhere between (a backward zone).
type zone struct {
	minRet, maxCall int
	first, final    *history.Operation // whose return and call those are
	write           *history.Operation // nil for what is there at the start
}

func (z zone) forward() bool { return z.minRet < z.maxCall }

// zones decides a register without versions in which no two writes write the same value: Gibbons and Korach, "Testing
// shared memories" (1997). An unknown write whose value was read did happen; it just never returned.
func zones(calls []model.RegisterCall) finding {
	byValue := newNumbering(len(calls) / 2)
	list := make([]zone, 0, len(calls)/2+1)
	byValue.add(nil, 0)
	list = append(list, zone{minRet: -1, maxCall: -1})
	for _, c := range calls {
		if c.In.Op != model.Write {
			continue
		}
		if !byValue.add(c.In.Value, len(list)) {
			return finding{}
		}
		list = append(list, zone{returned(c.Op), c.Op.Call, c.Op, c.Op, c.Op})
	}
	for _, c := range calls {
		if c.In.Op != model.Read {
			continue
		}
		at, written := byValue.find(c.Out.Value)
		if !written {
			return wrong("a read saw a value that was never written", c.Op)
		}
		z := &list[at]
		if z.write != nil && c.Op.Return < z.write.Call {
			return wrong("a read saw a value before it was written", c.Op, z.write)
		}
		if c.Op.Return < z.minRet {
			z.minRet, z.first = c.Op.Return, c.Op
		}
		if c.Op.Call > z.maxCall {
			z.maxCall, z.final = c.Op.Call, c.Op
		}
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

func returned(op *history.Operation) int {
	if op.End == history.Info {
		return endless
	}
	return op.Return
}

// wrong is an invalid finding about operations.
func wrong(reason string, ops ...*history.Operation) finding {
	return finding{outcome: Invalid, reason: reason, evidence: shown(ops...)}
}

// placedFinding is what positions say.
func placedFinding(items []placed) finding {
	c := place(items)
	switch {
	case c == nil:
		return finding{outcome: Valid}
	case c.earlier == nil:
		return wrong("its result fits nowhere in the only order there can be", c.later)
	}
	return wrong(fmt.Sprintf("event %d (%s) is before event %d (%s), and their results say the opposite",
		c.earlier.Return, model.Text(*c.earlier), c.later.Call, model.Text(*c.later)), c.earlier, c.later)
}
