package notation

import (
	"errors"
	"io"
	"strings"

	"ordeal/history"
	"ordeal/history/stream"
)

// Transit reads events in Transit's JSON: https://github.com/cognitect/transit-format. Make one with NewTransit.
type Transit struct {
	// in has the window, of which a value is decoded once it is there as a whole.
	in Reader
	// within is what the events stand in, outermost first: the first byte of an inList, an inTag, an inPairs or an
	// inObject.
	within []byte
	cache  []string
	ready  []any
	at     stream.Place
	keys   stream.Keys
}

const (
	inList   = '[' // a list of events
	inTag    = '#' // an array of a tag and such a list
	inPairs  = '^' // an array that is a map, and has the list as its history
	inObject = '{' // an object that does
)

// NewTransit reads events from src: values one after the other, each an event, a list of events, or a map that holds
// one as its history. What it passes over is written to notes.
func NewTransit(src io.Reader, notes *stream.Notes) *Transit {
	return &Transit{in: *newReader(src, notes, true)}
}

// Next reads the next event: see stream.Source.
func (t *Transit) Next(e *stream.Event) error {
	for len(t.ready) == 0 {
		t.in.forms.begin(t.in.window, t.in.ended != nil)
		err := t.more()
		switch {
		case errors.Is(err, errMore):
			if err := t.in.fill(); err != nil {
				return err
			}
		case err != nil:
			return t.in.located(err)
		default:
			t.in.consume()
		}
	}
	v := t.ready[0]
	t.ready = t.ready[1:]
	m, ok := v.(history.Map)
	if !ok {
		return stream.Errorf(t.at, "an event is a map, and this is none")
	}
	*e = stream.Event{Number: -1, At: t.at}
	if err := e.FromMap(m, &t.keys, t.in.notes); err != nil {
		return stream.Errorf(t.at, "%s", err)
	}
	return nil
}

// more reads the next value, or goes into a list of events or out of one. As long as the window ends inside what it
// reads, it changes nothing but the cache of an outermost value, which begins anew with that.
func (t *Transit) more() error {
	f := &t.in.forms
	if err := f.blanks(); err != nil {
		switch {
		case !f.final:
			return errMore
		case t.in.ended != io.EOF:
			return t.in.ended
		case len(t.within) > 0:
			return failAt(f.at, "the list of events is never closed")
		}
		return io.EOF
	}
	f.start = f.at
	if len(t.within) == 0 {
		return t.outermost()
	}
	c, last := f.data[f.at], len(t.within)-1
	switch in := t.within[last]; {
	case c == ']' && in != inObject, c == '}' && in == inObject:
		t.within = t.within[:last]
		f.at++
		return nil
	case in == inTag:
		return failAt(f.at, "a tag has one value")
	case in == inList:
		v, err := f.read()
		if err != nil {
			return err
		}
		return t.hand(v)
	}
	return t.passPair(t.within[last])
}

// outermost reads a value that stands in no other: an event as a whole, and a list of events up to its first.
func (t *Transit) outermost() error {
	f := &t.in.forms
	t.cache = nil
	first, err := t.firstOf()
	switch {
	case err != nil:
		return err
	case f.data[f.at] == '{' && !strings.HasPrefix(first, "~#"):
		return t.pairs(inObject)
	case f.data[f.at] == '[' && first == "^ ":
		return t.pairs(inPairs)
	case f.data[f.at] == '[' && (first == "~#list" || !strings.HasPrefix(first, "~#")):
		return t.enter(first)
	}
	v, err := f.read()
	if err != nil {
		return err
	}
	return t.hand(v)
}

// firstOf is the string with which the array or the object at hand begins; "" if it begins with something else.
func (t *Transit) firstOf() (first string, err error) {
	f := &t.in.forms
	start := f.at
	defer func() { f.at = start }()
	closing, known := closers[f.data[f.at]]
	if !known {
		return "", nil
	}
	f.at++
	c, err := f.sign(start, closing)
	if err != nil || c != '"' {
		return "", err
	}
	v, err := f.text()
	first, _ = v.(string)
	return first, err
}

// enter goes into the list at hand, or the one behind the tag at hand.
func (t *Transit) enter(first string) error {
	f := &t.in.forms
	start := f.at
	f.at++
	if first != "~#list" {
		t.within = append(t.within, inList)
		return nil
	}
	if _, err := f.element(); err != nil {
		return err
	}
	closed, err := f.comma(start, ']')
	if err != nil {
		return err
	}
	if c, err := f.sign(start, ']'); err != nil {
		return err
	} else if closed || c != '[' {
		return failAt(start, "a list belongs behind this tag")
	}
	f.at++
	if _, err := t.recall(first, false); err != nil {
		return err
	}
	t.within = append(t.within, inTag, inList)
	return nil
}

// pairs reads the map at hand. If it has a list of events as its history, it goes into that.
func (t *Transit) pairs(kind byte) error {
	f := &t.in.forms
	start, pairs, isEvent := f.at, []history.Pair{}, false
	closed, err := t.openMap(kind)
	for err == nil && !closed {
		var key, v any
		if key, err = t.key(kind, start); err != nil {
			break
		}
		if key == any("history") && !isEvent {
			if held, err := t.enterHistory(kind); err != nil || held {
				return err
			}
		}
		if v, err = t.value(); err != nil {
			break
		}
		pairs, isEvent = append(pairs, history.Pair{Key: key, Value: v}), isEvent || key == any("type")
		closed, err = f.comma(start, closers[f.data[start]])
	}
	if err != nil {
		return err
	}
	m, err := history.NewMap(pairs)
	if err != nil {
		return failAt(start, "%s", err)
	}
	return t.deliver(m)
}

// openMap passes over what stands before the first pair of a map; closed says that there is none.
func (t *Transit) openMap(kind byte) (closed bool, err error) {
	f := &t.in.forms
	start := f.at
	f.at++
	if kind == inPairs { // the mark of a map
		if _, err := f.element(); err != nil {
			return false, err
		}
		return f.comma(start, ']')
	}
	c, err := f.sign(start, '}')
	if err == nil && c == '}' {
		f.at++
	}
	return c == '}', err
}

// enterHistory goes into the list that is a map's history, if it is one of those that are gone into.
func (t *Transit) enterHistory(kind byte) (held bool, err error) {
	f := &t.in.forms
	if c, err := f.sign(f.at, ']'); err != nil || c != '[' {
		return false, err
	}
	first, err := t.firstOf()
	if err != nil || strings.HasPrefix(first, "^") || strings.HasPrefix(first, "~#") && first != "~#list" {
		return false, err
	}
	if err := t.enter(first); err != nil {
		return false, err
	}
	t.within = append([]byte{kind}, t.within...)
	return true, nil
}

// keyTree reads the next key of a map, and passes over what stands behind it.
func (t *Transit) keyTree(kind byte, opened int) (any, error) {
	f := &t.in.forms
	if kind == inObject {
		return f.name(opened)
	}
	tree, err := f.element()
	if err != nil {
		return nil, err
	}
	closed, err := f.comma(opened, ']')
	if err == nil && closed {
		err = failAt(opened, "a map has a key without a value")
	}
	return tree, err
}

func (t *Transit) key(kind byte, opened int) (any, error) {
	tree, err := t.keyTree(kind, opened)
	if err != nil {
		return nil, err
	}
	return t.decoded(tree, true)
}

// value reads and decodes one before which no comma may stand.
func (t *Transit) value() (any, error) {
	tree, err := t.in.forms.element()
	if err != nil {
		return nil, err
	}
	return t.decoded(tree, false)
}

// decoded is decode with the place of the error.
func (t *Transit) decoded(tree any, isKey bool) (any, error) {
	v, err := t.decode(tree, isKey)
	if err != nil {
		return nil, failAt(t.in.forms.start, "%s", err)
	}
	return v, nil
}

// passPair passes over a pair of the map that holds the history.
func (t *Transit) passPair(kind byte) error {
	start := t.in.forms.at
	keyTree, err := t.keyTree(kind, start)
	if err != nil {
		return err
	}
	tree, err := t.in.forms.element()
	if err != nil {
		return err
	}
	key, err := t.decoded(keyTree, true)
	if err != nil {
		return err
	}
	if key == any("history") {
		return failAt(start, "the map holds a second history")
	}
	_, err = t.decoded(tree, false)
	return err
}

// hand decodes a value, which is an event or holds some.
func (t *Transit) hand(tree any) error {
	v, err := t.decoded(tree, false)
	if err != nil {
		return err
	}
	return t.deliver(v)
}

// deliver makes a value, or those that it holds, the next events.
func (t *Transit) deliver(v any) error {
	t.at = t.in.place(t.in.forms.start)
	t.ready = []any{v}
	if len(t.within) > 0 {
		return nil
	}
	if list, ok := v.([]any); ok {
		t.ready = list
	}
	if m, ok := v.(history.Map); ok {
		if list, held := m.Get("history"); held {
			t.ready, _ = list.([]any)
		}
	}
	return nil
}
