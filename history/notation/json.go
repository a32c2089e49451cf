package notation

import (
	"bytes"
	"cmp"
	"strings"

	"ordeal/history"
	"ordeal/history/stream"
)

// blanks passes over what stands between JSON's values, and over the commas between events.
func (f *forms) blanks() error {
	for f.at < len(f.data) {
		switch f.data[f.at] {
		case ' ', '\t', '\n', '\r', ',':
			f.at++
		default:
			return nil
		}
	}
	return errMore
}

// sign is the next byte of JSON that is no blank.
func (f *forms) sign(opened int, closing byte) (byte, error) {
	for f.at < len(f.data) {
		switch c := f.data[f.at]; c {
		case ' ', '\t', '\n', '\r':
			f.at++
		default:
			return c, nil
		}
	}
	return 0, f.short(opened, "what opens here is never closed with "+quote(closing))
}

// jsonForm reads a value of JSON.
func (f *forms) jsonForm() (any, error) {
	switch c := f.data[f.at]; {
	case c == '[':
		return f.array()
	case c == '{':
		return f.object()
	case c == '"':
		return f.text()
	case c == '-' || c >= '0' && c <= '9':
		return f.jsonNumber()
	}
	start := f.at
	word, err := f.token()
	if err != nil {
		return nil, err
	}
	switch string(word) {
	case "null":
		return nil, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, failAt(start, "no value of JSON begins like this")
}

func (f *forms) jsonNumber() (any, error) {
	if v, ok := f.integer(); ok {
		return v, nil
	}
	start := f.at
	word, err := f.token()
	if err != nil {
		return nil, err
	}
	n, err := stream.ParseNumber(string(word))
	if err != nil || bytes.ContainsAny(word, "NM/") {
		return nil, failAt(start, "%s is no number of JSON", word)
	}
	return stream.Plain(n), nil
}

// comma passes over the sign behind an element: a comma, or the closing bracket.
func (f *forms) comma(opened int, closing byte) (closed bool, err error) {
	c, err := f.sign(opened, closing)
	if err != nil {
		return false, err
	}
	if c != ',' && c != closing {
		return false, failAt(f.at, "a comma or %q belongs here", string(closing))
	}
	f.at++
	return c == closing, nil
}

func (f *forms) array() (any, error) {
	start, base := f.at, len(f.stack)
	f.at++
	if c, err := f.sign(start, ']'); err != nil {
		return nil, err
	} else if c == ']' {
		f.at++
		return []any{}, nil
	}
	for {
		v, err := f.element()
		if err != nil {
			return nil, err
		}
		f.stack = append(f.stack, v)
		closed, err := f.comma(start, ']')
		if err != nil {
			return nil, err
		}
		if closed {
			return f.take(base), nil
		}
	}
}

// element reads a value before which no comma may stand.
func (f *forms) element() (any, error) {
	if c, err := f.sign(f.at, ']'); err != nil {
		return nil, err
	} else if c == ',' {
		return nil, failAt(f.at, "a value belongs here")
	}
	return f.read()
}

func (f *forms) object() (any, error) {
	start, base := f.at, len(f.stack)
	f.at++
	if c, err := f.sign(start, '}'); err != nil {
		return nil, err
	} else if c == '}' {
		f.at++
		return history.Map{}, nil
	}
	for {
		key, err := f.name(start)
		if err != nil {
			return nil, err
		}
		v, err := f.element()
		if err != nil {
			return nil, err
		}
		f.stack = append(f.stack, key, v)
		closed, err := f.comma(start, '}')
		if err != nil {
			return nil, err
		}
		if closed {
			break
		}
	}
	if f.own && len(f.stack)-base == 2 {
		if mark, _ := f.stack[base].(string); strings.HasPrefix(mark, "#") {
			v := f.stack[base+1]
			f.stack = f.stack[:base]
			return fromMark(start, mark, v)
		}
	}
	return f.pairs(start, base, "")
}

// memberName reads the next key of the object that began at start, and stops before its value, or behind the object's
// end. One comma stands before each but the first.
func (f *forms) memberName(first bool) (name any, closed bool, err error) {
	if first {
		c, err := f.sign(f.start, '}')
		if err == nil && c == '}' {
			f.at++
			return nil, true, nil
		}
	} else if closed, err = f.comma(f.start, '}'); closed || err != nil {
		return nil, closed, err
	}
	if name, err = f.name(f.start); err != nil {
		return nil, false, err
	}
	if c, err := f.sign(f.start, '}'); err != nil || c == ',' || c == '}' {
		return nil, false, cmp.Or(err, failAt(f.at, "a value belongs here"))
	}
	return name, false, nil
}

// name reads a key of an object and the colon behind it.
func (f *forms) name(opened int) (any, error) {
	c, err := f.sign(opened, '}')
	if err != nil {
		return nil, err
	}
	if c != '"' {
		return nil, failAt(f.at, "a key of an object is a string")
	}
	key, err := f.text()
	if err != nil {
		return nil, err
	}
	if c, err = f.sign(opened, '}'); err != nil {
		return nil, err
	}
	if c != ':' {
		return nil, failAt(f.at, "a colon belongs behind a key")
	}
	f.at++
	return key, nil
}

// fromMark is what WriteJSONL writes as an object of one pair because JSON has no form for it.
func fromMark(start int, mark string, v any) (any, error) {
	out, err := history.FromMark(mark, v)
	if n, isNumber := out.(history.Number); isNumber && n != "##Inf" && n != "##-Inf" && n != "##NaN" {
		out, err = stream.ParseNumber(string(n))
	}
	if err != nil {
		return nil, failAt(start, "%s", err)
	}
	return out, nil
}
