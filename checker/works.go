package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// worksPass looks at queues of items that are worked on (see recipes.WorkQueue), in time near-linear in the history: an
// item is one session's at a time, by tokens that grow; what is finished is taken no more, nor was it finished by who
// had it no more; what was taken was put in; and where the queue was found empty, what was put in before is finished,
// or may be.
func worksPass() pass[recipes.QueueInput, recipes.QueueOutput] {
	return pass[recipes.QueueInput, recipes.QueueOutput]{name: "works", look: worksOf}
}

// item is what happened to one: when it was put in, and which call may have finished it first.
type item struct {
	put, finished *history.Operation
	leases        []model.Call[recipes.LeaseInput, recipes.LeaseOutput]
}

func worksOf(part model.Part[recipes.QueueInput, recipes.QueueOutput]) finding {
	items := map[int64]*item{}
	of := func(value int64) *item {
		if items[value] == nil {
			items[value] = &item{}
		}
		return items[value]
	}
	var order []int64
	var ends, empties []recipes.QueueCall
	for _, c := range part.Calls { // a take may be called before the put of what it gets
		if c.In.F == "put" {
			of(c.In.Value).put = c.Op
			order = append(order, c.In.Value)
		}
	}
	for _, c := range part.Calls {
		lease := model.Call[recipes.LeaseInput, recipes.LeaseOutput]{Op: c.Op}
		lease.In.Session, lease.Out.Unknown = c.In.Session, c.Out.Unknown
		switch {
		case c.In.F == "end":
			ends = append(ends, c)
		case c.In.F == "take" && c.Out.Empty:
			empties = append(empties, c)
		case c.In.F == "take":
			i := of(c.Out.Value)
			switch {
			case i.put == nil || i.put.Call > c.Op.Return:
				return wrong("what was taken had not been put in", c.Op)
			case i.finished != nil && returned(i.finished) < c.Op.Call:
				return wrong("what was finished was taken again", i.finished, c.Op)
			}
			lease.In.Op, lease.Out.Token, lease.In.Takes = recipes.Acquire, c.Out.Token, []recipes.Take{{}}
			i.leases = append(i.leases, lease)
		case c.In.F == "finish" || c.In.F == "give":
			i := of(c.In.Value)
			if c.In.F == "finish" && (i.finished == nil || !c.Out.Unknown) {
				i.finished = c.Op
			}
			lease.In.Op, lease.In.Token = recipes.Release, c.In.Token
			i.leases = append(i.leases, lease)
		}
	}
	for _, v := range order {
		if f := items[v].judge(v, ends, empties); f.outcome == Invalid {
			return f
		}
	}
	return finding{outcome: Valid}
}

// judge holds that an item was one session's at a time, and not lost.
func (i *item) judge(value int64, ends, empties []recipes.QueueCall) finding {
	took := map[string]bool{}
	for _, c := range i.leases {
		took[c.In.Session] = true
	}
	part := leasePart{Calls: i.leases}
	for _, c := range ends {
		if took[c.In.Session] {
			end := model.Call[recipes.LeaseInput, recipes.LeaseOutput]{Op: c.Op}
			end.In.Op, end.In.Session = recipes.End, c.In.Session
			part.Calls = append(part.Calls, end)
		}
	}
	if f := fastLeases(recipes.Several())(part); f.outcome == Invalid {
		f.reason = fmt.Sprintf("item %d: %s", value, f.reason)
		return f
	}
	for _, c := range empties {
		if i.put.End == history.OK && i.put.Return < c.Op.Call && (i.finished == nil || i.finished.Call > c.Op.Return) {
			return wrong(fmt.Sprintf("item %d is not finished, and the queue was found empty", value), i.put, c.Op)
		}
	}
	return finding{}
}
