package notation

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"ordeal/history"
	"ordeal/history/stream"
)

// forms reads forms out of a window of bytes. It knows nothing of events.
type forms struct {
	data  []byte
	final bool
	// json says that the forms are JSON's rather than EDN's; own, that objects of one pair may be marks: see fromMark.
	json, own bool
	// at is the next byte; start is where the event in hand begins.
	at, start int
	depth     int
	known     interned
	// habits are the attributes of the event before, in their order.
	habits []habit
	stack  []any
	chunk  []any
	// passing is what was passed over since begin.
	passing []note
}

// note is for stream.Notes.Pass.
type note struct{ kind, name string }

// begin starts at the beginning of a window, which is all there is if final.
func (f *forms) begin(data []byte, final bool) {
	f.data, f.final, f.at, f.start, f.depth, f.stack, f.passing = data, final, 0, 0, 0, f.stack[:0], f.passing[:0]
}

// short is what to return where the window ends: more is needed, or what opened at a byte is never closed.
func (f *forms) short(opened int, what string) error {
	if f.final {
		return failAt(opened, "%s", what)
	}
	return errMore
}

// skip passes over blanks, commas, comments, and what #_ and ^ stand before. It is errMore at the end of the window.
func (f *forms) skip() error {
	if f.json {
		return f.blanks()
	}
	for f.at < len(f.data) {
		switch c := f.data[f.at]; {
		case c == ' ' || c == ',' || c >= '\t' && c <= '\r':
			f.at++
		case c == ';':
			end := bytes.IndexByte(f.data[f.at:], '\n')
			if end < 0 && !f.final {
				return errMore
			}
			if end < 0 {
				end = len(f.data) - f.at
			}
			f.at += end
		case c == '#' && f.at+1 == len(f.data) && !f.final:
			return errMore
		case c == '#' && f.at+1 < len(f.data) && f.data[f.at+1] == '_', c == '^':
			if c == '#' {
				f.at++
			}
			f.at++
			if err := f.pass(); err != nil {
				return err
			}
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(f.data[f.at:])
			if !unicode.IsSpace(r) && r != '\ufeff' {
				return nil
			}
			f.at += size
		default:
			return nil
		}
	}
	return errMore
}

// stops are the bytes, beside blanks, at which skip may have something to do.
var stops = func() (t [256]bool) {
	for c := range t {
		t[c] = c == ',' || c == ';' || c == '#' || c == '^' || c >= utf8.RuneSelf
	}
	return t
}()

// next skips to a form that must follow.
func (f *forms) next() error {
	before := f.at
	err := f.skip()
	if err == errMore && f.final {
		return failAt(before, "the file ends where a form belongs")
	}
	return err
}

// pass passes over one form without keeping it.
func (f *forms) pass() error {
	_, err := f.read()
	return err
}

// tags passes over tags before a form that is no set.
func (f *forms) tags() error {
	for f.data[f.at] == '#' && f.at+1 < len(f.data) && f.data[f.at+1] != '{' {
		if _, err := f.tag(); err != nil {
			return err
		}
		if err := f.next(); err != nil {
			return err
		}
	}
	return nil
}

func (f *forms) tag() (string, error) {
	start := f.at
	f.at++
	word, err := f.token()
	if err == nil && (len(word) == 0 || word[0] == ':') {
		err = failAt(start, "a tag needs a name")
	}
	return string(word), err
}

// read reads the next form as a value.
func (f *forms) read() (any, error) {
	if f.depth++; f.depth > stream.Depth {
		return nil, failAt(f.at, "forms nest deeper than %d", stream.Depth)
	}
	if f.at == len(f.data) || f.data[f.at] <= ' ' || stops[f.data[f.at]] {
		if err := f.next(); err != nil {
			return nil, err
		}
	}
	var v any
	var err error
	if f.json {
		v, err = f.jsonForm()
	} else {
		v, err = f.form()
	}
	f.depth--
	return v, err
}

func (f *forms) form() (any, error) {
	switch c := f.data[f.at]; c {
	case '[':
		return f.list(']')
	case '(':
		return f.list(')')
	case '{':
		return f.mapping()
	case '"':
		return f.text()
	case '#':
		return f.dispatch()
	case '\\':
		return f.character()
	case ')', ']', '}':
		return nil, failAt(f.at, "%q closes nothing", string(c))
	}
	return f.atom()
}

// items reads forms up to the closing bracket, onto the stack. What is on the stack from base on is theirs.
func (f *forms) items(opening int, end byte) (base int, err error) {
	start := f.at
	f.at += opening
	base = len(f.stack)
	for {
		if f.at < len(f.data) && f.data[f.at] == ' ' {
			f.at++
		}
		if f.at == len(f.data) || f.data[f.at] <= ' ' || stops[f.data[f.at]] {
			if err := f.skip(); err == errMore {
				return base, f.short(start, "what opens here is never closed with "+quote(end))
			} else if err != nil {
				return base, err
			}
		}
		if f.data[f.at] == end {
			f.at++
			return base, nil
		}
		v, err := f.item()
		if err != nil {
			return base, err
		}
		f.stack = append(f.stack, v)
	}
}

// item reads what stands in a list, before which nothing is left to pass over.
func (f *forms) item() (any, error) {
	if f.json {
		return f.read()
	}
	if v, ok := f.plain(); ok {
		return v, nil
	}
	return f.read()
}

func quote(c byte) string { return `"` + string(c) + `"` }

func (f *forms) list(end byte) (any, error) {
	base, err := f.items(1, end)
	if err != nil {
		return nil, err
	}
	return f.take(base), nil
}

// take moves what is on the stack from base on into a list of its own. Short lists share their memory's chunks.
func (f *forms) take(base int) []any {
	n := len(f.stack) - base
	var out []any
	if n <= 16 {
		if len(f.chunk) < n {
			f.chunk = make([]any, 1024)
		}
		out, f.chunk = f.chunk[:n:n], f.chunk[n:]
		if n == 0 {
			out = []any{}
		}
	} else {
		out = make([]any, n)
	}
	copy(out, f.stack[base:])
	f.stack = f.stack[:base]
	return out
}

func (f *forms) set() (any, error) {
	start := f.at
	base, err := f.items(2, '}')
	if err != nil {
		return nil, err
	}
	s, err := history.NewSet(f.take(base))
	if err != nil {
		return nil, failAt(start, "%s", err)
	}
	return s, nil
}

func (f *forms) mapping() (any, error) {
	start := f.at
	base, err := f.items(1, '}')
	if err != nil {
		return nil, err
	}
	return f.pairs(start, base, "")
}

// pairs makes a map of what is on the stack. space is the namespace of its keys, of #:space{…}, or "".
func (f *forms) pairs(start, base int, space string) (any, error) {
	flat := f.stack[base:]
	if len(flat)%2 == 1 {
		return nil, failAt(start, "the map has a key without a value")
	}
	pairs := make([]history.Pair, len(flat)/2)
	for i := range pairs {
		key := flat[2*i]
		if name, ok := key.(string); ok && space != "" {
			key = space + "/" + name
		}
		pairs[i] = history.Pair{Key: key, Value: flat[2*i+1]}
	}
	clear(flat)
	f.stack = f.stack[:base]
	m, err := history.NewMap(pairs)
	if err != nil {
		return nil, failAt(start, "%s", err)
	}
	return m, nil
}

// dispatch reads what begins with a hash sign: a set, a special float, a map with a namespace, or a tag and its form.
func (f *forms) dispatch() (any, error) {
	start := f.at
	if f.at+1 == len(f.data) {
		return nil, f.short(start, "a tag needs a name")
	}
	switch f.data[f.at+1] {
	case '{':
		return f.set()
	case '#':
		f.at += 2
		word, err := f.token()
		switch {
		case err != nil:
			return nil, err
		case string(word) == "NaN", string(word) == "Inf", string(word) == "-Inf":
			return history.Number("##" + string(word)), nil
		}
		return nil, failAt(start, "##%s is no number", word)
	case ':':
		return f.spaced()
	}
	tag, err := f.tag()
	if err != nil {
		return nil, err
	}
	f.passing = append(f.passing, note{"the tag", "#" + tag})
	return f.read()
}

// spaced reads a map whose keys have a namespace in common.
func (f *forms) spaced() (any, error) {
	start := f.at
	f.at += 2
	word, err := f.token()
	if err != nil {
		return nil, err
	}
	space := string(word)
	if f.at == len(f.data) || f.data[f.at] != '{' {
		return nil, f.short(start, "a map belongs behind its namespace")
	}
	base, err := f.items(1, '}')
	if err != nil {
		return nil, err
	}
	return f.pairs(start, base, space)
}
