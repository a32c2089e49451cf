package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// answersPass looks at answers about names (see recipes.Answers); it takes time linear in the answers about a name
// times its instances:
//
//   - an answer lists no instance that had not asked to be registered by its end, nor one that was withdrawn, or whose
//     session had ended, before the time that it is about; and it lists every one that was there all of that time;
//   - a name is said not to exist only if none had been registered by then;
//   - the ttl of an answer is no longer than what can have been left of the session of any instance that it lists, as
//     of the age of what it was made of.
func answersPass() pass[recipes.AnswersInput, recipes.AnswersOutput] {
	return pass[recipes.AnswersInput, recipes.AnswersOutput]{name: "answers", look: answersOf}
}

// registration is the time in which an instance may be there: from the call of its registration, for certain from the
// return of that to the call of whatever ends it, and no longer than to the return of that.
type registration struct {
	recipes.Registered
	called, from, to, ended int
	op, end                 *history.Operation
}

func answersOf(part model.Part[recipes.AnswersInput, recipes.AnswersOutput]) finding {
	calls := part.Calls
	var list []*registration
	byID, bySession := map[int64]*registration{}, map[string][]*registration{}
	for _, c := range calls {
		if c.In.F != "register" {
			continue
		}
		r := &registration{Registered: c.In.Registered, called: c.Op.Call, from: returned(c.Op), to: endless, ended: endless,
			op: c.Op}
		if byID[r.ID] != nil {
			return finding{outcome: Unknown}
		}
		list, byID[r.ID], bySession[r.Session] = append(list, r), r, append(bySession[r.Session], r)
	}
	for _, c := range calls {
		switch {
		case c.In.F == "withdraw" && byID[c.In.ID] != nil:
			byID[c.In.ID].over(c.Op)
		case c.In.F == "end":
			for _, r := range bySession[c.In.Session] {
				r.over(c.Op)
			}
		}
	}
	for _, c := range calls {
		if c.In.F == "cached" && !c.Out.Unknown {
			if f := answered(c, list, byID); f.outcome == Invalid {
				return f
			}
		}
	}
	return finding{outcome: Valid}
}

// over notes what may have ended a registration: the first of several to be called, and the first to return.
func (r *registration) over(op *history.Operation) {
	r.to = min(r.to, op.Call)
	if ret := returned(op); ret < r.ended {
		r.ended, r.end = ret, op
	}
}

// answered compares an answer with who may and who must be there.
func answered(c recipes.AnswersCall, list []*registration, byID map[int64]*registration) finding {
	for _, id := range c.Out.IDs {
		switch r := byID[id]; {
		case r == nil || r.called > c.Op.Return || !c.In.Asks(id):
			return wrong(fmt.Sprintf("instance %d is listed, and was not registered as one that is asked for", id), c.Op)
		case r.ended < c.Op.Call:
			return wrong(fmt.Sprintf("instance %d is listed, and was gone before the time that the answer is about", id), r.end,
				c.Op)
		case c.Out.TTL > max(0, r.Lease-c.Out.Age):
			return wrong(fmt.Sprintf("an answer may be kept for %d ms, and of the session of instance %d no more than %d ms "+
				"can be left", c.Out.TTL, id, r.Lease-c.Out.Age), r.op, c.Op)
		}
	}
	for _, r := range list {
		certain := r.from < c.Op.Call && r.to > c.Op.Return
		switch {
		case c.Out.NXDomain && r.from < c.Op.Call:
			return wrong("a name is said not to exist, and had an instance before", r.op, c.Op)
		case certain && c.In.Asks(r.ID) && !slices.Contains(c.Out.IDs, r.ID):
			return wrong(fmt.Sprintf("instance %d is there, and is not listed", r.ID), r.op, c.Op)
		}
	}
	return finding{outcome: Valid}
}
