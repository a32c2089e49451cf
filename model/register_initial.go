package model

import (
	"fmt"

	"ordeal/history"
)

// RegisterFrom is the specification of a register that holds a value at the start, which has no parts.
//
// It is the register that holds nil, in which the value and nil have changed their names.
func RegisterFrom(initial any) RegisterSpec {
	s := Register()
	if initial == nil {
		return s
	}
	swap := func(v any) any {
		switch v {
		case nil:
			return initial
		case initial:
			return nil
		}
		return v
	}
	both := func(in RegisterInput, out RegisterOutput) (RegisterInput, RegisterOutput) {
		in.Value, in.Old, out.Value = swap(in.Value), swap(in.Old), swap(out.Value)
		return in, out
	}
	s.Parse = func(op history.Operation) (RegisterInput, RegisterOutput, error) {
		in, out, err := parseRegister(op)
		in, out = both(in, out)
		return in, out, err
	}
	s.Describe = func(in RegisterInput, out RegisterOutput) string {
		in, out = both(in, out)
		return in.describe() + " -> " + out.describe(in)
	}
	s.DescribeState = func(r RegisterState) string {
		return fmt.Sprintf("%s, version %d", TextOf(swap(r.Value)), r.Version)
	}
	return s
}
