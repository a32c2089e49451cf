package notation

import (
	"ordeal/history"
	"ordeal/history/stream"
)

// Fields of an event that were seen, as bits.
const (
	sawType = 1 << iota
	sawProcess
	sawF
	sawValue
	sawTime
	sawIndex
	sawError
	sawKey
)

// field is the attribute of an event that a name means; 0 is none.
func field(name string) int {
	switch name {
	case "type":
		return sawType
	case "process":
		return sawProcess
	case "f":
		return sawF
	case "value":
		return sawValue
	case "time":
		return sawTime
	case "index":
		return sawIndex
	case "error":
		return sawError
	case "key":
		return sawKey
	}
	return 0
}

// eventOrHolder reads the map at hand. If it holds the history under :history, it goes into that, and found is false.
func (r *Reader) eventOrHolder(e *stream.Event) (found bool, err error) {
	f := &r.forms
	f.start = f.at
	f.at++
	*e = stream.Event{Number: -1}
	if r.events == 0 && !f.own {
		r.head = head{}
	}
	var key any
	seen := 0
	for n := 0; ; n++ {
		if !f.json {
			if at := f.at; f.likeBefore(e, n, &seen) {
				continue
			} else if f.at = at; f.at < len(f.data) && f.data[f.at] == '}' {
				f.at++
				break
			}
		}
		name, closed, err := r.attributeName(n == 0)
		if err != nil {
			return false, err
		}
		if closed {
			break
		}
		at := f.at
		if c := f.data[f.at]; name == any("history") && seen&sawType == 0 && (c == '[' || c == '(') {
			return false, r.hold(c)
		}
		bit, err := r.attribute(e, name, &key)
		switch {
		case err != nil:
			return false, err
		case bit&seen != 0:
			return false, failAt(at, "the event has %s twice", history.Text(name))
		}
		seen |= bit
	}
	if seen == 0 && r.head.Format != "" {
		return false, r.headed()
	}
	if err := r.complete(e, seen, key); err != nil {
		return false, err
	}
	r.events++
	return true, nil
}

// attributeName reads the next key of a map, perhaps the first, and stops before its value, or behind the map's end.
func (r *Reader) attributeName(first bool) (name any, closed bool, err error) {
	f := &r.forms
	if f.json {
		return f.memberName(first)
	}
	if err := f.skip(); err != nil {
		if err == errMore {
			return nil, false, f.short(f.start, "what opens here is never closed with "+quote('}'))
		}
		return nil, false, err
	}
	if f.data[f.at] == '}' {
		f.at++
		return nil, true, nil
	}
	if name, err = f.read(); err == nil {
		err = f.next()
	}
	if err == nil && f.data[f.at] == '}' {
		err = failAt(f.at, "the map has a key without a value")
	}
	return name, false, err
}

// hold goes into the history that a map has under one of its keys.
func (r *Reader) hold(bracket byte) error {
	f := &r.forms
	if len(r.levels) > 0 || r.done {
		return failAt(f.start, "an event is a map, and this holds a history; a file holds one")
	}
	inner := f.at
	f.at = f.start
	r.open('{')
	f.at = inner
	r.open(bracket)
	return nil
}

// pair passes over a key and its value in a map that holds a history.
func (r *Reader) pair() error {
	f := &r.forms
	at := f.at
	name, closed, err := r.attributeName(true)
	if err != nil || closed {
		return err
	}
	if name == any("history") {
		return failAt(at, "the map holds a second history")
	}
	return f.pass()
}

// attribute reads the value of one of the event's keys. Its error is at that value.
func (r *Reader) attribute(e *stream.Event, name any, key *any) (bit int, err error) {
	f := &r.forms
	at := f.at
	v, err := f.read()
	if err != nil {
		return 0, err
	}
	word, _ := name.(string)
	bit = field(word)
	switch bit {
	case sawType:
		err = e.SetType(v)
	case sawProcess:
		err = e.SetProcess(v)
	case sawF:
		err = e.SetF(v)
	case sawValue:
		e.Value = v
	case sawTime:
		err = e.SetTime(v)
	case sawIndex:
		err = e.SetNumber(v)
	case sawError:
		e.SetError(v)
	case sawKey:
		*key = v
	default:
		if f.json && r.events == 0 && r.head.set(word, v) {
			break
		}
		f.passing = append(f.passing, note{"the attribute", history.Text(name)})
	}
	if err != nil {
		return 0, failAt(at, "%s", err)
	}
	return bit, nil
}

// complete finishes an event whose attributes are read.
func (r *Reader) complete(e *stream.Event, seen int, key any) error {
	start := r.forms.start
	if seen&sawType == 0 {
		if len(r.levels) == 0 && seen&(sawProcess|sawF) == 0 {
			return failAt(start, "the map is no event, for it has no :type, and holds no :history")
		}
		return failAt(start, "the event has no :type")
	}
	if seen&sawProcess == 0 {
		e.Process = history.Anonymous
	}
	if key == nil {
		return nil
	}
	if err := r.keys.Set(e, key); err != nil {
		return failAt(start, "%s", err)
	}
	return nil
}
