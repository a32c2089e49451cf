// Package recipes has the sequential specifications of what recipes make of a coordination service: locks of several
// kinds, barriers, queues with priorities and more. Like those of package model they are pure, and share no code with
// any implementation. The tables of F, argument and result stand in front of each.
package recipes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model"
)

// Leases are what sessions hold: permits of a semaphore, a lock for reading or writing, one that its holder may take
// again, or several locks at once. All is free at the start.
//
//	F        argument           ok result           legal when                                then
//	acquire  session            [session token]     what it takes is free, session lives      it holds that
//	acquire  [session names]    [session token]     the same, of several locks                it holds them
//	read     session            [session token]     none holds it for writing                 it holds it for reading
//	write    session            [session token]     none holds it                             it holds it for writing
//	release  [session token]    anything            the session holds that                    free, or once less
//	free     [session token]    anything            the same                                  the same
//	guarded  [session token n]  [n version]         the session holds that, version-1 was     the value is n
//	guarded  [session token n]  "refused"           the session does not hold that            -
//	look     nil                [n version]         that is the value                         -
//	end      session            anything            always                                    its leases are free
//
// Of grants of which one excludes the other, the later has the greater token. A lease that may be taken again is
// granted by the same token. The value, which guarded writes change, is nil at the start, of version 0.
//
// An unknown acquire is left out, unless it is known what its token would be: its session is left to end, and neither
// releases nor writes, so without it all else stays legal. An unknown release or guarded write takes effect where it
// can.

// LeaseOp is what an operation does.
type LeaseOp uint8

// The operations on leases.
const (
	Acquire LeaseOp = iota
	Release
	Guarded
	Look
	End
)

// Take is one thing that a lease takes: shared with others that share it, or alone.
type Take struct {
	Name   string
	Shared bool
}

// Lease is one that is held.
type Lease struct {
	Session string
	Token   int64
	Takes   []Take
	// Times is how often it was taken, and not released.
	Times int
}

// LeaseState is what is held, by token; the greatest tokens granted; the sessions that ended, sorted; and the value.
type LeaseState struct {
	Held    []Lease
	Granted []Mark
	Ended   []string
	Value   any
	Version int64
}

// Mark is the greatest token by which a name was granted, and by which it was granted alone. They are sorted by name.
type Mark struct {
	Name       string
	Any, Alone int64
}

// LeaseInput is a request. Token is that of Release and Guarded, Value what Guarded writes.
type LeaseInput struct {
	Op      LeaseOp
	Session string
	Token   int64
	Takes   []Take
	Value   any
}

// LeaseOutput is an answer: Token that of a grant, Value and Version of a look, or of a guarded write.
type LeaseOutput struct {
	Unknown, Refused bool
	Token            int64
	Value            any
	Version          int64
}

// leaseCall is an operation on leases.
type leaseCall = model.Call[LeaseInput, LeaseOutput]

// LeaseSpec is a specification of leases.
type LeaseSpec = model.Spec[LeaseState, LeaseInput, LeaseOutput]

// LeaseKind is a kind of leases.
type LeaseKind struct {
	Name string
	// Permits is how many may share; 0 for any number.
	Permits int
	// Again says that a holder may take it again.
	Again bool
	// takes is what an operation takes, and whose it is.
	takes func(op history.Operation) (session string, takes []Take, err error)
}

// Kinds of leases.
func Semaphore(permits int) LeaseKind {
	return LeaseKind{Name: "leases", Permits: permits, takes: plain("acquire", []Take{{Shared: true}})}
}

// ReadWrite is a lock for reading and writing.
func ReadWrite() LeaseKind {
	return LeaseKind{Name: "rw-lock", takes: func(op history.Operation) (string, []Take, error) {
		session, err := sessionOf(op.Argument)
		return session, []Take{{Shared: op.F == "read"}}, err
	}}
}

// Reentrant is a lock that its holder may take again.
func Reentrant() LeaseKind {
	return LeaseKind{Name: "reentrant-lock", Again: true, takes: plain("acquire", []Take{{}})}
}

// Several is locks of which several are taken at once.
func Several() LeaseKind {
	return LeaseKind{Name: "multi-lock", takes: takesNames}
}

func plain(_ string, takes []Take) func(op history.Operation) (string, []Take, error) {
	return func(op history.Operation) (string, []Take, error) {
		session, err := sessionOf(op.Argument)
		return session, takes, err
	}
}

func takesNames(op history.Operation) (session string, takes []Take, err error) {
	l, ok := op.Argument.([]any)
	if !ok {
		session, err = sessionOf(op.Argument)
		return session, []Take{{}}, err
	}
	if len(l) != 2 {
		return "", nil, fmt.Errorf("%s where [session names] belongs", model.TextOf(op.Argument))
	}
	if session, err = sessionOf(l[0]); err != nil {
		return "", nil, err
	}
	names, ok := l[1].([]any)
	for _, n := range names {
		name, isName := n.(string)
		ok = ok && isName
		takes = append(takes, Take{Name: name})
	}
	if !ok || len(takes) == 0 {
		return "", nil, fmt.Errorf("%s where a list of names belongs", model.TextOf(l[1]))
	}
	return session, takes, nil
}

// Spec is the specification of leases of a kind.
func (k LeaseKind) Spec() LeaseSpec {
	return LeaseSpec{
		Name: k.Name,
		Step: k.step,
		Equal: func(a, b LeaseState) bool {
			return a.Value == b.Value && a.Version == b.Version && slices.Equal(a.Ended, b.Ended) &&
				slices.Equal(a.Granted, b.Granted) && slices.EqualFunc(a.Held, b.Held, func(a, b Lease) bool {
				return a.Session == b.Session && a.Token == b.Token && a.Times == b.Times
			})
		},
		Hash: func(s LeaseState) uint64 {
			h := mix(uint64(len(s.Ended)), uint64(s.Version))
			for _, l := range s.Held {
				h = mix(mix(h, uint64(l.Token)), uint64(l.Times))
			}
			return h
		},
		Size:  func(s LeaseState) int { return 64*len(s.Held) + 32*len(s.Granted) + 16*len(s.Ended) },
		Parse: k.parse,
		Prune: pruneLeases,
		Relax: func(c leaseCall) (leaseCall, bool) {
			refused := c.Out.Refused
			c.Out, c.Op = LeaseOutput{Unknown: true, Token: c.Out.Token}, unknown(c.Op)
			return c, c.In.Op != Look && !(c.In.Op == Guarded && refused)
		},
		DescribeState: LeaseState.describe,
	}
}

// pruneLeases leaves out unknown operations that change nothing, and the ends of sessions that asked for nothing.
func pruneLeases(calls []leaseCall, _ []history.Operation) []leaseCall {
	asked := make(map[string]bool)
	calls = slices.DeleteFunc(calls, func(c leaseCall) bool {
		if c.Out.Unknown && (c.In.Op == Acquire && c.Out.Token == 0 || c.In.Op == Look) {
			return true
		}
		asked[c.In.Session] = asked[c.In.Session] || c.In.Op != End
		return false
	})
	return slices.DeleteFunc(calls, func(c leaseCall) bool { return !asked[c.In.Session] && c.In.Op == End })
}

func (k LeaseKind) step(s LeaseState, in LeaseInput, out LeaseOutput) (LeaseState, bool) {
	switch in.Op {
	case Acquire:
		return k.acquire(s, in, out)
	case Release:
		at := s.find(in.Session, in.Token)
		if at < 0 {
			return s, out.Unknown
		}
		return s.release(at), true
	case Guarded:
		return s.guarded(in, out)
	case Look:
		return s, s.Value == out.Value && s.Version == out.Version
	}
	return s.end(in.Session), true
}

func (k LeaseKind) acquire(s LeaseState, in LeaseInput, out LeaseOutput) (LeaseState, bool) {
	if at := s.find(in.Session, out.Token); at >= 0 && k.Again {
		s.Held = slices.Clone(s.Held)
		s.Held[at].Times++
		return s, true
	}
	_, ended := slices.BinarySearch(s.Ended, in.Session)
	for _, t := range in.Takes {
		if ended || !k.free(s, t) || !s.later(t, out.Token) {
			return s, out.Unknown
		}
	}
	return s.grant(Lease{in.Session, out.Token, in.Takes, 1}), true
}

// free says whether a take is possible beside what is held.
func (k LeaseKind) free(s LeaseState, t Take) bool {
	sharing := 0
	for _, l := range s.Held {
		for _, other := range l.Takes {
			switch {
			case other.Name != t.Name:
			case !other.Shared || !t.Shared:
				return false
			default:
				sharing++
			}
		}
	}
	return k.Permits == 0 || sharing < k.Permits
}

// later says whether a token is greater than those of the grants that this one excludes.
func (s LeaseState) later(t Take, token int64) bool {
	at, there := slices.BinarySearchFunc(s.Granted, t.Name, func(m Mark, n string) int { return cmp.Compare(m.Name, n) })
	return !there || token > s.Granted[at].Alone && (t.Shared || token > s.Granted[at].Any)
}

func (s LeaseState) grant(l Lease) LeaseState {
	at, _ := slices.BinarySearchFunc(s.Held, l.Token, func(h Lease, t int64) int { return cmp.Compare(h.Token, t) })
	s.Held = slices.Insert(slices.Clone(s.Held), at, l)
	s.Granted = slices.Clone(s.Granted)
	for _, t := range l.Takes {
		i, there := slices.BinarySearchFunc(s.Granted, t.Name, func(m Mark, n string) int { return cmp.Compare(m.Name, n) })
		if !there {
			s.Granted = slices.Insert(s.Granted, i, Mark{Name: t.Name})
		}
		m := &s.Granted[i]
		if m.Any = max(m.Any, l.Token); !t.Shared {
			m.Alone = max(m.Alone, l.Token)
		}
	}
	return s
}

func (s LeaseState) find(session string, token int64) int {
	return slices.IndexFunc(s.Held, func(l Lease) bool { return l.Session == session && l.Token == token })
}

func (s LeaseState) release(at int) LeaseState {
	s.Held = slices.Clone(s.Held)
	if s.Held[at].Times--; s.Held[at].Times == 0 {
		s.Held = slices.Delete(s.Held, at, at+1)
	}
	return s
}

func (s LeaseState) guarded(in LeaseInput, out LeaseOutput) (LeaseState, bool) {
	held := s.find(in.Session, in.Token) >= 0
	switch {
	case out.Refused:
		return s, !held
	case !held || !out.Unknown && out.Version != s.Version+1:
		return s, out.Unknown
	}
	s.Value, s.Version = in.Value, s.Version+1
	return s, true
}

func (s LeaseState) end(session string) LeaseState {
	s.Held = slices.DeleteFunc(slices.Clone(s.Held), func(l Lease) bool { return l.Session == session })
	if at, ended := slices.BinarySearch(s.Ended, session); !ended {
		s.Ended = slices.Insert(slices.Clone(s.Ended), at, session)
	}
	return s
}

func (s LeaseState) describe() string {
	if len(s.Held) == 0 {
		return "free"
	}
	var holders []string
	for _, l := range s.Held {
		text := fmt.Sprintf("%s by %d", l.Session, l.Token)
		for _, t := range l.Takes {
			if t.Name != "" {
				text += " " + t.Name
			}
			if t.Shared {
				text += " shared"
			}
		}
		if l.Times > 1 {
			text += fmt.Sprintf(" %d times", l.Times)
		}
		holders = append(holders, text)
	}
	return strings.Join(holders, ", ")
}

func (k LeaseKind) parse(op history.Operation) (in LeaseInput, out LeaseOutput, err error) {
	out.Unknown = op.End != history.OK
	acquires := op.F == "acquire" && k.Name != "rw-lock" || k.Name == "rw-lock" && (op.F == "read" || op.F == "write")
	switch {
	case acquires:
		in.Op = Acquire
		if in.Session, in.Takes, err = k.takes(op); err == nil && !out.Unknown {
			var session string
			if session, out.Token, _, err = tenure(op.Result, 2); err == nil && session != in.Session {
				err = fmt.Errorf("session %s asked and its result speaks of %s", in.Session, session)
			}
		}
	case op.F == "release", op.F == "free":
		in.Op = Release
		in.Session, in.Token, _, err = tenure(op.Argument, 2)
	case op.F == "guarded":
		in.Op = Guarded
		if in.Session, in.Token, in.Value, err = tenure(op.Argument, 3); err == nil && !out.Unknown {
			if out.Refused = op.Result == any("refused"); !out.Refused {
				out.Value, out.Version, err = versioned(op.Result)
			}
		}
	case op.F == "look":
		if in.Op = Look; !out.Unknown {
			out.Value, out.Version, err = versioned(op.Result)
		}
	case op.F == "end":
		in.Op = End
		in.Session, err = sessionOf(op.Argument)
	default:
		err = fmt.Errorf("%q is no operation of the model %s", op.F, k.Name)
	}
	return in, out, err
}
