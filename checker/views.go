package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// viewsPass looks at groups (see recipes.Members); it takes time linear in the looks at a group times its members:
//
//   - a look shows no member that had not asked to join, nor one that had left or whose session had ended before it
//     began; and it shows everyone who had joined before it began, unless that one had asked to leave, or had ended, by
//     its end;
//   - whoever has gone does not come back under its number;
//   - views have one order, by zxid: it agrees with the order of events, so no observer goes back.
func viewsPass() pass[recipes.MembersInput, recipes.MembersOutput] {
	return pass[recipes.MembersInput, recipes.MembersOutput]{"views",
		func(part model.Part[recipes.MembersInput, recipes.MembersOutput]) finding {
			v := newViews(part.Calls)
			f := v.judge()
			f.seen = int64(len(v.looks))
			return f
		}, "looks"}
}

// membership is the time in which one may be a member: from the call of its join, for certain from the return of that
// to the call of whatever ends it, and no longer than to the return of that.
type membership struct {
	recipes.Joined
	called, from int
	to, ended    int
	join, end    *history.Operation
	seen         bool
}

type views struct {
	members []*membership // by number
	looks   []recipes.MembersCall
}

func newViews(calls []recipes.MembersCall) *views {
	v := &views{}
	bySession := map[string][]*membership{}
	byNumber := map[recipes.Joined]*membership{}
	for _, c := range calls {
		switch c.In.F {
		case "join":
			m := &membership{Joined: recipes.Joined{Session: c.In.Session, Number: c.Out.Number}, called: c.Op.Call,
				from: returned(c.Op), to: endless, ended: endless, join: c.Op}
			v.members = append(v.members, m)
			bySession[m.Session], byNumber[m.Joined] = append(bySession[m.Session], m), m
		case "look", "cached":
			v.looks = append(v.looks, c)
		}
	}
	for _, c := range calls {
		switch {
		case c.In.F == "leave":
			if m := byNumber[c.In.Joined]; m != nil {
				m.over(c.Op.Call, returned(c.Op), c.Op)
			}
		case c.In.F == "end":
			for _, m := range bySession[c.In.Session] {
				m.over(c.Op.Call, returned(c.Op), c.Op)
			}
		}
	}
	slices.SortFunc(v.members, func(a, b *membership) int { return cmp.Compare(a.Number, b.Number) })
	return v
}

// over notes what may have ended a membership: the first of several to be called, and the first to return.
func (m *membership) over(call, ret int, op *history.Operation) {
	m.to = min(m.to, call)
	if ret < m.ended {
		m.ended, m.end = ret, op
	}
}

func (v *views) judge() finding {
	slices.SortStableFunc(v.looks, func(a, b recipes.MembersCall) int {
		return cmp.Or(cmp.Compare(a.Out.Zxid, b.Out.Zxid), cmp.Compare(a.Op.Call, b.Op.Call))
	})
	gone := map[int64]*history.Operation{} // who was seen and then not, by the look that did not show it
	listed := map[recipes.Joined]bool{}
	var before *recipes.MembersCall
	for i := range v.looks {
		c := &v.looks[i]
		if before != nil && before.Out.Zxid == c.Out.Zxid && !slices.Equal(before.Out.Members, c.Out.Members) {
			return wrong("two looks of one state show different members", before.Op, c.Op)
		}
		if f := v.shows(c, listed, gone); f.outcome == Invalid {
			return f
		}
		before = c
	}
	return v.ordered()
}

// shows compares a look with who may and who must be a member; listed is memory for whom it shows.
func (v *views) shows(c *recipes.MembersCall, listed map[recipes.Joined]bool,
	gone map[int64]*history.Operation) finding {
	clear(listed)
	for _, m := range c.Out.Members {
		if by, was := gone[m.Number]; was {
			return wrong(fmt.Sprintf("%s is a member again by number %d", m.Session, m.Number), by, c.Op)
		}
		listed[m] = true
	}
	for _, m := range v.members {
		switch show := listed[m.Joined]; {
		case show && m.called > c.Op.Return:
			return wrong(m.Session+" is shown before it asked to join", c.Op, m.join)
		case show && m.ended < c.Op.Call:
			return wrong(m.Session+" is shown, and is no member any more", m.end, c.Op)
		case !show && m.from < c.Op.Call && m.to > c.Op.Return:
			return wrong(m.Session+" is a member, and is not shown", m.join, c.Op)
		case show:
			m.seen = true
		case m.seen:
			gone[m.Number] = c.Op
		}
		delete(listed, m.Joined)
	}
	for m := range listed { //house:unordered any one will do
		return wrong(fmt.Sprintf("%s is shown by number %d, by which it never joined", m.Session, m.Number), c.Op)
	}
	return finding{}
}

// ordered holds that a look that began behind another shows no older state. The looks are in the order of their states.
func (v *views) ordered() finding {
	byReturn, byCall := make([]*recipes.MembersCall, len(v.looks)), make([]*recipes.MembersCall, len(v.looks))
	for i := range v.looks {
		byReturn[i], byCall[i] = &v.looks[i], &v.looks[i]
	}
	slices.SortFunc(byReturn, func(a, b *recipes.MembersCall) int { return cmp.Compare(a.Op.Return, b.Op.Return) })
	slices.SortFunc(byCall, func(a, b *recipes.MembersCall) int { return cmp.Compare(a.Op.Call, b.Op.Call) })
	var newest *recipes.MembersCall
	next := 0
	for _, c := range byCall {
		for ; next < len(byReturn) && byReturn[next].Op.Return < c.Op.Call; next++ {
			if one := byReturn[next]; newest == nil || one.Out.Zxid > newest.Out.Zxid {
				newest = one
			}
		}
		if newest != nil && newest.Out.Zxid > c.Out.Zxid {
			return wrong("a look shows an older state than one that was over before it began", newest.Op, c.Op)
		}
	}
	return finding{outcome: Valid}
}
