package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// meetingsPass looks at double barriers (see recipes.Meeting), in time linear in the history:
//
//   - no member passes enter before each of its round has asked to enter, and all say the same of a round;
//   - a round has so many members, each once;
//   - no member passes leave, and none enters a later round, before each of the round has asked to leave or its session
//     has ended.
func meetingsPass(size int) pass[recipes.MeetingInput, recipes.MeetingOutput] {
	return pass[recipes.MeetingInput, recipes.MeetingOutput]{"meetings",
		func(part model.Part[recipes.MeetingInput, recipes.MeetingOutput]) finding {
			m := newMeetings(part.Operations)
			f := m.judge(part.Calls, size)
			f.seen = m.begun
			return f
		}, "rounds"}
}

// meetings is what happened at one double barrier.
type meetings struct {
	// asked is when each session asked to enter first, whatever became of that.
	asked map[string]int
	ended map[string]int
	// left is when a member asked to leave a round, or the first event at which it may have.
	left   map[stay]int
	rounds map[int64]*history.Operation
	begun  int64 // rounds
}

// stay is a session in a round.
type stay struct {
	session string
	round   int64
}

func newMeetings(ops []history.Operation) *meetings {
	counts := map[string]int{}
	for i := range ops {
		counts[ops[i].F]++
	}
	m := &meetings{asked: make(map[string]int, counts["enter"]), ended: make(map[string]int, counts["end"]),
		left: make(map[stay]int, counts["leave"]), rounds: map[int64]*history.Operation{}}
	for _, op := range ops {
		session, _ := op.Argument.(string)
		switch op.F {
		case "enter":
			if _, twice := m.asked[session]; !twice {
				m.asked[session] = op.Call
			}
		case "end":
			if _, twice := m.ended[session]; !twice {
				m.ended[session] = op.Call
			}
		case "leave":
			l, _ := op.Argument.([]any)
			if len(l) != 2 || op.End == history.Fail {
				continue
			}
			session, _ = l[0].(string)
			round, _ := l[1].(int64)
			if _, twice := m.left[stay{session, round}]; !twice {
				m.left[stay{session, round}] = op.Call
			}
		}
	}
	return m
}

func (m *meetings) judge(calls []recipes.MeetingCall, size int) finding {
	members := map[int64][]string{}
	inside := map[stay]*history.Operation{}
	byReturn := make([]*recipes.MeetingCall, len(calls))
	for i := range calls {
		byReturn[i] = &calls[i]
	}
	slices.SortFunc(byReturn, func(a, b *recipes.MeetingCall) int { return cmp.Compare(returned(a.Op), returned(b.Op)) })
	latest := int64(0)
	for _, c := range byReturn {
		switch {
		case c.In.F == "enter":
			if f := m.enter(c, size, members, inside); f.outcome == Invalid {
				return f
			}
			if before, was := m.rounds[latest]; was && latest < c.Out.Round {
				if f := m.over(latest, members[latest], "", before, c.Op); f.outcome == Invalid {
					return f
				}
			}
			latest = max(latest, c.Out.Round)
		case c.In.F == "leave" && !c.Out.Unknown:
			in, there := inside[stay{c.In.Session, c.In.Round}]
			if !there {
				return wrong("a session left a round that it had not entered", c.Op)
			}
			if f := m.over(c.In.Round, members[c.In.Round], c.In.Session, in, c.Op); f.outcome == Invalid {
				return f
			}
		}
	}
	return finding{outcome: Valid}
}

// enter compares a member's round with what others were told of it.
func (m *meetings) enter(c *recipes.MeetingCall, size int, members map[int64][]string,
	inside map[stay]*history.Operation) finding {
	first, known := m.rounds[c.Out.Round]
	other, twice := inside[stay{c.In.Session, c.Out.Round}]
	switch {
	case known && !slices.Equal(members[c.Out.Round], c.Out.Members):
		return wrong("two members of a round were told of different ones", first, c.Op)
	case twice:
		return wrong("one session entered a round twice", other, c.Op)
	case len(c.Out.Members) != size || len(slices.Compact(slices.Clone(c.Out.Members))) != size:
		return wrong(fmt.Sprintf("a round has %d members, and needs %d", len(c.Out.Members), size), c.Op)
	case !slices.Contains(c.Out.Members, c.In.Session):
		return wrong("a session entered a round of others", c.Op)
	case !known:
		m.begun++
	}
	m.rounds[c.Out.Round], members[c.Out.Round] = c.Op, c.Out.Members
	inside[stay{c.In.Session, c.Out.Round}] = c.Op
	return m.complete(c)
}

// complete holds that each of a round had asked to enter when one of them was told that it is in.
func (m *meetings) complete(c *recipes.MeetingCall) finding {
	for _, s := range c.Out.Members {
		if call, has := m.asked[s]; !has || call > c.Op.Return {
			return wrong(fmt.Sprintf("%s entered round %d, and %s, which is in it, had not asked to", c.In.Session,
				c.Out.Round, s), c.Op)
		}
	}
	return finding{}
}

// over holds that each of a round, but for one session, had asked to leave it or ended when an operation returned.
func (m *meetings) over(number int64, members []string, but string, entered, by *history.Operation) finding {
	for _, s := range members {
		left, leaves := m.left[stay{s, number}]
		ended, ends := m.ended[s]
		if s != but && (!leaves || left > by.Return) && (!ends || ended > by.Return) {
			return wrong(fmt.Sprintf("%s was in round %d still", s, number), entered, by)
		}
	}
	return finding{}
}
