package model

import (
	"fmt"
	"strconv"
	"strings"

	"ordeal/history"
	"ordeal/model/ordered"
)

// scalar is v if it can be a register's or a queue's element, which has no parts.
func scalar(v any) (any, error) {
	kind := ""
	switch v.(type) {
	case []any:
		kind = "list"
	case history.Set:
		kind = "set"
	case history.Map:
		kind = "map"
	default:
		return v, nil
	}
	return nil, fmt.Errorf("%s is a %s where a single value belongs", TextOf(v), kind)
}

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

func name(v any, what string) (string, error) {
	s, ok := v.(string)
	if !ok || s == "" {
		return "", fmt.Errorf("%s where a %s belongs, which is a string", TextOf(v), what)
	}
	return s, nil
}

// TextOf is a value as reports show it.
func TextOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case []any:
		return "[" + textOfAll(v) + "]"
	case history.Set:
		return "#{" + textOfAll(v) + "}"
	case history.Map:
		flat := make([]any, 0, 2*len(v))
		for _, p := range v {
			flat = append(flat, p.Key, p.Value)
		}
		return "{" + textOfAll(flat) + "}"
	}
	return fmt.Sprint(v)
}

func textOfAll(list []any) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = TextOf(v)
	}
	return strings.Join(texts, " ")
}

// Text is an operation as reports show it: process, F, and what went in and came out.
func Text(op history.Operation) string {
	if op.Process == history.Service {
		return "the service: " + Deed(op)
	}
	return fmt.Sprintf("process %d: %s", op.Process, Deed(op))
}

// Deed is an operation as reports show it, without whose it was.
func Deed(op history.Operation) string {
	s := op.F
	if op.Argument != nil {
		s += " " + TextOf(op.Argument)
	}
	switch op.End {
	case history.OK:
		return s + " -> " + TextOf(op.Result)
	case history.Fail:
		return s + " -> fail"
	}
	return s + " -> unknown"
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
