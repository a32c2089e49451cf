package notation

import (
	"time"
	"unicode/utf8"

	"ordeal/history"
	"ordeal/history/stream"
)

// fast reads an attribute that is written as almost all are: a plain keyword and, but for the value, a plain keyword or
// integer behind it. If it is not, or the window ends in it, ok is false and nothing was read.
func (f *forms) fast(e *stream.Event) (bit int, ok bool) {
	start := f.at
	if word, plain := f.keyword(); plain && f.blank() {
		if bit = field(string(word)); f.fastValue(e, bit) {
			return bit, true
		}
	}
	f.at = start
	return 0, false
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

// blank passes over plain blanks, and is false at the end of the window.
func (f *forms) blank() bool {
	at := f.at
	for at < len(f.data) && (f.data[at] == ' ' || f.data[at] == ',' || f.data[at] == '\n') {
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

// number reads an integer of up to 18 digits. If something else is there, ok is false and nothing was read.
func (f *forms) number() (n int64, ok bool) {
	at := f.at
	negative := f.data[at] == '-'
	if negative {
		at++
	}
	first := at
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
