package notation

import (
	"bytes"
	"encoding/binary"
	"time"
	"unicode/utf8"

	"ordeal/history"
	"ordeal/history/stream"
)

// habit is how an attribute was written in the event before: the blanks and the keyword before its value, and what the
// keyword means. Histories are written by programs, so almost every event is written like the one before.
type habit struct {
	text []byte
	bit  int
}

// likeBefore reads the n-th attribute of an event if it is written as it was in the event before, or as almost all are.
// If it is not, ok is false, and how far it was read says nothing.
func (f *forms) likeBefore(e *stream.Event, n int, seen *int) (ok bool) {
	start := f.at
	if n < len(f.habits) {
		if h := f.habits[n]; bytes.HasPrefix(f.data[start:], h.text) && h.bit&*seen == 0 {
			if f.at = start + len(h.text); f.at < len(f.data) && f.fastValue(e, h.bit) {
				*seen |= h.bit
				return true
			}
			f.at = start
		}
	}
	if !f.blank() {
		return false
	}
	bit, value, ok := f.fast(e)
	if !ok || bit&*seen != 0 {
		return false
	}
	*seen |= bit
	// A keyword that nothing follows but its value may be longer in the next event.
	if text := f.data[start:value]; n <= len(f.habits) && n < habitsMax && isBlank(text[len(text)-1]) {
		f.habits = append(f.habits[:n], habit{bytes.Clone(text), bit})
	}
	return true
}

// habitsMax is how many attributes an event has that are worth remembering.
const habitsMax = 16

func isBlank(c byte) bool { return c == ' ' || c == ',' || c == '\n' }

// fast reads an attribute that is written as almost all are: a plain keyword and, but for the value, a plain keyword or
// integer behind it, which begins at value. If it is not, or the window ends in it, ok is false.
func (f *forms) fast(e *stream.Event) (bit, value int, ok bool) {
	if word, plain := f.keyword(); plain && f.blank() {
		value = f.at
		if bit = field(string(word)); f.fastValue(e, bit) {
			return bit, value, true
		}
	}
	return 0, 0, false
}

func (f *forms) fastValue(e *stream.Event, bit int) bool {
	switch bit {
	case sawType:
		word, ok := f.keyword()
		if !ok {
			return false
		}
		switch string(word) {
		case "invoke":
			e.Type = history.Invoke
		case "ok":
			e.Type = history.OK
		case "fail":
			e.Type = history.Fail
		case "info":
			e.Type = history.Info
		default:
			return false
		}
		return true
	case sawF:
		word, ok := f.keyword()
		if ok {
			e.F = f.known.word(word)
		}
		return ok
	case sawProcess, sawTime, sawIndex:
		n, ok := f.number()
		if !ok || bit == sawProcess && (n < 0 || n != int64(int(n))) {
			return false
		}
		switch bit {
		case sawProcess:
			e.Process = int(n)
		case sawTime:
			e.Time = time.Duration(n)
		default:
			e.Number = n
		}
		return true
	case sawValue:
		if v, ok := f.plain(); ok {
			e.Value = v
			return true
		}
		v, err := f.read()
		if err != nil {
			f.depth = 0
			return false
		}
		e.Value = v
		return true
	}
	return false
}

// plain reads a form that has no parts and is written as almost all are: a small integer, a keyword, nil. If something
// else is there, or the window ends in it, ok is false and nothing was read.
func (f *forms) plain() (v any, ok bool) {
	switch c := f.data[f.at]; {
	case c-'0' <= 9:
		return f.integer()
	case c == ':':
		word, ok := f.keyword()
		if !ok {
			return nil, false
		}
		return f.known.text(word), true
	case c == 'n' && f.at+3 < len(f.data) && string(f.data[f.at:f.at+3]) == "nil":
		if c := f.data[f.at+3]; c < utf8.RuneSelf && ends[c] {
			f.at += 3
			return nil, true
		}
	}
	return nil, false
}

// blank passes over plain blanks, and is false at the end of the window.
func (f *forms) blank() bool {
	at := f.at
	for at < len(f.data) && isBlank(f.data[at]) {
		at++
	}
	f.at = at
	return at < len(f.data)
}

// keyword reads a keyword of ASCII, without its colon. If something else is there, ok is false and nothing was read.
func (f *forms) keyword() (word []byte, ok bool) {
	if f.data[f.at] != ':' {
		return nil, false
	}
	start := f.at + 1
	for at := start; at < len(f.data); at++ {
		c := f.data[at]
		if c >= utf8.RuneSelf {
			return nil, false
		}
		if ends[c] {
			if at == start || f.data[start] == ':' {
				return nil, false
			}
			f.at = at
			return f.data[start:at], true
		}
	}
	return nil, false
}

// digits8 is the number that eight digits make, the first of them in the lowest byte; all is false if some byte is no
// digit. It adds up neighbours, then neighbours of those, and so on.
func digits8(x uint64) (n int64, all bool) {
	if x&0xf0f0f0f0f0f0f0f0|(x+0x0606060606060606)&0xf0f0f0f0f0f0f0f0>>4 != 0x3333333333333333 {
		return 0, false
	}
	x = x & 0x0f0f0f0f0f0f0f0f * (10<<8 + 1) >> 8
	x = x & 0x00ff00ff00ff00ff * (100<<16 + 1) >> 16
	return int64(x & 0x0000ffff0000ffff * (10_000<<32 + 1) >> 32), true
}

// number reads an integer of up to 18 digits. If something else is there, ok is false and nothing was read.
func (f *forms) number() (n int64, ok bool) {
	at := f.at
	negative := f.data[at] == '-'
	if negative {
		at++
	}
	first := at
	for at+8 <= len(f.data) && at-first < 10 && f.data[at+7]-'0' <= 9 {
		eight, all := digits8(binary.LittleEndian.Uint64(f.data[at:]))
		if !all {
			break
		}
		n = 100_000_000*n + eight
		at += 8
	}
	for at < len(f.data) && f.data[at]-'0' <= 9 {
		n = 10*n + int64(f.data[at]-'0')
		at++
	}
	if at == len(f.data) || at == first || at-first > 18 || f.data[at] >= utf8.RuneSelf || !ends[f.data[at]] {
		return 0, false
	}
	f.at = at
	if negative {
		n = -n
	}
	return n, true
}
