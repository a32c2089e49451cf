// Package rights is the specification of what a user may do with some keys, in a store that has users with roles, and
// roles with permissions.
package rights

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// A user may do what a role of theirs is permitted to do. At the start the user does not have the role, and the role
// is permitted nothing.
//
//	F         argument                        ok result   legal when                  then
//	permit    "read", "write" or "readwrite"  anything    always                      the role is permitted just that
//	forbid    nil                             anything    always                      the role is permitted nothing
//	assign    nil                             anything    always                      the user has the role
//	unassign  nil                             anything    always                      the user does not have the role
//	use       "read", "write" or "readwrite"  "done"      the user may do all that    -
//	use       the same                        "denied"    the user may not            -
//
// An unknown change takes effect, and an unknown use tells nothing.

// Access is what may be done to keys.
type Access uint8

// Reading and writing.
const (
	Read Access = 1 << iota
	Write
)

// words are how operations name each Access.
var words = []string{"", "read", "write", "readwrite"}

// State is what the role is permitted, and whether the user has it.
type State struct {
	Permitted Access
	Assigned  bool
}

// Input is a request: F, and the access that is given or used.
type Input struct {
	F      string
	Access Access
}

// Output is what a use came to: "done", "denied", or "" where that is unknown or says nothing.
type Output string

// What uses come to.
const (
	Done   Output = "done"
	Denied Output = "denied"
)

// Spec is the specification of a user's rights.
type Spec = model.Spec[State, Input, Output]

// New makes it.
func New() Spec {
	return Spec{
		Name: "rights",
		Step: step,
		Hash: func(s State) uint64 {
			h := uint64(s.Permitted)
			if s.Assigned {
				h |= 1 << 8
			}
			return h
		},
		Parse: parse,
		Prune: func(calls []model.Call[Input, Output], _ []history.Operation) []model.Call[Input, Output] {
			return slices.DeleteFunc(calls, func(c model.Call[Input, Output]) bool { return c.In.F == "use" && c.Out == "" })
		},
		Relax: func(c model.Call[Input, Output]) (model.Call[Input, Output], bool) {
			other := *c.Op
			other.End = history.Info
			c.Out, c.Op = "", &other
			return c, c.In.F != "use"
		},
		DescribeState: func(s State) string {
			return fmt.Sprintf("the role may %q, the user has it: %v", words[s.Permitted], s.Assigned)
		},
	}
}

func step(s State, in Input, out Output) (State, bool) {
	switch in.F {
	case "permit":
		s.Permitted = in.Access
	case "forbid":
		s.Permitted = 0
	case "assign":
		s.Assigned = true
	case "unassign":
		s.Assigned = false
	case "use":
		may := s.Assigned && s.Permitted&in.Access == in.Access
		return s, out == "" || may == (out == Done)
	}
	return s, true
}

func parse(op history.Operation) (in Input, out Output, err error) {
	in.F = op.F
	switch op.F {
	case "forbid", "assign", "unassign":
		return in, "", nil
	case "permit", "use":
	default:
		return in, "", fmt.Errorf("%q is no operation of the model rights, which has assign, forbid, permit, unassign "+
			"and use", op.F)
	}
	word, _ := op.Argument.(string)
	at := slices.Index(words, word)
	if at < 1 {
		return in, "", fmt.Errorf(`%s where "read", "write" or "readwrite" belongs`, model.TextOf(op.Argument))
	}
	in.Access = Access(at)
	if op.F == "use" && op.End == history.OK {
		word, _ := op.Result.(string)
		if out = Output(word); out != Done && out != Denied {
			err = fmt.Errorf(`%s where "done" or "denied" belongs`, model.TextOf(op.Result))
		}
	}
	return in, out, err
}
