package recipes

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// A group has members, which sessions are until they leave or end. It is empty at the start.
//
//	F       argument          ok result                         legal when                         then
//	join    session           [session number]                  the session lives, number is new   it is a member
//	leave   [session number]  anything                          that is a member                   it is none
//	look    nil               [zxid [[session number] …]]       these are the members              -
//	cached  nil               [zxid [[session number] …] since] the same, at some instant behind   -
//	                                                            the event with the index since
//	end     session           anything                          always                             its members are none
//
// Looks are listed by number. An unknown join is left out if no look shows its session with a number that no known join
// gave; an unknown leave takes effect where it can.

// Joined is a member.
type Joined struct {
	Session string
	Number  int64
}

// MembersState is who is there, by number, the greatest number until now, and the sessions that ended, sorted.
type MembersState struct {
	Members []Joined
	Last    int64
	Ended   []string
}

// MembersInput is a request; Joined is who joins, leaves or ends.
type MembersInput struct {
	F string
	Joined
}

// MembersOutput is an answer: Number that of a join, Zxid and Members those of a look.
type MembersOutput struct {
	Unknown bool
	Number  int64
	Zxid    int64
	Members []Joined
}

// MembersCall is an operation on a group.
type MembersCall = model.Call[MembersInput, MembersOutput]

// MembersSpec is the specification of a group.
type MembersSpec = model.Spec[MembersState, MembersInput, MembersOutput]

// Members is the specification of a group.
func Members() MembersSpec {
	return MembersSpec{
		Name: "members",
		Step: stepMembers,
		Equal: func(a, b MembersState) bool {
			return slices.Equal(a.Members, b.Members) && a.Last == b.Last && slices.Equal(a.Ended, b.Ended)
		},
		Hash: func(s MembersState) uint64 {
			h := uint64(len(s.Ended))
			for _, m := range s.Members {
				h = mix(h, uint64(m.Number))
			}
			return h
		},
		Size:  func(s MembersState) int { return 24*len(s.Members) + 16*len(s.Ended) },
		Parse: parseMembers,
		Prune: pruneMembers,
		Relax: func(c MembersCall) (MembersCall, bool) {
			c.Out.Unknown, c.Op = true, unknown(c.Op)
			return c, c.In.F != "look" && c.In.F != "cached"
		},
		DescribeState: func(s MembersState) string { return fmt.Sprint(s.Members) },
	}
}

func stepMembers(s MembersState, in MembersInput, out MembersOutput) (MembersState, bool) {
	switch in.F {
	case "join":
		_, ended := slices.BinarySearch(s.Ended, in.Session)
		if ended || out.Number <= s.Last {
			return s, out.Unknown
		}
		s.Members, s.Last = append(slices.Clone(s.Members), Joined{in.Session, out.Number}), out.Number
		return s, true
	case "leave":
		at := slices.Index(s.Members, in.Joined)
		if at < 0 {
			return s, out.Unknown
		}
		s.Members = slices.Delete(slices.Clone(s.Members), at, at+1)
		return s, true
	case "end":
		s.Members = slices.DeleteFunc(slices.Clone(s.Members), func(m Joined) bool { return m.Session == in.Session })
		s.Ended = with(s.Ended, in.Session)
		return s, true
	}
	return s, slices.Equal(s.Members, out.Members)
}

// pruneMembers leaves out unknown looks and joins that no look shows, and tells those that one shows their numbers; and
// the ends of sessions that did nothing.
func pruneMembers(calls []MembersCall, _ []history.Operation) []MembersCall {
	given, shown, did := map[int64]bool{}, map[string][]int64{}, map[string]bool{}
	for _, c := range calls {
		if c.In.F == "join" {
			given[c.Out.Number] = true
		}
		did[c.In.Session] = did[c.In.Session] || c.In.F != "end"
	}
	for _, c := range calls {
		for _, m := range c.Out.Members {
			if !given[m.Number] {
				given[m.Number] = true
				shown[m.Session] = append(shown[m.Session], m.Number)
			}
		}
	}
	kept := make([]MembersCall, 0, len(calls))
	for _, c := range calls {
		looks := c.In.F == "look" || c.In.F == "cached"
		switch {
		case looks && c.Out.Unknown, c.In.F == "end" && !did[c.In.Session]:
			continue
		case c.In.F == "join" && c.Out.Unknown && c.Out.Number == 0:
			numbers := shown[c.In.Session]
			if len(numbers) == 0 {
				continue
			}
			c.Out.Number, shown[c.In.Session] = numbers[0], numbers[1:]
		}
		kept = append(kept, c)
	}
	return kept
}

func parseMembers(op history.Operation) (in MembersInput, out MembersOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	switch op.F {
	case "join":
		if in.Session, err = sessionOf(op.Argument); err == nil && !out.Unknown {
			_, out.Number, _, err = tenure(op.Result, 2)
		}
	case "leave":
		in.Session, in.Number, _, err = tenure(op.Argument, 2)
	case "end":
		in.Session, err = sessionOf(op.Argument)
	case "look", "cached":
		if !out.Unknown {
			out.Zxid, out.Members, err = parseView(op.Result)
		}
	default:
		err = fmt.Errorf("%q is no operation of the model members, which has cached, end, join, leave and look", op.F)
	}
	return in, out, err
}

// parseView reads [zxid [[session number] …]].
func parseView(v any) (zxid int64, members []Joined, err error) {
	l, ok := v.([]any)
	if !ok || len(l) != 2 {
		return 0, nil, fmt.Errorf("%s where [zxid members] belongs", model.TextOf(v))
	}
	if zxid, err = model.Number(l[0], "zxid"); err != nil {
		return 0, nil, err
	}
	list, ok := l[1].([]any)
	if !ok && l[1] != nil {
		return 0, nil, fmt.Errorf("%s where a list of [session number] belongs", model.TextOf(l[1]))
	}
	for _, one := range list {
		session, number, _, err := tenure(one, 2)
		if err != nil {
			return 0, nil, err
		}
		members = append(members, Joined{session, number})
	}
	slices.SortFunc(members, func(a, b Joined) int { return cmp.Compare(a.Number, b.Number) })
	return zxid, members, nil
}
