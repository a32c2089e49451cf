package history

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The libraries for EDN decode into Go values and forget where each stood; an error in a history must name the line
// and column of the value that is wrong. So this reads forms with their places, and nothing else.

type formKind uint8

const (
	formNil formKind = iota
	formBool
	formInt
	formFloat
	formString
	formName // a keyword or a symbol; text is without the colon
	formList // a list or a vector
	formSet
	formMap // items holds key, value, key, value, …
	formTagged
)

var formNames = [...]string{
	formNil: "nil", formBool: "a boolean", formInt: "an integer", formFloat: "a float", formString: "a string",
	formName: "a keyword or symbol", formList: "a list", formSet: "a set", formMap: "a map",
	formTagged: "a tagged value",
}

type form struct {
	kind       formKind
	start, end int // bytes of the source
	keyword    bool
	yes        bool
	num        int64
	text       string
	items      []form
}

// depthMax bounds how deep forms nest, so that a hostile file ends in an error and not in a full stack.
const depthMax = 100

type formError struct {
	offset int
	text   string
}

func (e *formError) Error() string { return e.text }

type formReader struct {
	src   string
	at    int
	depth int
}

func (r *formReader) fail(offset int, format string, args ...any) error {
	return &formError{offset, fmt.Sprintf(format, args...)}
}

// skip passes over whitespace, commas, comments and discarded forms.
func (r *formReader) skip() error {
	for r.at < len(r.src) {
		c, size := utf8.DecodeRuneInString(r.src[r.at:])
		switch {
		case c == ',' || unicode.IsSpace(c):
			r.at += size
		case c == ';':
			end := strings.IndexByte(r.src[r.at:], '\n')
			if end < 0 {
				end = len(r.src) - r.at
			}
			r.at += end
		case strings.HasPrefix(r.src[r.at:], "#_"):
			r.at += 2
			if _, err := r.read(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// more tells whether another form follows.
func (r *formReader) more() (bool, error) {
	err := r.skip()
	return r.at < len(r.src), err
}

func (r *formReader) read() (form, error) {
	if r.depth++; r.depth > depthMax {
		return form{}, r.fail(r.at, "forms nest deeper than %d", depthMax)
	}
	defer func() { r.depth-- }()
	if ok, err := r.more(); err != nil {
		return form{}, err
	} else if !ok {
		return form{}, r.fail(r.at, "the file ends where a form belongs")
	}
	start := r.at
	f, err := r.readForm()
	f.start, f.end = start, r.at
	return f, err
}

func (r *formReader) readForm() (form, error) {
	switch c := r.src[r.at]; c {
	case '(':
		return r.readItems(formList, 1, ')')
	case '[':
		return r.readItems(formList, 1, ']')
	case '{':
		return r.readMap()
	case '#':
		return r.readDispatch()
	case '"':
		return r.readString()
	case '\\':
		return r.readCharacter()
	case ')', ']', '}':
		return form{}, r.fail(r.at, "%q closes nothing", string(c))
	}
	return r.readAtom()
}

func (r *formReader) readItems(kind formKind, opening int, end byte) (form, error) {
	start := r.at
	f := form{kind: kind}
	r.at += opening
	for {
		ok, err := r.more()
		if err != nil {
			return f, err
		}
		if !ok {
			return f, r.fail(start, "what opens here is never closed with %q", string(end))
		}
		if r.src[r.at] == end {
			r.at++
			return f, nil
		}
		item, err := r.read()
		if err != nil {
			return f, err
		}
		f.items = append(f.items, item)
	}
}

func (r *formReader) readMap() (form, error) {
	start := r.at
	f, err := r.readItems(formMap, 1, '}')
	if err == nil && len(f.items)%2 == 1 {
		err = r.fail(start, "the map has a key without a value")
	}
	return f, err
}

// readDispatch reads what begins with a hash sign: a set, a special float, or a tag and the form behind it.
func (r *formReader) readDispatch() (form, error) {
	start := r.at
	rest := r.src[r.at+1:]
	if strings.HasPrefix(rest, "{") {
		return r.readItems(formSet, 2, '}')
	}
	if strings.HasPrefix(rest, "#") {
		r.at += 2
		_, err := r.readAtom()
		return form{kind: formFloat}, err
	}
	r.at++
	tag := r.token()
	if tag == "" || strings.HasPrefix(tag, ":") {
		return form{}, r.fail(start, "a tag needs a name")
	}
	inner, err := r.read()
	return form{kind: formTagged, text: tag, items: []form{inner}}, err
}

func (r *formReader) readString() (form, error) {
	start := r.at
	var text strings.Builder
	for r.at++; r.at < len(r.src); r.at++ {
		switch c := r.src[r.at]; c {
		case '"':
			r.at++
			return form{kind: formString, text: text.String()}, nil
		case '\\':
			if err := r.readEscape(&text); err != nil {
				return form{}, err
			}
		default:
			text.WriteByte(c)
		}
	}
	return form{}, r.fail(start, "the string that opens here is never closed")
}

var escapes = map[byte]byte{'t': '\t', 'r': '\r', 'n': '\n', '\\': '\\', '"': '"', 'b': '\b', 'f': '\f'}

// readEscape leaves the reader on the last byte of the escape.
func (r *formReader) readEscape(text *strings.Builder) error {
	start := r.at
	r.at++
	if r.at >= len(r.src) {
		return r.fail(start, "the file ends inside an escape")
	}
	c := r.src[r.at]
	if plain, ok := escapes[c]; ok {
		text.WriteByte(plain)
		return nil
	}
	if c != 'u' || r.at+4 >= len(r.src) {
		return r.fail(start, "a string has no escape \\%s", string(rune(c)))
	}
	code, err := strconv.ParseUint(r.src[r.at+1:r.at+5], 16, 16)
	if err != nil {
		return r.fail(start, "\\u needs four hex digits")
	}
	text.WriteRune(rune(code))
	r.at += 4
	return nil
}

var characters = map[string]string{"newline": "\n", "return": "\r", "space": " ", "tab": "\t"}

// readCharacter reads a character as a string of one.
func (r *formReader) readCharacter() (form, error) {
	start := r.at
	r.at++
	_, size := utf8.DecodeRuneInString(r.src[r.at:])
	r.at += size
	name := r.src[start+1:r.at] + r.token()
	if name == "" {
		return form{}, r.fail(start, "a character needs a name")
	}
	if c, ok := characters[name]; ok {
		name = c
	}
	return form{kind: formString, text: name}, nil
}

// token takes everything up to the next delimiter.
func (r *formReader) token() string {
	start := r.at
	for r.at < len(r.src) {
		c, size := utf8.DecodeRuneInString(r.src[r.at:])
		if unicode.IsSpace(c) || strings.ContainsRune(",;\"()[]{}\\", c) {
			break
		}
		r.at += size
	}
	return r.src[start:r.at]
}

func (r *formReader) readAtom() (form, error) {
	start := r.at
	word := r.token()
	switch {
	case word == "nil":
		return form{kind: formNil}, nil
	case word == "true" || word == "false":
		return form{kind: formBool, yes: word == "true"}, nil
	case len(word) > 1 && word[0] == ':':
		return form{kind: formName, keyword: true, text: word[1:]}, nil
	case looksLikeNumber(word):
		return r.readNumber(start, word)
	case word == "" || word == ":":
		return form{}, r.fail(start, "no form begins like this")
	}
	return form{kind: formName, text: word}, nil
}

func looksLikeNumber(word string) bool {
	digits := strings.TrimLeft(word, "+-")
	return len(word)-len(digits) <= 1 && digits != "" && digits[0] >= '0' && digits[0] <= '9'
}

func (r *formReader) readNumber(start int, word string) (form, error) {
	if n, err := strconv.ParseInt(strings.TrimSuffix(word, "N"), 10, 64); err == nil {
		return form{kind: formInt, num: n}, nil
	}
	if otherNumber.MatchString(word) {
		return form{kind: formFloat}, nil
	}
	return form{}, r.fail(start, "%s is no number", word)
}

// otherNumber is a number that is no int64.
var otherNumber = regexp.MustCompile(`^[+-]?[0-9]+(/[0-9]+|N|(\.[0-9]*)?([eE][+-]?[0-9]+)?M?)$`)
