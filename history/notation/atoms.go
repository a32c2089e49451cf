package notation

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"ordeal/history/stream"
)

// ends tells which ASCII bytes end a token.
var ends = func() (t [utf8.RuneSelf]bool) {
	for _, c := range []byte("\t\n\v\f\r ,;\"()[]{}\\^") {
		t[c] = true
	}
	return t
}()

// token takes everything up to the next delimiter.
func (f *forms) token() ([]byte, error) {
	start := f.at
	for f.at < len(f.data) {
		c := f.data[f.at]
		if c < utf8.RuneSelf {
			if ends[c] {
				return f.data[start:f.at], nil
			}
			f.at++
			continue
		}
		r, size := utf8.DecodeRune(f.data[f.at:])
		switch {
		case r == utf8.RuneError && size == 1 && (f.final || len(f.data)-f.at >= utf8.UTFMax):
			return nil, failAt(f.at, "this is not UTF-8")
		case r == utf8.RuneError && size == 1:
			return nil, errMore
		case unicode.IsSpace(r):
			return f.data[start:f.at], nil
		}
		f.at += size
	}
	if !f.final {
		return nil, errMore
	}
	return f.data[start:], nil
}

// atom reads a number, a keyword, a symbol, nil, true or false.
func (f *forms) atom() (any, error) {
	if f.data[f.at] == ':' {
		if word, ok := f.keyword(); ok {
			return f.known.text(word), nil
		}
	} else if v, ok := f.integer(); ok {
		return v, nil
	}
	start := f.at
	word, err := f.token()
	if err != nil {
		return nil, err
	}
	if len(word) == 0 {
		return nil, failAt(start, "no form begins like this")
	}
	switch {
	case word[0] == ':':
		name := bytes.TrimLeft(word, ":")
		if len(name) == 0 {
			return nil, failAt(start, "a keyword needs a name")
		}
		return f.known.text(name), nil
	case looksLikeNumber(word):
		n, err := stream.ParseNumber(string(word))
		if err != nil {
			return nil, failAt(start, "%s begins like a number: %s", word, err)
		}
		return n, nil
	}
	switch string(word) {
	case "nil":
		return nil, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return f.known.text(word), nil
}

// integer reads an integer of up to 18 digits as a value; anything else is left alone.
func (f *forms) integer() (any, bool) {
	n, ok := f.number()
	if !ok {
		return nil, false
	}
	return f.known.integer(n), true
}

func looksLikeNumber(word []byte) bool {
	digits := word
	if word[0] == '+' || word[0] == '-' {
		digits = word[1:]
	}
	return len(digits) > 0 && digits[0] >= '0' && digits[0] <= '9'
}

// text reads a string.
func (f *forms) text() (any, error) {
	start := f.at
	rest := f.data[start+1:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, f.short(start, "the string that opens here is never closed")
	}
	if bytes.IndexByte(rest[:end], '\\') < 0 {
		if !utf8.Valid(rest[:end]) {
			return nil, failAt(start, "the string is not UTF-8")
		}
		f.at += end + 2
		return f.known.text(rest[:end]), nil
	}
	f.at++
	return f.escaped(start)
}

// escaped reads a string that has escapes.
func (f *forms) escaped(start int) (any, error) {
	var out []byte
	for f.at < len(f.data) {
		switch c := f.data[f.at]; c {
		case '"':
			f.at++
			if !utf8.Valid(out) {
				return nil, failAt(start, "the string is not UTF-8")
			}
			return string(out), nil
		case '\\':
			r, err := f.escape(start)
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
			f.at++
		}
	}
	return nil, f.short(start, "the string that opens here is never closed")
}

var escapes = map[byte]rune{
	't': '\t', 'r': '\r', 'n': '\n', '\\': '\\', '"': '"', 'b': '\b', 'f': '\f', '\'': '\'', '/': '/',
}

func (f *forms) escape(opened int) (rune, error) {
	start := f.at
	if start+1 >= len(f.data) {
		return 0, f.short(opened, "the string that opens here is never closed")
	}
	c := f.data[start+1]
	if plain, ok := escapes[c]; ok {
		f.at += 2
		return plain, nil
	}
	if c >= '0' && c <= '7' {
		return f.octal(), nil
	}
	if c != 'u' {
		return 0, failAt(start, "a string has no escape \\%s", string(rune(c)))
	}
	first, err := f.hex(start)
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	// Outside of Unicode's first plane, the JVM writes two escapes.
	low := f.at
	if low+1 >= len(f.data) {
		return 0, f.short(opened, "the string that opens here is never closed")
	}
	second := rune(0)
	if f.data[low] == '\\' && f.data[low+1] == 'u' {
		if second, err = f.hex(low); err != nil {
			return 0, err
		}
	}
	both := utf16.DecodeRune(first, second)
	if both == utf8.RuneError { // no character is written like this
		return 0, failAt(start, "\\u%04x is half of a character, whose other half is not there", first)
	}
	return both, nil
}

func (f *forms) octal() rune {
	f.at++
	var r rune
	for n := 0; n < 3 && f.at < len(f.data) && f.data[f.at] >= '0' && f.data[f.at] <= '7'; n++ {
		r = 8*r + rune(f.data[f.at]-'0')
		f.at++
	}
	return r
}

// hex reads \uXXXX at a byte.
func (f *forms) hex(start int) (rune, error) {
	if start+6 > len(f.data) {
		return 0, f.short(start, "\\u needs four hex digits")
	}
	code, err := strconv.ParseUint(string(f.data[start+2:start+6]), 16, 16)
	if err != nil {
		return 0, failAt(start, "\\u needs four hex digits")
	}
	f.at = start + 6
	return rune(code), nil
}

var characters = map[string]string{
	"newline": "\n", "return": "\r", "space": " ", "tab": "\t", "formfeed": "\f", "backspace": "\b",
}

// character reads a character as a string of one.
func (f *forms) character() (any, error) {
	start := f.at
	f.at++
	if f.at == len(f.data) || !f.final && !utf8.FullRune(f.data[f.at:]) {
		return nil, f.short(start, "a character needs a name")
	}
	r, size := utf8.DecodeRune(f.data[f.at:])
	if r == utf8.RuneError && size == 1 {
		return nil, failAt(start, "this is not UTF-8")
	}
	f.at += size
	if _, err := f.token(); err != nil {
		return nil, err
	}
	name := string(f.data[start+1 : f.at])
	if c, ok := characters[name]; ok {
		return c, nil
	}
	if len(name) == 5 && name[0] == 'u' {
		if code, err := strconv.ParseUint(name[1:], 16, 16); err == nil {
			return string(rune(code)), nil
		}
	}
	if len(name) != size {
		return nil, failAt(start, "there is no character \\%s", name)
	}
	return name, nil
}
