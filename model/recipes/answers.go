package recipes

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// A name has instances behind it, each until it is withdrawn or its session ends. It has none at the start, and does
// not exist before the first was registered. Those with even numbers have an IPv4 address, the others an IPv6 one.
//
//	F         argument              ok result               legal when                            then
//	register  [id session lease]    anything                the session lives                     it is there
//	withdraw  [id session]          anything                it is there                           it is not
//	cached    "A", "AAAA" or "SRV"  [ids [ttl age] since]   these are there, at some instant      -
//	                                                        behind the event with the index since
//	end       session               anything                always                                its instances go
//
// ids are [id …] in order, even, odd or all; or "nxdomain" for a name that never had any. ttl and age are in
// milliseconds, as are leases: how long the answer may be kept, and how old what it was made of was. The ttl is not of
// the model: see checker/answers.go.

// Registered is an instance.
type Registered struct {
	ID      int64
	Session string
	// Lease is how long its session lasts without contact, in milliseconds.
	Lease int64
}

// AnswersState is who is there, by id; whether there ever was one; and the sessions that ended, sorted.
type AnswersState struct {
	There []Registered
	Ever  bool
	Ended []string
}

// AnswersInput is a request; Kind is what a question asks for.
type AnswersInput struct {
	F, Kind string
	Registered
}

// AnswersOutput is an answer.
type AnswersOutput struct {
	Unknown, NXDomain bool
	IDs               []int64
	TTL, Age          int64
}

// AnswersCall is an operation on a name.
type AnswersCall = model.Call[AnswersInput, AnswersOutput]

// Answers is the specification of a name.
func Answers() model.Spec[AnswersState, AnswersInput, AnswersOutput] {
	return model.Spec[AnswersState, AnswersInput, AnswersOutput]{
		Name: "dns",
		Step: stepAnswers,
		Equal: func(a, b AnswersState) bool {
			return slices.Equal(a.There, b.There) && a.Ever == b.Ever && slices.Equal(a.Ended, b.Ended)
		},
		Hash: func(s AnswersState) uint64 {
			h := uint64(len(s.Ended))
			for _, r := range s.There {
				h = mix(h, uint64(r.ID))
			}
			return h
		},
		Size:  func(s AnswersState) int { return 32*len(s.There) + 16*len(s.Ended) },
		Parse: parseAnswers,
		Prune: func(calls []AnswersCall, _ []history.Operation) []AnswersCall {
			did := map[string]bool{}
			for _, c := range calls {
				did[c.In.Session] = did[c.In.Session] || c.In.F != "end"
			}
			return slices.DeleteFunc(slices.Clone(calls), func(c AnswersCall) bool {
				return c.In.F == "cached" && c.Out.Unknown || c.In.F == "end" && !did[c.In.Session]
			})
		},
		Relax: func(c AnswersCall) (AnswersCall, bool) {
			c.Out.Unknown, c.Op = true, unknown(c.Op)
			return c, c.In.F != "cached"
		},
		DescribeState: func(s AnswersState) string { return fmt.Sprint(s.There) },
	}
}

func stepAnswers(s AnswersState, in AnswersInput, out AnswersOutput) (AnswersState, bool) {
	switch in.F {
	case "register":
		if _, ended := slices.BinarySearch(s.Ended, in.Session); ended {
			return s, out.Unknown
		}
		at, there := slices.BinarySearchFunc(s.There, in.ID, func(r Registered, id int64) int { return int(r.ID - id) })
		if there {
			return s, out.Unknown
		}
		s.There, s.Ever = slices.Insert(slices.Clone(s.There), at, in.Registered), true
		return s, true
	case "withdraw":
		at := slices.IndexFunc(s.There, func(r Registered) bool { return r.ID == in.ID && r.Session == in.Session })
		if at < 0 {
			return s, out.Unknown
		}
		s.There = slices.Delete(slices.Clone(s.There), at, at+1)
		return s, true
	case "end":
		s.There = slices.DeleteFunc(slices.Clone(s.There), func(r Registered) bool { return r.Session == in.Session })
		s.Ended = with(s.Ended, in.Session)
		return s, true
	}
	if out.NXDomain {
		return s, !s.Ever
	}
	var ids []int64
	for _, r := range s.There {
		if in.Asks(r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return s, slices.Equal(ids, out.IDs)
}

// Asks says whether a question is about instances with such a number.
func (in AnswersInput) Asks(id int64) bool {
	return in.Kind == "SRV" || (in.Kind == "A") == (id%2 == 0)
}

func parseAnswers(op history.Operation) (in AnswersInput, out AnswersOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	switch op.F {
	case "register", "withdraw":
		l, ok := op.Argument.([]any)
		if parts := map[string]int{"register": 3, "withdraw": 2}[op.F]; !ok || len(l) != parts {
			return in, out, fmt.Errorf("%s where a list of %d belongs: id, session", model.TextOf(op.Argument), parts)
		}
		if in.ID, err = model.Number(l[0], "id"); err == nil {
			in.Session, err = sessionOf(l[1])
		}
		if err == nil && op.F == "register" {
			in.Lease, err = model.Number(l[2], "lease")
		}
	case "end":
		in.Session, err = sessionOf(op.Argument)
	case "cached":
		in.Kind, _ = op.Argument.(string)
		if in.Kind != "A" && in.Kind != "AAAA" && in.Kind != "SRV" {
			return in, out, fmt.Errorf("%s where A, AAAA or SRV belongs", model.TextOf(op.Argument))
		}
		if !out.Unknown {
			err = parseAnswer(op.Result, &out)
		}
	default:
		err = fmt.Errorf("%q is no operation of the model dns, which has cached, end, register and withdraw", op.F)
	}
	return in, out, err
}

// parseAnswer reads [ids [ttl age]].
func parseAnswer(v any, out *AnswersOutput) error {
	l, ok := v.([]any)
	if !ok || len(l) != 2 {
		return fmt.Errorf("%s where [ids [ttl age]] belongs", model.TextOf(v))
	}
	times, err := numbersOf(l[1], 2)
	if err != nil {
		return err
	}
	out.TTL, out.Age = times[0], times[1]
	if out.NXDomain = l[0] == any("nxdomain"); out.NXDomain || l[0] == nil {
		return nil
	}
	list, ok := l[0].([]any)
	if !ok {
		return fmt.Errorf("%s where a list of ids belongs, or \"nxdomain\"", model.TextOf(l[0]))
	}
	out.IDs, err = numbersOf(list, len(list))
	slices.Sort(out.IDs)
	return err
}
