package findings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// format grows when a field changes its meaning or goes, or when the same bug would have another ID.
const format = 1

// parse reads a finding's file. The error begins with the line and the column of what is wrong: two branches that
// changed a finding are merged by git as text.
func parse(text []byte) (Finding, error) {
	for i, line := range bytes.Split(text, []byte("\n")) {
		for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
			if bytes.HasPrefix(line, []byte(mark)) {
				return Finding{}, fmt.Errorf("%d:1: git left a conflict here: keep one of the two sides", i+1)
			}
		}
	}
	if err := checkFields(text); err != nil {
		return Finding{}, err
	}
	var f Finding
	if err := json.Unmarshal(text, &f); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return Finding{}, at(text, int(kind.Offset), "%s is no place for a %s", kind.Field, kind.Value)
		}
		return Finding{}, at(text, 0, "%w", err)
	}
	return f, f.check(text)
}

// check says what is wrong with a finding that can be read.
func (f Finding) check(text []byte) error {
	switch f.State {
	case New, Ongoing, Resolved, Regressed:
	default:
		return atField(text, "state", "%q is no state: there are new, ongoing, resolved and regressed", f.State)
	}
	switch {
	case f.ID != f.id():
		return atField(text, "id", "%s is not the id of what this is about, which is %s", f.ID, f.id())
	case f.Line == "" || f.Service == "" || f.What == "":
		return at(text, 0, "a finding has a service, something that was violated, and a trial line")
	case f.Operations < 0 || f.Faults < 0:
		return atField(text, "operations", "a trial has no less than no operations and faults")
	}
	return nil
}

// checkFields holds a file to one object with each field once: what a merge has doubled, encoding/json would let pass.
func checkFields(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	seen := make(map[string]bool)
	depth, isKey := 0, true
	for {
		before := dec.InputOffset()
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF) && depth == 0 && len(seen) > 0:
			return missing(text, seen)
		case err != nil:
			return at(text, start(text, before), "%w", err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > 1 || token == json.Delim('[') {
				return at(text, start(text, before), "a finding is one object of fields with plain values")
			}
			continue
		case json.Delim('}'), json.Delim(']'):
			depth--
			continue
		}
		if depth == 0 {
			return at(text, start(text, before), "a finding is one object")
		}
		if isKey {
			name, _ := token.(string)
			if err := checkField(text, start(text, before), name, seen); err != nil {
				return err
			}
		}
		isKey = !isKey
	}
}

func checkField(text []byte, place int, name string, seen map[string]bool) error {
	switch {
	case seen[name]:
		return at(text, place, "%q stands here a second time", name)
	case !known()[name]:
		return at(text, place, "%q is no field of a finding", name)
	}
	seen[name] = true
	return nil
}

func missing(text []byte, seen map[string]bool) error {
	for _, name := range fieldNames() {
		if !seen[name] {
			return at(text, len(text)-1, "%q is missing", name)
		}
	}
	return nil
}

// fieldNames are the fields of a file, in their order.
func fieldNames() (names []string) {
	kind := reflect.TypeFor[Finding]()
	for i := range kind.NumField() {
		names = append(names, kind.Field(i).Tag.Get("json"))
	}
	return names
}

func known() map[string]bool {
	set := make(map[string]bool)
	for _, name := range fieldNames() {
		set[name] = true
	}
	return set
}

// start is where the token begins that is read next from an offset on.
func start(text []byte, offset int64) int {
	rest := text[offset:]
	return int(offset) + len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,:"))
}

// at is an error with the line and the column of an offset.
func at(text []byte, offset int, form string, args ...any) error {
	before := text[:max(0, min(offset, len(text)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
	return fmt.Errorf("%d:%d: %w", line, column, fmt.Errorf(form, args...))
}

func atField(text []byte, name, form string, args ...any) error {
	return at(text, max(0, strings.Index(string(text), `"`+name+`"`)), form, args...)
}
