package checker

import (
	"cmp"
	"container/heap"
	"fmt"

	"ordeal/model"
)

// fastCounter decides counters to which the same amount is added every time. Where amounts differ, it finds values that
// no order explains as far as sums can tell, and leaves the rest to a search: which adds a value is the sum of is
// another question than when they took place, and a hard one.
func fastCounter(part model.Part[model.CounterInput, model.CounterOutput]) finding {
	amount := int64(0)
	for _, c := range part.Calls {
		switch {
		case c.In.Amount == 0, c.In.Amount == amount:
		case amount == 0:
			amount = c.In.Amount
		default:
			return sumsInBounds(part.Calls)
		}
	}
	// Where nothing is added there is no sign either, and no value but 0.
	return countSteps(part.Calls, max(amount, -amount), cmp.Or(cmp.Compare(amount, 0), 1))
}

// steps is a counter that goes up one by one, as late as it can. What has a value needs the counter to be there at some
// instant between its events; what adds, to go up once in that time. Adds are alike, so of those under way the one that
// returns first is the one that takes effect, unless one of them is known to have made the value.
//
// Going up late is never worse: whatever must see a smaller value still can, and more adds are under way to go up with.
type steps struct {
	calls []model.CounterCall
	count int
	// made is which call is known to have made a value; called and done are what calls have come to.
	made         map[int]int
	called, done []bool
	// adds are under way and not done; waiting are the calls that look for a value that is still to come.
	adds    deadlines
	waiting map[int][]int
}

// countSteps takes values for multiples of an amount, with a sign.
func countSteps(calls []model.CounterCall, amount int64, sign int) finding {
	s := &steps{calls: calls, made: map[int]int{}, waiting: map[int][]int{},
		called: make([]bool, len(calls)), done: make([]bool, len(calls))}
	values := make([]int, len(calls))
	for i, c := range calls {
		if c.Out.Unknown || c.In.Op == model.CounterAdd {
			continue
		}
		v := c.Out.Value * int64(sign)
		if v != 0 && (v < 0 || amount == 0 || v%amount != 0 || v/amount > int64(len(calls))) {
			return wrong("no sum of what was added is this value", c.Op)
		}
		if v != 0 {
			values[i] = int(v / amount)
		}
		if c.In.Amount == 0 {
			continue
		}
		if other, twice := s.made[values[i]]; twice {
			return wrong("two adds made the same value", calls[other].Op, c.Op)
		}
		if v == 0 {
			return wrong("an add made the value that is there at the start", c.Op)
		}
		s.made[values[i]] = i
	}
	for _, m := range s.moments() {
		i := m.of()
		if !m.ends() {
			if !s.call(i, values[i]) {
				return wrong("a value was seen after the counter had left it for certain", calls[i].Op)
			}
		} else if !s.finish(i, values[i]) {
			return wrong("the counter cannot have come to what this operation needs", calls[i].Op)
		}
	}
	return finding{outcome: Valid}
}

func (s *steps) moments() []moment {
	return moments(len(s.calls), func(i int) interval { return spanOf(s.calls[i].Op) })
}

// looks says whether a call only looks at the value; plain whether it is an add of which the value is not known.
func (s *steps) looks(i int) bool {
	return s.calls[i].In.Amount == 0 && s.calls[i].In.Op != model.CounterAdd
}

func (s *steps) plain(i int) bool {
	c := s.calls[i]
	return c.In.Amount != 0 && (c.Out.Unknown || c.In.Op == model.CounterAdd)
}

// call begins a call; false if it looks for a value that is over.
func (s *steps) call(i, value int) bool {
	s.called[i] = true
	switch {
	case s.looks(i) && value > s.count:
		s.waiting[value] = append(s.waiting[value], i)
	case s.looks(i):
		s.done[i] = true
		return value == s.count
	case s.plain(i):
		heap.Push(&s.adds, deadline{returned(s.calls[i].Op), i})
	}
	return true
}

// finish ends a call: what it needs must have come about by now. False if it can't have.
func (s *steps) finish(i, value int) bool {
	if s.calls[i].In.Amount == 0 && !s.looks(i) {
		return true
	}
	for !s.done[i] {
		if !s.up() {
			return false
		}
	}
	return true
}

// up is one step of the counter; false if nothing is under way that can have made it.
func (s *steps) up() bool {
	maker, known := s.made[s.count+1]
	switch {
	case known && !s.called[maker], !known && len(s.adds) == 0:
		return false
	case !known:
		maker = heap.Pop(&s.adds).(deadline).call
	}
	s.count++
	s.done[maker] = true
	for _, i := range s.waiting[s.count] {
		s.done[i] = true
	}
	return true
}

// deadline is an add under way and the event with which it returns.
type deadline struct{ ret, call int }

// deadlines is a heap, with the first to return on top.
type deadlines []deadline

func (d deadlines) Len() int { return len(d) }
func (d deadlines) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(d[i].ret, d[j].ret), cmp.Compare(d[i].call, d[j].call)) < 0
}
func (d deadlines) Swap(i, j int) { d[i], d[j] = d[j], d[i] }

// Push is for package heap.
func (d *deadlines) Push(x any) { *d = append(*d, x.(deadline)) }

// Pop is for package heap.
func (d *deadlines) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	*d = (*d)[:last]
	return x
}

// sumsInBounds compares each value with what the counter can have been between its events: all adds that had returned
// before count, and of those that had been called, any. So it is least with all that are negative of these, and
// greatest with all that are positive. This is how Jepsen checks counters. It is unknown if no value is out of bounds.
func sumsInBounds(calls []model.CounterCall) finding {
	s := steps{calls: calls}
	type sums struct{ positive, negative int64 }
	var called, over sums
	overAtCall := make([]sums, len(calls))
	add := func(to *sums, n int64) {
		to.positive += max(n, 0)
		to.negative += min(n, 0)
	}
	for _, m := range s.moments() {
		c := calls[m.of()]
		if !m.ends() {
			add(&called, c.In.Amount)
			overAtCall[m.of()] = over
			continue
		}
		before := overAtCall[m.of()]
		if c.In.Op != model.CounterAdd {
			// Of its own amount it is certain that it counts.
			least := before.positive + max(c.In.Amount, 0) + called.negative
			most := called.positive + before.negative + min(c.In.Amount, 0)
			if c.Out.Value < least || c.Out.Value > most {
				reason := fmt.Sprintf("a value must lie between %d and %d, and was %d", least, most, c.Out.Value)
				return wrong(reason, c.Op)
			}
		}
		add(&over, c.In.Amount)
	}
	return finding{}
}
