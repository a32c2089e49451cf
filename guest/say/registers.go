package say

import (
	"errors"
	"fmt"
)

// RegisterOp reads a register; or writes Value, which no other operation writes, if the register's version is Expected.
type RegisterOp struct {
	Key             string
	Write           bool
	Value, Expected int64
}

// registerFunc carries an operation out: see Registers.
type registerFunc = func(t *Turn, o RegisterOp) (value, version int64, outcome Outcome, err error)

// errOvertaken is of a write that may have been carried out and then written over.
var errOvertaken = errors.New("the register was written again since, perhaps over this write")

// Registers is the whole of a client of a service that keeps numbers under names and counts how often each was written,
// as the model "register" has it. In a turn it reads one of so many, and then perhaps writes it, provided that it was
// not written since: such a write can be sent again and again, and is carried out once at most. op has the service
// carry out an operation, and returns the value and the version that the register then has, 0 and 0 if it was never
// written. If err is not nil, the outcome says whether a write may have been carried out.
func Registers(keys int, op registerFunc) {
	for t := range Turns() {
		key := fmt.Sprintf("r%d", 1+t.Rand().IntN(keys))
		switch t.Kind {
		case Run:
			if version, ok := read(t, key, op); ok && t.Rand().IntN(100) < 60 {
				writeOver(t, key, version, op)
			}
		case Probe:
			version, ok := read(t, "r1", op)
			if ok {
				ok = writeOver(t, "r1", version, op)
			}
			if !ok {
				t.Fail()
			}
		case Drain:
			for i := t.I; i < keys; i += t.Of {
				if _, ok := read(t, fmt.Sprintf("r%d", i+1), op); !ok {
					t.Fail()
				}
			}
		}
	}
}

// read reads a register, and returns its version.
func read(t *Turn, key string, op registerFunc) (version int64, ok bool) {
	_, outcome := t.Do(key, "read", nil, func() (any, Outcome, error) {
		value, now, _, err := op(t, RegisterOp{Key: key})
		if err != nil {
			return nil, None, err // whatever happened to it, a read changes nothing
		}
		if version = now; version == 0 {
			return []any{nil, version}, OK, nil
		}
		return []any{value, version}, OK, nil
	})
	return version, outcome == OK
}

// writeOver writes a register over a version, and reports whether it was answered: the answer may be that this is
// refused.
func writeOver(t *Turn, key string, expected int64, op registerFunc) bool {
	value := t.Value()
	_, outcome := t.Do(key, "set-if", []any{value, expected}, func() (any, Outcome, error) {
		is, version, outcome, err := op(t, RegisterOp{key, true, value, expected})
		switch {
		case err != nil:
			return nil, outcome, err
		case is == value && version == expected+1:
			return []any{value, version}, OK, nil
		case version > expected+1:
			return nil, Unknown, errOvertaken
		}
		return "refused", OK, nil // that version is another's, or there is an older one
	})
	return outcome == OK
}
