package formats

import (
	"fmt"

	"ordeal/history"
)

// fields reads what a map must have. The first thing that is missing is its error.
type fields struct {
	m   history.Map
	err error
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

func (f *fields) get(name string) any {
	v, _ := f.m.Get(name)
	return v
}

func (f *fields) number(name string) int64 {
	n, ok := f.get(name).(int64)
	if !ok {
		f.fail("the operation needs a whole number %q", name)
	}
	return n
}

func (f *fields) text(name string) string {
	s, ok := f.get(name).(string)
	if !ok {
		f.fail("the operation needs a string %q", name)
	}
	return s
}

func (f *fields) part(name string) history.Map {
	m, ok := f.get(name).(history.Map)
	if !ok {
		f.fail("the operation needs an object %q", name)
	}
	return m
}
