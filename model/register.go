package model

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A register holds a value and a version, nil and 0 at the start. Every change raises the version by one.
//
//	F       argument        ok result          legal when                      then
//	read    anything        v                  the value is v                  -
//	read    anything        [v n]              … and the version is n          -
//	cached  anything        [v n]              as a read's: see SpreadEnds     -
//	write   v               anything single    always                          value v
//	write   v               [v n]              the version was n-1             value v
//	cas     [old new]       anything           the value is old                value new
//	set-if  [v expected]    [v n] or v         the version was expected (n-1)  value v
//	set-if  [v expected]    "refused"          the version is not expected     -
//
// Jepsen's tests of etcd have the version first, nil where it is not known yet: read [nil nil], write [nil v] and cas
// [nil [old new]], with results [n v].
//
// A watch is left out: see checker.Watches.
//
// An unknown write always takes effect; an unknown cas or set-if does where it matches. An unknown read is left out.
// A cas that found another value is fail, as in Jepsen, and tells nothing. A read of nil that is ok saw nil.

// RegisterOp is what an operation does to a register.
type RegisterOp uint8

// The operations of a register.
const (
	Read RegisterOp = iota
	Write
	CAS
	SetIf
)

// RegisterState is a register's value and version.
type RegisterState struct {
	Value   any
	Version int64
}

// RegisterInput is a request to a register. Old is CAS's, Expected is SetIf's; Value is what is to be written.
type RegisterInput struct {
	Op       RegisterOp
	Value    any
	Old      any
	Expected int64
}

// RegisterOutput is a register's answer. Version counts only if Versioned: that of the value read, or after the write;
// if Unknown, the one that the write made if it took effect.
type RegisterOutput struct {
	Unknown, Refused, Versioned bool
	Value                       any
	Version                     int64
}

// RegisterCall is an operation on a register.
type RegisterCall = Call[RegisterInput, RegisterOutput]

// RegisterSpec is the specification of a register.
type RegisterSpec = Spec[RegisterState, RegisterInput, RegisterOutput]

// Register is the specification of a register with reads, writes, cas and set-if, with versions or without.
func Register() RegisterSpec {
	return RegisterSpec{
		Name:  "register",
		Step:  stepRegister,
		Equal: func(a, b RegisterState) bool { return a == b },
		Hash: func(s RegisterState) uint64 {
			return ordered.Mix(ordered.HashValue(ordered.Seed, s.Value), uint64(s.Version))
		},
		Parse: parseRegister,
		Prune: pruneRegister,
		Relax: relaxRegister,
		// What a watch saw is read where the client's server was, perhaps in the past; its order is judged elsewhere.
		Foreign: []string{"watch"},
		Describe: func(in RegisterInput, out RegisterOutput) string {
			return in.describe() + " -> " + out.describe(in)
		},
		DescribeState: func(s RegisterState) string { return fmt.Sprintf("%s, version %d", TextOf(s.Value), s.Version) },
	}
}

func stepRegister(s RegisterState, in RegisterInput, out RegisterOutput) (RegisterState, bool) {
	next := RegisterState{in.Value, s.Version + 1}
	switch in.Op {
	case Read:
		return s, out.Unknown || s.Value == out.Value && (!out.Versioned || s.Version == out.Version)
	case CAS:
		if s.Value != in.Old {
			return s, out.Unknown
		}
	case SetIf:
		if out.Refused {
			return s, s.Version != in.Expected
		}
		if s.Version != in.Expected {
			return s, out.Unknown
		}
	}
	if out.Versioned && next.Version != out.Version {
		return s, out.Unknown
	}
	return next, true
}

func relaxRegister(c RegisterCall) (RegisterCall, bool) {
	looks := c.In.Op == Read || c.Out.Refused
	return unknown(c, RegisterOutput{Unknown: true, Versioned: c.Out.Versioned, Version: c.Out.Version}), !looks
}

func parseRegister(op history.Operation) (in RegisterInput, out RegisterOutput, err error) {
	op = versionLast(op)
	switch op.F {
	case "read", "cached":
		in.Op = Read
	case "write":
		in.Op = Write
		in.Value, err = registered(op.Argument)
	case "cas":
		in.Op = CAS
		in.Old, in.Value, err = pair(op.Argument, "[old new]")
	case "set-if":
		in.Op = SetIf
		var expected any
		if in.Value, expected, err = pair(op.Argument, "[value expected]"); err == nil {
			in.Expected, err = Number(expected, "version")
		}
	default:
		err = unknownF(op.F, "register", "read", "write", "cas", "set-if")
	}
	if err != nil || op.End != history.OK {
		return in, RegisterOutput{Unknown: true}, err
	}
	out, err = parseRegisterResult(in, op.Result)
	return in, out, err
}

func pair(v any, shape string) (first, second any, err error) {
	l, err := list(v, 2, shape)
	if err != nil {
		return nil, nil, err
	}
	if first, err = registered(l[0]); err != nil {
		return nil, nil, err
	}
	second, err = registered(l[1])
	return first, second, err
}

// registered is what a register may hold: a list of two things would be taken for a value and its version where it is
// read.
func registered(v any) (any, error) {
	if l, isList := v.([]any); isList && len(l) == 2 {
		return nil, fmt.Errorf("%s where a value belongs: a list of two is a value and its version", TextOf(v))
	}
	return history.Single(v), nil
}

// versionLast turns an operation that has the version first around.
func versionLast(op history.Operation) history.Operation {
	asked, ok := op.Argument.([]any)
	if !ok || len(asked) != 2 || asked[0] != nil {
		return op
	}
	change, isList := asked[1].([]any)
	if op.F != "read" && op.F != "write" && (op.F != "cas" || !isList || len(change) != 2) {
		return op
	}
	op.Argument = asked[1]
	if told, ok := op.Result.([]any); ok && len(told) == 2 {
		op.Result = []any{told[1], told[0]}
	}
	return op
}

func parseRegisterResult(in RegisterInput, result any) (out RegisterOutput, err error) {
	if in.Op == CAS {
		return out, nil
	}
	if in.Op == SetIf && result == any("refused") {
		return RegisterOutput{Refused: true}, nil
	}
	l, isList := result.([]any)
	if !isList || len(l) != 2 {
		out.Value = history.Single(result)
		return out, nil
	}
	v, version, err := pair(result, "[value version]")
	if err != nil {
		return out, err
	}
	out = RegisterOutput{Versioned: true, Value: v}
	out.Version, err = Number(version, "version")
	if err == nil && in.Op != Read && v != in.Value {
		err = fmt.Errorf("it wrote %s and its result speaks of %s", TextOf(in.Value), TextOf(v))
	}
	return out, err
}

// pruneRegister leaves out unknown reads, and unknown changes that no operation saw.
//
// Without versions, a change that no operation saw can be taken out of any legal order: what stood behind it, up to the
// next change, did not look at the value. With versions, an unseen change is needed only to fill a version that no
// known change has; there, of unseen writes the ones invoked first serve as well as any others.
func pruneRegister(calls []RegisterCall, _ []history.Operation) []RegisterCall {
	calls = slices.DeleteFunc(calls, func(c RegisterCall) bool { return c.In.Op == Read && c.Out.Unknown })
	if !slices.ContainsFunc(calls, func(c RegisterCall) bool { return c.Out.Unknown }) {
		return calls
	}
	if !slices.ContainsFunc(calls, func(c RegisterCall) bool { return c.Out.Versioned || c.In.Op == SetIf }) {
		return pruneUnseen(calls)
	}
	return pruneVersioned(calls)
}

func pruneUnseen(calls []RegisterCall) []RegisterCall {
	for again := true; again; {
		seen := seenValues(calls)
		again = false
		calls = slices.DeleteFunc(calls, func(c RegisterCall) bool {
			// A cas from a value to itself changes nothing, whether it is seen or not.
			unseen := c.Out.Unknown && (!seen[c.In.Value] || c.In.Op == CAS && c.In.Old == c.In.Value)
			again = again || unseen && c.In.Op == CAS // what it looked for may not be looked for by another
			return unseen
		})
	}
	return calls
}

// seenValues are those of the values that unknown changes write which some operation looks for or saw.
func seenValues(calls []RegisterCall) map[any]bool {
	seen := map[any]bool{}
	for i := range calls {
		if c := &calls[i]; c.Out.Unknown && c.In.Op != Read {
			seen[c.In.Value] = false
		}
	}
	look := func(v any) {
		if _, asked := seen[v]; asked {
			seen[v] = true
		}
	}
	for i := range calls {
		switch c := &calls[i]; c.In.Op {
		case CAS:
			look(c.In.Old)
		case Read:
			look(c.Out.Value)
		}
	}
	return seen
}

func pruneVersioned(calls []RegisterCall) []RegisterCall {
	taken, last := map[int64]bool{}, int64(0)
	for _, c := range calls {
		if c.Out.Refused {
			// What a refusal saw is another version, perhaps one that only unknown changes have.
			return calls
		}
		switch {
		case c.Out.Unknown:
			continue
		case !c.Out.Versioned:
			return calls
		}
		last = max(last, c.Out.Version)
		if c.In.Op != Read {
			taken[c.Out.Version] = true
		}
	}
	gaps, seen, spare := last-int64(len(taken)), seenValues(calls), int64(0)
	return slices.DeleteFunc(calls, func(c RegisterCall) bool {
		switch {
		case !c.Out.Unknown:
			return false
		case gaps <= 0:
			return true
		case c.Out.Versioned:
			return taken[c.Out.Version] || c.Out.Version > last
		case c.In.Op == SetIf:
			return taken[c.In.Expected+1] || c.In.Expected >= last
		case c.In.Op == CAS || seen[c.In.Value]:
			return false
		}
		spare++
		return spare > gaps
	})
}

func (in RegisterInput) describe() string {
	switch in.Op {
	case Read:
		return "read"
	case Write:
		return "write " + TextOf(in.Value)
	case CAS:
		return "cas " + TextOf(in.Old) + " to " + TextOf(in.Value)
	}
	return fmt.Sprintf("set-if version %d to %s", in.Expected, TextOf(in.Value))
}

func (out RegisterOutput) describe(in RegisterInput) string {
	switch {
	case out.Unknown:
		return "unknown"
	case out.Refused:
		return "refused"
	case out.Versioned:
		return fmt.Sprintf("%s, version %d", TextOf(out.Value), out.Version)
	case in.Op == Read:
		return TextOf(out.Value)
	}
	return "ok"
}
