// Package notation reads histories that are written as data: in EDN, Clojure's notation, as Jepsen and its relatives
// store them, in JSON, and in Transit's JSON. Events are maps: one after the other, in a list, or in a list that a map
// has under "history".
//
// It goes through a file once and keeps no more of it than one event, so a file may be of any length, and still grow.
package notation

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"ordeal/history/stream"
)

const (
	// windowMin is how many bytes are asked for at a time.
	windowMin = 1 << 16
	// windowMax bounds how long one event may be.
	windowMax = 1 << 30
)

// errMore says that the window ends inside a form, and more may follow.
var errMore = errors.New("the window ends inside a form")

// formError is an error at a byte of the window.
type formError struct {
	offset int
	text   string
}

func (e *formError) Error() string { return e.text }

// Reader reads events. Make one with NewReader.
type Reader struct {
	src io.Reader
	// window holds what was read and not yet consumed. An event that it ends inside is read again when there is more.
	window []byte
	// room is what the window lies in.
	room  []byte
	ended error
	// line and column are the place of the window's first byte.
	line, column int
	forms        forms
	// levels are what the events stand in, outermost first; done says that those closed.
	levels []level
	done   bool
	// events counts those that were found.
	events int
	head   head
	keys   stream.Keys
	notes  *stream.Notes
}

// level is something that events stand in.
type level struct {
	opener byte
	at     stream.Place
}

// NewEDN reads events in EDN from src. What it passes over is written to notes.
func NewEDN(src io.Reader, notes *stream.Notes) *Reader { return newReader(src, notes, false) }

// NewJSON reads events in JSON: lines, an array, or an object that holds one. What it passes over is written to notes.
func NewJSON(src io.Reader, notes *stream.Notes) *Reader { return newReader(src, notes, true) }

func newReader(src io.Reader, notes *stream.Notes, json bool) *Reader {
	r := &Reader{src: src, line: 1, column: 1, notes: notes}
	r.forms.json = json
	return r
}

// Next reads the next event: see stream.Source.
func (r *Reader) Next(e *stream.Event) error {
	for {
		r.forms.begin(r.window, r.ended != nil)
		found, err := r.step(e)
		switch {
		case errors.Is(err, errMore):
			if err := r.fill(); err != nil {
				return err
			}
			continue
		case err != nil:
			return r.located(err)
		case found:
			e.At = r.place(r.forms.start)
			r.consume()
			return nil
		}
		if r.forms.at == len(r.window) && r.ended != nil {
			if r.ended != io.EOF {
				return r.ended
			}
			return r.end()
		}
		r.consume()
	}
}

// end is what to say when nothing more follows.
func (r *Reader) end() error {
	if n := len(r.levels); n > 0 {
		l := r.levels[n-1]
		return stream.Errorf(l.at, "the %q that opens here is never closed", string(l.opener))
	}
	return io.EOF
}

// fill reads more into the window, which grows if one event fills it.
func (r *Reader) fill() error {
	if r.ended != nil {
		return r.ended
	}
	if cap(r.window)-len(r.window) < windowMin {
		if len(r.window) > windowMax {
			return stream.Errorf(r.place(0), "an event is longer than %d bytes", windowMax)
		}
		if len(r.room) == 0 || len(r.window) > len(r.room)/2 {
			r.room = make([]byte, max(8*windowMin, 2*len(r.room), 2*len(r.window)))
		}
		r.window = r.room[:copy(r.room, r.window)]
	}
	n, err := r.src.Read(r.window[len(r.window):cap(r.window)])
	r.window, r.ended = r.window[:len(r.window)+n], err
	return nil
}

// consume forgets what was read of the window.
func (r *Reader) consume() {
	for _, n := range r.forms.passing {
		r.notes.Pass(n.kind, n.name)
	}
	p := r.place(r.forms.at)
	r.line, r.column = p.Line, p.Column
	r.window = r.window[r.forms.at:]
}

// place is that of a byte of the window.
func (r *Reader) place(offset int) stream.Place {
	before := r.window[:min(offset, len(r.window))]
	p := stream.Place{Line: r.line, Column: r.column}
	for {
		n := bytes.IndexByte(before, '\n')
		if n < 0 {
			p.Column += len(before)
			return p
		}
		before = before[n+1:]
		p.Line, p.Column = p.Line+1, 1
	}
}

func (r *Reader) located(err error) error {
	var at *formError
	if errors.As(err, &at) {
		return stream.Errorf(r.place(at.offset), "%s", at.text)
	}
	return err
}

func failAt(offset int, format string, args ...any) error {
	return &formError{offset, fmt.Sprintf(format, args...)}
}

// step goes one event, or one bracket, on. Before it changes anything, it has all that it needs.
func (r *Reader) step(e *stream.Event) (found bool, err error) {
	f := &r.forms
	if err := f.skip(); err != nil {
		if errors.Is(err, errMore) && f.final {
			return false, nil // blanks and comments up to the end
		}
		return false, err
	}
	if !f.json {
		if err := f.tags(); err != nil {
			return false, err
		}
	}
	c := f.data[f.at]
	inMap := len(r.levels) > 0 && r.levels[len(r.levels)-1].opener == '{'
	switch {
	case c == ')' || c == ']' || c == '}':
		return false, r.close(c)
	case inMap:
		return false, r.pair()
	case r.done && c != '{':
		return false, failAt(f.at, "something follows the history")
	case c == '(' || c == '[':
		if len(r.levels) > 0 {
			return false, failAt(f.at, "an event is a map, and this is a list; a file holds one history")
		}
		r.open(c)
		return false, nil
	case c != '{':
		return false, failAt(f.at, "an event is a map, and this is none")
	}
	return r.eventOrHolder(e)
}

func (r *Reader) open(c byte) {
	r.levels = append(r.levels, level{opener: c, at: r.place(r.forms.at)})
	r.forms.at++
}

var closers = map[byte]byte{'(': ')', '[': ']', '{': '}'}

func (r *Reader) close(c byte) error {
	n := len(r.levels)
	if n == 0 || closers[r.levels[n-1].opener] != c {
		return failAt(r.forms.at, "%q closes nothing", string(c))
	}
	r.levels, r.done = r.levels[:n-1], true
	r.forms.at++
	return nil
}
