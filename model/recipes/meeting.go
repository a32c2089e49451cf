package recipes

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model"
)

// A double barrier has rounds of so many sessions. There is none at the start.
//
//	F      argument         ok result                 legal when
//	enter  session          [session round sessions]  the round is on and has these members, of which the session is one
//	                                                  that did not enter; or the last one is over, and the round's number
//	                                                  is greater: then it is on
//	leave  [session round]  anything                  the round is on, and the session has entered it and not left
//	end    session          anything                  always
//
// A round is over when each of its members has left or its session has ended. An unknown enter is left out: whether it
// entered is what the others say. An unknown leave takes effect where it can. What a sequence can't say is who waited
// for whom: see checker/meetings.go.

// MeetingState is the round that is on, or was last: its members, sorted, and where each of them is, a letter each.
type MeetingState struct {
	Round   int64
	Members []string
	Where   string
	Ended   []string
}

// Where a member is: it has not entered yet, is inside, or is out again.
const (
	meetingBefore = '-'
	meetingInside = 'i'
	meetingOut    = 'o'
)

// MeetingInput is a request. Round is that of a leave.
type MeetingInput struct {
	F, Session string
	Round      int64
}

// MeetingOutput is the answer to an enter.
type MeetingOutput struct {
	Unknown bool
	Round   int64
	Members []string
}

// MeetingCall is an operation on a double barrier.
type MeetingCall = model.Call[MeetingInput, MeetingOutput]

// MeetingSpec is the specification of a double barrier.
type MeetingSpec = model.Spec[MeetingState, MeetingInput, MeetingOutput]

// Meeting is the specification of a double barrier for rounds of so many.
func Meeting(size int) MeetingSpec {
	return MeetingSpec{
		Name: "double-barrier",
		Step: func(s MeetingState, in MeetingInput, out MeetingOutput) (MeetingState, bool) {
			switch in.F {
			case "enter":
				return s.enter(in, out, size)
			case "leave":
				return s.leave(in, out)
			}
			s.Ended = with(s.Ended, in.Session)
			return s, true
		},
		Equal: func(a, b MeetingState) bool {
			return a.Round == b.Round && a.Where == b.Where && slices.Equal(a.Members, b.Members) &&
				slices.Equal(a.Ended, b.Ended)
		},
		Hash: func(s MeetingState) uint64 {
			inside, out := strings.Count(s.Where, string(meetingInside)), strings.Count(s.Where, string(meetingOut))
			return mix(mix(uint64(s.Round), uint64(inside)), uint64(out<<16+len(s.Ended)))
		},
		Parse: parseMeeting,
		Prune: func(calls []MeetingCall, _ []history.Operation) []MeetingCall {
			met := make(map[string]bool)
			calls = slices.DeleteFunc(calls, func(c MeetingCall) bool {
				for _, m := range c.Out.Members {
					met[m] = true
				}
				return c.In.F == "enter" && c.Out.Unknown && c.Out.Round == 0
			})
			return slices.DeleteFunc(calls, func(c MeetingCall) bool { return c.In.F == "end" && !met[c.In.Session] })
		},
		Relax: func(c MeetingCall) (MeetingCall, bool) {
			c.Out.Unknown, c.Op = true, unknown(c.Op)
			return c, true
		},
		DescribeState: func(s MeetingState) string {
			return fmt.Sprintf("round %d of %v, %v inside, %v have left", s.Round, s.Members,
				s.who(meetingInside), s.who(meetingOut))
		},
	}
}

func with(sorted []string, one string) []string {
	at, there := slices.BinarySearch(sorted, one)
	if there {
		return sorted
	}
	out := append(make([]string, 0, len(sorted)+1), sorted[:at]...)
	return append(append(out, one), sorted[at:]...)
}

// who are the members that are there.
func (s MeetingState) who(where byte) []string {
	var out []string
	for i, m := range s.Members {
		if s.Where[i] == where {
			out = append(out, m)
		}
	}
	return out
}

// move has a member somewhere else, if it is where it comes from.
func (s MeetingState) move(session string, from, to byte) (next MeetingState, is bool) {
	i := slices.Index(s.Members, session)
	if i < 0 || s.Where[i] != from {
		return s, false
	}
	s.Where = s.Where[:i] + string(to) + s.Where[i+1:]
	return s, true
}

func (s MeetingState) enter(in MeetingInput, out MeetingOutput, size int) (MeetingState, bool) {
	next := s
	if out.Round > s.Round {
		for i, m := range s.Members {
			if s.Where[i] != meetingOut && !slices.Contains(s.Ended, m) {
				return s, out.Unknown
			}
		}
		next.Round, next.Members, next.Where = out.Round, out.Members, strings.Repeat(string(meetingBefore), len(out.Members))
	}
	if out.Round != next.Round || len(next.Members) != size || !slices.Equal(out.Members, next.Members) {
		return s, out.Unknown
	}
	if next, is := next.move(in.Session, meetingBefore, meetingInside); is {
		return next, true
	}
	return s, out.Unknown
}

func (s MeetingState) leave(in MeetingInput, out MeetingOutput) (MeetingState, bool) {
	if in.Round != s.Round {
		return s, out.Unknown
	}
	next, is := s.move(in.Session, meetingInside, meetingOut)
	return next, is || out.Unknown
}

func parseMeeting(op history.Operation) (in MeetingInput, out MeetingOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	switch op.F {
	case "enter":
		if in.Session, err = sessionOf(op.Argument); err == nil && !out.Unknown {
			out.Round, out.Members, err = parseRound(op.Result)
		}
	case "leave":
		in.Session, in.Round, _, err = tenure(op.Argument, 2)
	case "end":
		in.Session, err = sessionOf(op.Argument)
	default:
		err = fmt.Errorf("%q is no operation of the model double-barrier, which has end, enter and leave", op.F)
	}
	return in, out, err
}

// parseRound reads [session round sessions].
func parseRound(v any) (number int64, members []string, err error) {
	l, _ := v.([]any)
	if len(l) != 3 {
		return 0, nil, fmt.Errorf("%s where [session round sessions] belongs", model.TextOf(v))
	}
	names, ok := l[2].([]any)
	members = make([]string, 0, len(names))
	for _, n := range names {
		name, isName := n.(string)
		ok = ok && isName
		members = append(members, name)
	}
	if number, err = model.Number(l[1], "round"); err == nil && !ok {
		err = fmt.Errorf("%s where a list of sessions belongs", model.TextOf(l[2]))
	}
	slices.Sort(members)
	return number, members, err
}
