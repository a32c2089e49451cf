package notation

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/history/stream"
)

// decode turns a value of JSON into the one that it stands for. In a key of a map, every string may come again as a
// code.
func (t *Transit) decode(v any, isKey bool) (any, error) {
	switch v := v.(type) {
	case string:
		text, err := t.recall(v, isKey)
		if err != nil {
			return nil, err
		}
		return t.scalar(text)
	case []any:
		return t.array(v)
	case history.Map:
		return t.object(v)
	}
	return v, nil
}

const (
	codeDigits = 44
	codeFirst  = '0'
	codesMax   = codeDigits * codeDigits
)

// recall is the string that a code stands for; any other string is remembered if it may come again.
func (t *Transit) recall(s string, isKey bool) (string, error) {
	if len(s) > 1 && s[0] == '^' && s != "^ " {
		n := 0
		for _, c := range []byte(s[1:]) {
			if c < codeFirst || c >= codeFirst+codeDigits || len(s) > 3 {
				return "", fmt.Errorf("%q is no code", s)
			}
			n = n*codeDigits + int(c-codeFirst)
		}
		if n >= len(t.cache) {
			return "", fmt.Errorf("%q stands for no earlier string", s)
		}
		return t.cache[n], nil
	}
	if len(s) > 3 && (isKey || s[0] == '~' && strings.IndexByte(":$#", s[1]) >= 0) {
		if len(t.cache) == codesMax {
			t.cache = t.cache[:0]
		}
		t.cache = append(t.cache, s)
	}
	return s, nil
}

// scalar is what a string stands for.
func (t *Transit) scalar(s string) (any, error) {
	if len(s) < 2 || s[0] != '~' {
		return s, nil
	}
	rest := s[2:]
	switch s[1] {
	case '~', '^', '`':
		return s[1:], nil
	case ':', '$', 'u', 'r', 'b', 't', 'c':
		return rest, nil
	case '_':
		return nil, nil
	case '?':
		return rest == "t", nil
	case 'z':
		if n, ok := map[string]history.Number{"NaN": "##NaN", "INF": "##Inf", "-INF": "##-Inf"}[rest]; ok {
			return n, nil
		}
	case 'i', 'n':
		if n, ok := new(big.Int).SetString(rest, 10); ok && len(rest) < 10_000 {
			return stream.Big(n), nil
		}
	case 'd':
		if f, err := strconv.ParseFloat(rest, 64); err == nil {
			return stream.Float(f), nil
		}
	case 'f':
		return stream.ParseNumber(rest + "M")
	case 'm':
		if ms, err := strconv.ParseInt(rest, 10, 64); err == nil {
			return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano), nil
		}
	case '#':
		return s, nil
	}
	return nil, fmt.Errorf("%q is no value of Transit", s)
}

// array decodes a list, a map in the form of one, or a value with a tag.
func (t *Transit) array(list []any) (any, error) {
	if len(list) > 0 && list[0] == any("^ ") {
		return t.mapping(list[1:])
	}
	if len(list) == 2 {
		if s, ok := list[0].(string); ok {
			tag, err := t.peek(s)
			if err == nil && strings.HasPrefix(tag, "~#") {
				if _, err := t.recall(s, false); err != nil {
					return nil, err
				}
				return t.tagged(tag[2:], list[1])
			}
		}
	}
	out := make([]any, len(list))
	for i := range list {
		var err error
		if out[i], err = t.decode(list[i], false); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// peek is recall, but remembers nothing.
func (t *Transit) peek(s string) (string, error) {
	if strings.HasPrefix(s, "^") {
		return t.recall(s, false)
	}
	return s, nil
}

// mapping decodes keys and values in turn.
func (t *Transit) mapping(flat []any) (any, error) {
	if len(flat)%2 == 1 {
		return nil, fmt.Errorf("a map has a key without a value")
	}
	pairs := make([]history.Pair, len(flat)/2)
	for i := range pairs {
		key, err := t.decode(flat[2*i], true)
		if err != nil {
			return nil, err
		}
		v, err := t.decode(flat[2*i+1], false)
		if err != nil {
			return nil, err
		}
		pairs[i] = history.Pair{Key: key, Value: v}
	}
	m, err := history.NewMap(pairs)
	return m, err
}

// object decodes an object, of the form that has no codes.
func (t *Transit) object(m history.Map) (any, error) {
	if len(m) == 1 {
		if tag, ok := m[0].Key.(string); ok && strings.HasPrefix(tag, "~#") {
			return t.tagged(tag[2:], m[0].Value)
		}
	}
	flat := make([]any, 0, 2*len(m))
	for _, p := range m {
		flat = append(flat, p.Key, p.Value)
	}
	return t.mapping(flat)
}

func (t *Transit) tagged(tag string, v any) (any, error) {
	list, isList := v.([]any)
	if tag == "cmap" && isList {
		return t.mapping(list)
	}
	inner, err := t.decode(v, false)
	if err != nil {
		return nil, err
	}
	list, isList = inner.([]any)
	switch {
	case tag == "'" || tag == "list":
		return inner, nil
	case tag == "set" && isList:
		set, err := history.NewSet(list)
		return set, err
	case tag == "ratio" && isList && len(list) == 2:
		return stream.ParseNumber(fmt.Sprintf("%v/%v", list[0], list[1]))
	}
	f := &t.in.forms
	f.passing = append(f.passing, note{"the tag", tag})
	return inner, nil
}
