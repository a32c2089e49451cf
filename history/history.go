package history

import (
	"fmt"
	"slices"
	"time"
)

// History is a list of events, in the order in which they happened.
type History []Op

// Operation is an invoke joined with its completion.
type Operation struct {
	Process int
	F, Key  string
	// Argument is the invoke's value, Result the completion's; nil if there is no completion.
	Argument, Result any
	// End says how it ended: OK, Fail or Info. An invoke that nothing completed is Info.
	End   Type
	Error string
	// Call and Return are the indexes of the two events, and equal for a lone ok of Nemesis or Service and for all that
	// is Anonymous. Return is -1 when nothing completed the invoke. What is Info may take effect after Return too.
	Call, Return int
	// Invoked and Completed are the times of the two events; Completed is 0 when Return is -1.
	Invoked, Completed time.Duration
}

// Pair joins invokes with completions, in the order of the invokes. The error says which of the Assumptions the
// history breaks; it is an *EventError where one event does. Lone events of Nemesis and Service other than ok tell no
// operation and are left out.
func (h History) Pair() ([]Operation, error) {
	var p Pairing
	p.ops = make([]Operation, 0, h.invokes()+1) // a pairing without room for one more makes some
	for i := range h {
		if err := p.Add(&h[i]); err != nil {
			return nil, err
		}
	}
	return p.Operations(), nil
}

// invokes is how many operations there are, or more.
func (h History) invokes() int {
	n := 0
	for i := range h {
		if h[i].Type == Invoke || h[i].Process < 0 {
			n++
		}
	}
	return n
}

// Events are those that operations are made of, in their order, numbered from 0; what tells of no operation is gone.
func Events(ops []Operation) History {
	h := make(History, 0, 2*len(ops))
	for i := range ops {
		op := &ops[i]
		begun := Op{Index: op.Call, Time: op.Invoked, Process: op.Process, F: op.F, Key: op.Key, Value: op.Argument}
		if op.Return != op.Call {
			h = append(h, begun)
		}
		if op.Return >= 0 {
			begun.Index, begun.Time, begun.Type = op.Return, op.Completed, op.End
			begun.Value, begun.Error = op.Result, op.Error
			h = append(h, begun)
		}
	}
	slices.SortFunc(h, func(a, b Op) int { return a.Index - b.Index })
	for i := range h {
		h[i].Index = i
	}
	return h
}

func begin(op *Op) Operation {
	return Operation{
		Process: op.Process, F: op.F, Key: op.Key, Argument: op.Value,
		End: Info, Call: op.Index, Return: -1, Invoked: op.Time,
	}
}

func (o *Operation) complete(op *Op) {
	o.Result, o.End, o.Error, o.Return, o.Completed = op.Value, op.Type, op.Error, op.Index, op.Time
}

var typeNames = [...]string{Invoke: "invoke", OK: "ok", Fail: "fail", Info: "info"}

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// ParseType is the Type with that name ("invoke", "ok", "fail", "info").
func ParseType(name string) (Type, error) {
	for t, n := range typeNames {
		if n == name {
			return Type(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no type of event: invoke, ok, fail or info", name)
}
