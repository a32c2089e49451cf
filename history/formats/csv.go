package formats

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"ordeal/history"
	"ordeal/history/notation"
	"ordeal/history/stream"
)

// table reads events from CSV. Its first line names the columns, in any order: process, type, f and value, and if there
// are any, time, index, key and error. A value is a number, true, false, nil, or a form of EDN that begins with a
// bracket, a quotation mark or #; anything else is a string, and nothing is nil.
type table struct {
	src     *csv.Reader
	columns []string
	values  notation.Values
	notes   *stream.Notes
	keys    stream.Keys
}

func newTable(src io.Reader, notes *stream.Notes) *table {
	r := csv.NewReader(src)
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	return &table{src: r, notes: notes}
}

func (t *table) Next(e *stream.Event) error {
	if t.columns == nil {
		if err := t.readHead(); err != nil {
			return err
		}
	}
	row, err := t.read()
	if err != nil {
		return err
	}
	*e = stream.Event{Number: -1, At: t.place(0)}
	var key any
	for i, name := range t.columns {
		v, err := t.cell(row[i], t.place(i))
		if err != nil {
			return err
		}
		switch name {
		case "process":
			err = e.SetProcess(v)
		case "type":
			err = e.SetType(v)
		case "f":
			err = e.SetF(v)
		case "value":
			e.Value = v
		case "time":
			err = e.SetTime(v)
		case "index":
			err = e.SetNumber(v)
		case "error":
			e.SetError(v)
		case "key":
			key = v
		}
		if err != nil {
			return stream.Errorf(t.place(i), "%s", err)
		}
	}
	if key == nil {
		return nil
	}
	return t.keys.Set(e, key)
}

func (t *table) readHead() error {
	row, err := t.read()
	if err != nil {
		return err
	}
	known := map[string]bool{
		"process": true, "type": true, "f": true, "value": true, "time": true, "index": true, "error": true, "key": true,
	}
	seen := map[string]bool{}
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if known[name] && seen[name] {
			return stream.Errorf(t.place(i), "the column %q is there twice", name)
		}
		if !known[name] {
			t.notes.Pass("the column", name)
		}
		seen[name] = true
		t.columns = append(t.columns, name)
	}
	if !seen["type"] {
		return stream.Errorf(t.place(0), "the first line names no column \"type\"")
	}
	if !seen["process"] {
		t.notes.Warn("there is no column \"process\": every event stands alone")
	}
	return nil
}

func (t *table) read() ([]string, error) {
	row, err := t.src.Read()
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		return nil, stream.Errorf(stream.Place{Line: bad.Line, Column: bad.Column}, "%s", bad.Err)
	}
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			return nil, stream.Errorf(t.place(i), "the cell is not UTF-8")
		}
	}
	return row, err
}

func (t *table) place(column int) stream.Place {
	line, at := t.src.FieldPos(column)
	return stream.Place{Line: line, Column: at}
}

// cell is a cell as a value.
func (t *table) cell(text string, at stream.Place) (any, error) {
	text = strings.TrimSpace(text)
	switch text {
	case "", "nil", "null":
		return nil, nil
	case "true", "false":
		return text == "true", nil
	}
	if n, err := stream.ParseNumber(text); err == nil {
		return n, nil
	}
	if !strings.ContainsAny(text[:1], `[({#"`) {
		return strings.TrimPrefix(text, ":"), nil
	}
	v, used, err := t.values.Read([]byte(text), at)
	if err == nil && strings.TrimSpace(text[used:]) != "" {
		return nil, stream.Errorf(at, "something follows the value in its cell")
	}
	return v, err
}

// looksLikeTable tells whether a line names columns of a history.
func looksLikeTable(line string) bool {
	named := 0
	for _, name := range strings.Split(strings.ToLower(line), ",") {
		switch strings.Trim(strings.TrimSpace(name), `"`) {
		case "type", "process", "f":
			named++
		}
	}
	return named >= 2
}

var _ = history.OK
