// Package stream is what the readers of all formats have in common: events as a file has them, one after the other,
// each with its place, and how they become a history.
package stream

import (
	"fmt"
	"time"

	"ordeal/history"
)

// Event is an event as a file has it.
type Event struct {
	history.Op
	// Name is the process where the file gives it a name rather than a number; else "". Op.Process is then open.
	Name string
	// Number is the event's place in the history as the file says it, or -1.
	Number int64
	// At is where the event begins.
	At Place
}

// Place is a line and a column of a file, both from 1. In a file without lines, Line is 0 and Column counts bytes.
type Place struct{ Line, Column int }

func (p Place) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("byte %d", p.Column)
	}
	return fmt.Sprintf("%d:%d", p.Line, p.Column)
}

// Error says what is wrong with a file, and where.
type Error struct {
	At   Place
	Text string
}

func (e *Error) Error() string { return e.Text }

// Errorf is an Error at a place.
func Errorf(at Place, format string, args ...any) error {
	return &Error{at, fmt.Sprintf(format, args...)}
}

// Source gives the events of a file, in its order.
type Source interface {
	// Next reads an event into e, of which nothing is kept. It is io.EOF behind the last one; an *Error where the file
	// can't be understood; or what the file's own reader failed with.
	Next(e *Event) error
}

// Depth bounds how deep values nest, so that a hostile file ends in an error and not in a full stack.
const Depth = 100

// processes are the names of those that are no clients.
var processes = map[string]int{"nemesis": history.Nemesis, "service": history.Service}

// SetProcess sets the process from a value: a number, a name, or nil for none.
func (e *Event) SetProcess(v any) error {
	e.Name = ""
	switch v := v.(type) {
	case nil:
		e.Process = history.Anonymous
		return nil
	case int64:
		if e.Process = int(v); v >= history.Anonymous && v == int64(e.Process) {
			return nil
		}
	case string:
		if p, ok := processes[v]; ok {
			e.Process = p
			return nil
		}
		if e.Name = v; v != "" {
			return nil
		}
	}
	return fmt.Errorf("%s is no process: a number from 0, a name, nemesis or service", history.Text(v))
}

// SetType sets the type from its name.
func (e *Event) SetType(v any) error {
	name, ok := v.(string)
	if !ok {
		return fmt.Errorf("%s is no type of event: invoke, ok, fail or info", history.Text(v))
	}
	var err error
	e.Type, err = history.ParseType(name)
	return err
}

// SetF sets what the operation is.
func (e *Event) SetF(v any) error {
	var ok bool
	if e.F, ok = v.(string); ok || v == nil {
		return nil
	}
	return fmt.Errorf("%s is no name of an operation, which is a keyword or a string", history.Text(v))
}

// SetTime sets the time, in nanoseconds.
func (e *Event) SetTime(v any) error {
	n, err := whole(v, "time", 0)
	e.Time = time.Duration(n)
	return err
}

// SetNumber sets the place that the file says the event has.
func (e *Event) SetNumber(v any) error {
	var err error
	e.Number, err = whole(v, "index", -1)
	return err
}

// whole is a number without its fraction, and none where v is nil.
func whole(v any, what string, none int64) (int64, error) {
	switch v := v.(type) {
	case nil:
		return none, nil
	case int64:
		return v, nil
	case history.Number:
		if n, ok := truncate(v); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%s is no %s, which is a number", history.Text(v), what)
}

// SetError sets why it is fail or info: a string as it is, anything else as EDN.
func (e *Event) SetError(v any) {
	switch v := v.(type) {
	case nil:
		e.Error = ""
	case string:
		e.Error = v
	default:
		e.Error = history.Text(v)
	}
}
