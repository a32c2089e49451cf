package model

import (
	"fmt"
	"math"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A lock and an election are one object in two vocabularies: something that one session holds at a time, with a
// number that grows with every grant (the lock's token, the election's epoch) and that is freed when the session ends.
//
//	lock     election  argument         ok result         legal when                          then
//	acquire  campaign  session          [session number]  free, session not ended, number     the session holds it
//	                                                      greater than any granted before
//	acquire            session          [session "held"]  another session holds it            -
//	release  resign    [session number] anything          the session holds it by that number free
//	observe  observe   nil              [session number]  that session holds it by that       -
//	observe  observe   nil              nil               free                                -
//	end      end       session          anything          always                              ended; free if it held
//
// end is the service's own (process -2); without a key it ends the session everywhere. Its other form is that of
// SpreadEnds. A grant is not renewed: a session that holds the object cannot be granted it again. An unknown acquire
// takes effect where the object is free and the session lives, with some number greater than any before; an unknown
// release where the session holds it. The lock's "fenced" writes concern the resource, not the lock, and are left out.
//
// One kind of evidence is not used. A session that waits and gives up (fail, or "held"), or whose acquire is unknown,
// may have held the object for a moment that the history does not show. So "held" counts only if no such attempt of
// another session was under way, and an observation of a session only if that session has no such attempt or was
// granted the number that was seen.

// HoldOp is what an operation does to a lock or election.
type HoldOp uint8

// The operations of locks and elections.
const (
	Acquire HoldOp = iota
	Release
	Observe
	End
)

// HoldState says which session holds a lock or election; "" if it is free.
type HoldState struct {
	Session string
	// Number is the greatest granted until now; the holder's own if there is a holder. If Loose, the holder's is Number
	// or any greater one: the answer that held the number was lost.
	Number int64
	Loose  bool
	// Ended are the sessions that ended, sorted.
	Ended []string
}

// HoldInput is a request. Number is Release's.
type HoldInput struct {
	Op      HoldOp
	Session string
	Number  int64
}

// HoldOutput is an answer: a grant or observation of Session by Number, or Held, or (Observe only) that it is free:
// Session "".
type HoldOutput struct {
	Unknown, Held bool
	Session       string
	Number        int64
}

// HoldCall is an operation on a lock or election.
type HoldCall = Call[HoldInput, HoldOutput]

// HoldSpec is the specification of a lock or election.
type HoldSpec = Spec[HoldState, HoldInput, HoldOutput]

// Lock is the specification of a lock with owners and fencing tokens.
func Lock() HoldSpec {
	words := [4]string{Acquire: "acquire", Release: "release", Observe: "observe", End: "end"}
	s := hold("lock", words, holdParser("lock", words))
	s.Foreign = []string{"fenced"}
	return s
}

// Election is the specification of an election with epochs.
func Election() HoldSpec {
	words := [4]string{Acquire: "campaign", Release: "resign", Observe: "observe", End: "end"}
	return hold("election", words, holdParser("election", words))
}

// hold is the specification of an object whose operations have the words for their names, "" for one that it lacks.
func hold(model string, words [4]string, parse holdParse) HoldSpec {
	return HoldSpec{
		Name: model,
		// Numbers may be any, so before the first grant stands the least one.
		Init: HoldState{Number: math.MinInt64},
		Step: stepHold,
		Equal: func(a, b HoldState) bool {
			return a.Session == b.Session && a.Number == b.Number && a.Loose == b.Loose && slices.Equal(a.Ended, b.Ended)
		},
		Hash: func(s HoldState) uint64 {
			return ordered.Mix(ordered.HashValue(ordered.Seed, s.Session), uint64(s.Number)) + uint64(len(s.Ended))
		},
		Parse: parse,
		Prune: holdPruner(parse),
		Relax: func(c HoldCall) (HoldCall, bool) {
			return unknown(c, HoldOutput{Unknown: true}), c.In.Op != Observe && !c.Out.Held
		},
		Describe:      func(in HoldInput, out HoldOutput) string { return describeHold(words[in.Op], in, out) },
		DescribeState: HoldState.describe,
	}
}

// holdParse reads an operation.
type holdParse func(history.Operation) (HoldInput, HoldOutput, error)

// holdParser reads the operations of an object that sessions hold.
func holdParser(model string, words [4]string) holdParse {
	return func(op history.Operation) (HoldInput, HoldOutput, error) {
		kind := slices.Index(words[:], op.F)
		if kind < 0 || op.F == "" {
			have := slices.DeleteFunc(slices.Sorted(slices.Values(words[:])), func(w string) bool { return w == "" })
			return HoldInput{}, HoldOutput{}, unknownF(op.F, model, have...)
		}
		return parseHold(HoldOp(kind), op)
	}
}

func stepHold(s HoldState, in HoldInput, out HoldOutput) (HoldState, bool) {
	switch in.Op {
	case Acquire:
		return s.acquire(in, out)
	case Release:
		if !s.heldBy(in.Session, in.Number) {
			return s, out.Unknown
		}
		s.Session, s.Number, s.Loose = "", in.Number, false
		return s, true
	case Observe:
		if out.Session == "" {
			return s, s.Session == ""
		}
		legal := s.heldBy(out.Session, out.Number)
		if legal {
			s.Number, s.Loose = out.Number, false
		}
		return s, legal
	}
	return s.end(in.Session), true
}

func (s HoldState) acquire(in HoldInput, out HoldOutput) (HoldState, bool) {
	if out.Held {
		return s, s.Session != "" && s.Session != in.Session
	}
	_, ended := slices.BinarySearch(s.Ended, in.Session)
	if s.Session != "" || ended || !out.Unknown && out.Number <= s.Number {
		return s, out.Unknown
	}
	if out.Unknown {
		// Integers: the least number that the grant can have had.
		s.Session, s.Number, s.Loose = in.Session, s.Number+1, true
		return s, true
	}
	s.Session, s.Number, s.Loose = in.Session, out.Number, false
	return s, true
}

func (s HoldState) heldBy(session string, number int64) bool {
	return s.Session == session && (s.Number == number || s.Loose && s.Number < number)
}

func (s HoldState) end(session string) HoldState {
	if s.Session == session {
		s.Session, s.Loose = "", false
	}
	if at, ended := slices.BinarySearch(s.Ended, session); !ended {
		s.Ended = slices.Insert(slices.Clone(s.Ended), at, session)
	}
	return s
}

func parseHold(kind HoldOp, op history.Operation) (in HoldInput, out HoldOutput, err error) {
	in.Op = kind
	switch kind {
	case Acquire, End:
		in.Session, err = name(op.Argument, "session")
	case Release:
		in.Session, in.Number, err = tenure(op.Argument)
	}
	if err != nil || op.End != history.OK {
		return in, HoldOutput{Unknown: true}, err
	}
	switch {
	case kind == Observe && op.Result != nil:
		out.Session, out.Number, err = tenure(op.Result)
	case kind == Acquire:
		out, err = parseGrant(in.Session, op.Result)
	}
	return in, out, err
}

func parseGrant(session string, result any) (out HoldOutput, err error) {
	if l, ok := result.([]any); ok && len(l) == 2 && l[1] == any("held") {
		out.Held = true
		out.Session, err = name(l[0], "session")
	} else {
		out.Session, out.Number, err = tenure(result)
	}
	if err == nil && out.Session != session {
		err = fmt.Errorf("session %s asked and its result speaks of %s", session, out.Session)
	}
	return out, err
}

func tenure(v any) (session string, num int64, err error) {
	l, err := list(v, 2, "[session number]")
	if err != nil {
		return "", 0, err
	}
	if session, err = name(l[0], "session"); err == nil {
		num, err = grantNumber(l[1], "token or epoch")
	}
	return session, num, err
}

func describeHold(word string, in HoldInput, out HoldOutput) string {
	s := word
	if in.Session != "" {
		s += " " + in.Session
	}
	if in.Op == Release {
		s += fmt.Sprintf(" %d", in.Number)
	}
	switch {
	case out.Unknown:
		return s + " -> unknown"
	case out.Held:
		return s + " -> held"
	case in.Op == Acquire, in.Op == Observe && out.Session != "":
		return s + fmt.Sprintf(" -> %s %d", out.Session, out.Number)
	case in.Op == Observe:
		return s + " -> free"
	}
	return s
}

func (s HoldState) describe() string {
	switch {
	case s.Session == "":
		return "free"
	case s.Loose:
		return fmt.Sprintf("%s by %d or more", s.Session, s.Number)
	}
	return fmt.Sprintf("%s by %d", s.Session, s.Number)
}
