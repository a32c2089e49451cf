package history

import (
	"fmt"
	"testing"
)

// The ends of sessions go where their sessions are; all else goes everywhere; all in the order of calls.
func TestEverywhere(t *testing.T) {
	var e Everywhere
	at := 0
	op := func(process int, f string, argument, result any) Operation {
		at += 10
		return Operation{Process: process, F: f, Argument: argument, Result: result, Call: at}
	}
	a := op(1, "acquire", "s1", []any{"s1", int64(5)})
	e.Add(op(Service, "end", nil, "s1"))
	e.Add(op(Service, "end", nil, []any{"s2", int64(3)}))
	b := op(2, "look", nil, Map{{"who", Set{"s3"}}})
	e.Add(op(Service, "end", nil, int64(7)))
	e.Add(op(Service, "end", nil, "s3"))
	e.Add(op(3, "read", nil, "s2"))
	for _, tt := range []struct {
		ops  []Operation
		want string
	}{
		{[]Operation{a}, "10 20 50 70"}, {[]Operation{b}, "40 50 60 70"}, {[]Operation{a, b}, "10 20 40 50 60 70"},
		{nil, "50 70"},
	} {
		got := ""
		for _, one := range e.Among(tt.ops, new([]Operation)) {
			got += fmt.Sprint(one.Call, " ")
		}
		if got != tt.want+" " {
			t.Errorf("%s, where %s belong", got, tt.want)
		}
	}
	if got := new(Everywhere).Among([]Operation{a}, new([]Operation)); len(got) != 1 {
		t.Error(got)
	}
}
