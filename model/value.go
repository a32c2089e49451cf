package model

import (
	"fmt"
	"math"

	"ordeal/history"
	"ordeal/model/ordered"
)

// list is v as a list of n elements.
func list(v any, n int, shape string) ([]any, error) {
	l, ok := v.([]any)
	if !ok || len(l) != n {
		return nil, fmt.Errorf("%s where %s belongs", TextOf(v), shape)
	}
	return l, nil
}

// Number is v as an integer; the error says that a what belongs there.
func Number(v any, what string) (int64, error) {
	n, ok := v.(int64)
	if !ok {
		return 0, fmt.Errorf("%s where a %s belongs, which is an integer", TextOf(v), what)
	}
	return n, nil
}

// grantsBehind is how many grants there may be behind the greatest token that is known: those whose answers were lost.
const grantsBehind = 1 << 20

// grantNumber is a token or an epoch: one has to be before it, and there may be grants behind it.
func grantNumber(v any, what string) (int64, error) {
	n, err := Number(v, what)
	if err == nil && (n == math.MinInt64 || n > math.MaxInt64-grantsBehind) {
		err = fmt.Errorf("the %s %d does not lie between -2^63 and 2^63-2^20", what, n)
	}
	return n, err
}

func name(v any, what string) (string, error) {
	s, ok := v.(string)
	if !ok || s == "" {
		return "", fmt.Errorf("%s where a %s belongs, which is a string", TextOf(v), what)
	}
	return s, nil
}

// TextOf is a value as reports show it.
func TextOf(v any) string { return string(history.AppendText(nil, v)) }

// Text is an operation as reports show it: process, F, and what went in and came out.
func Text(op history.Operation) string {
	if op.Process == history.Service {
		return "the service: " + Deed(op)
	}
	return fmt.Sprintf("process %d: %s", op.Process, Deed(op))
}

// Deed is an operation as reports show it, without whose it was.
func Deed(op history.Operation) string { return string(AppendDeed(nil, &op)) }

// AppendDeed adds Deed to a text.
func AppendDeed(b []byte, op *history.Operation) []byte {
	b = append(b, op.F...)
	if op.Argument != nil {
		b = history.AppendText(append(b, ' '), op.Argument)
	}
	switch b = append(b, " -> "...); op.End {
	case history.OK:
		return history.AppendText(b, op.Result)
	case history.Fail:
		return append(b, "fail"...)
	}
	return append(b, "unknown"...)
}

// textOfMap shows a map, with each key as it is and its value behind the colon.
func textOfMap(m ordered.Map) string {
	s := "{"
	m.Ascend("", "", func(key string, value any) bool {
		if s != "{" {
			s += ", "
		}
		s += key + ": " + TextOf(value)
		return true
	})
	return s + "}"
}
