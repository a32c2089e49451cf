package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A set is empty at the start.
//
//	F         argument  ok result  legal when                     then
//	add       v         true       v is not in it                 v is in it
//	add       v         false      v is in it                     -
//	add       v         other      always                         v is in it
//	remove    v         true       v is in it                     v is not in it
//	remove    v         false      v is not in it                 -
//	remove    v         other      always                         v is not in it
//	contains  v         true       v is in it                     -
//	contains  v         false      v is not in it                 -
//	read      nil       [v ...]    these are its elements, each   -
//	                               once, in any order
//
// An unknown add or remove takes effect. Elements are never nil.
//
// Operation.Key names the set, if there are several. The elements of a set that is never read as a whole are
// independent objects; see SetParts.

// SetOp is what an operation does to a set.
type SetOp uint8

// The operations of a set.
const (
	SetAdd SetOp = iota
	SetRemove
	SetContains
	SetRead
)

var setNames = [...]string{SetAdd: "add", SetRemove: "remove", SetContains: "contains", SetRead: "read"}

// SetState is what a set holds: the texts of its elements.
type SetState struct{ entries ordered.Map }

// SetInput is a request to a set. Element is the element's text, which tells 5 from "5"; "" for a read.
type SetInput struct {
	Op      SetOp
	Element string
}

// SetOutput is a set's answer: the texts of the Elements that a read shows, sorted; Yes counts only if Told: whether an
// add or remove changed the set, or a contains found its element.
type SetOutput struct {
	Unknown, Told, Yes bool
	Elements           []string
}

// SetCall is an operation on a set.
type SetCall = Call[SetInput, SetOutput]

// SetSpec is the specification of a set.
type SetSpec = Spec[SetState, SetInput, SetOutput]

// Set is the specification of a set. It takes each set as one object; SetParts divides it.
func Set() SetSpec {
	return SetSpec{
		Name:  "set",
		Step:  stepSet,
		Equal: func(a, b SetState) bool { return a.entries.Equal(b.entries) },
		Hash:  func(s SetState) uint64 { return s.entries.Hash() },
		Size:  func(s SetState) int { return s.entries.Bytes() },
		Parse: parseSet,
		Prune: pruneSet,
		Relax: func(c SetCall) (SetCall, bool) {
			looks := c.In.Op == SetContains || c.In.Op == SetRead || c.Out.Told && !c.Out.Yes
			return unknown(c, SetOutput{Unknown: true}), !looks
		},
		DescribeState: func(s SetState) string { return "{" + strings.Join(s.elements(), ", ") + "}" },
	}
}

func (s SetState) elements() []string {
	out := make([]string, 0, s.entries.Size())
	s.entries.Ascend("", "", func(element string, _ any) bool { out = append(out, element); return true })
	return out
}

func stepSet(s SetState, in SetInput, out SetOutput) (SetState, bool) {
	_, there := s.entries.Get(in.Element)
	switch in.Op {
	case SetAdd:
		if out.Told && out.Yes == there {
			return s, false
		}
		return SetState{s.entries.Put(in.Element, nil)}, true
	case SetRemove:
		if out.Told && out.Yes != there {
			return s, false
		}
		return SetState{s.entries.Without(in.Element)}, true
	case SetContains:
		return s, out.Unknown || out.Yes == there
	}
	return s, out.Unknown || s.is(out.Elements)
}

func (s SetState) is(elements []string) bool {
	if len(elements) != s.entries.Size() {
		return false
	}
	at, same := 0, true
	s.entries.Ascend("", "", func(element string, _ any) bool {
		same = elements[at] == element
		at++
		return same
	})
	return same
}

func parseSet(op history.Operation) (in SetInput, out SetOutput, err error) {
	kind := slices.Index(setNames[:], op.F)
	if kind < 0 {
		return in, out, unknownF(op.F, "set", setNames[:]...)
	}
	in.Op = SetOp(kind)
	if in.Op != SetRead {
		in.Element, err = element(op.Argument)
	}
	if err != nil || op.End != history.OK {
		return in, SetOutput{Unknown: true}, err
	}
	if in.Op == SetRead {
		out.Elements, err = elements(op.Result)
		return in, out, err
	}
	if out.Yes, out.Told = op.Result.(bool); in.Op == SetContains && !out.Told {
		err = fmt.Errorf("%s where true or false belongs", TextOf(op.Result))
	}
	return in, out, err
}

func element(v any) (string, error) {
	if v == nil {
		return "", errors.New("nil is no element of a set")
	}
	return TextOf(v), nil
}

func elements(v any) ([]string, error) {
	l, ok := v.([]any)
	if set, isSet := v.(history.Set); isSet {
		l, ok = set, true
	}
	if !ok {
		return nil, fmt.Errorf("%s where a list or a set of elements belongs", TextOf(v))
	}
	out := make([]string, len(l))
	for i, e := range l {
		var err error
		if out[i], err = element(e); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return out, nil
}

// SetParts divides sets into what can be judged one by one, as the Key of a SetSpec: a set that some read shows as a
// whole is one part, and every element of another set is.
func SetParts(ops []history.Operation) func(op history.Operation) (part string, everywhere bool) {
	read := map[string]bool{}
	for _, op := range ops {
		if op.F == "read" && op.End == history.OK {
			read[op.Key] = true
		}
	}
	return func(op history.Operation) (string, bool) {
		e, err := element(op.Argument)
		switch {
		case read[op.Key], op.F == "read", err != nil:
			return op.Key, false
		case op.Key == "":
			return e, false
		}
		return op.Key + "/" + e, false
	}
}

// pruneSet leaves out unknown operations that only looked, and then unknown changes that no operation saw: adds of what
// was never seen there, and removes of what was never seen missing.
func pruneSet(calls []SetCall, _ []history.Operation) []SetCall {
	if !slices.ContainsFunc(calls, func(c SetCall) bool { return c.Out.Unknown }) {
		return calls
	}
	there, missing, reads, shown := map[string]bool{}, map[string]bool{}, 0, map[string]int{}
	for _, c := range calls {
		switch {
		case c.Out.Unknown:
		case c.In.Op == SetRead:
			reads++
			for _, e := range slices.Compact(slices.Clone(c.Out.Elements)) {
				there[e] = true
				shown[e]++
			}
		case c.Out.Told && c.Out.Yes == (c.In.Op != SetAdd):
			there[c.In.Element] = true
		case c.Out.Told:
			missing[c.In.Element] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(calls), func(c SetCall) bool {
		switch {
		case !c.Out.Unknown:
			return false
		case c.In.Op == SetAdd:
			return !there[c.In.Element]
		case c.In.Op == SetRemove:
			return !missing[c.In.Element] && shown[c.In.Element] == reads
		}
		return true
	})
}
