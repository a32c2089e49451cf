package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	jsonlFormat  = "ordeal-history"
	jsonlVersion = 1
)

// Head is what a file of JSON lines says of its history before the events.
type Head struct {
	// Model names the specification that the history is to be judged by ("register"); "" if unsaid.
	Model string
	// Trial is the line that repeats the run which made the history; "" if unsaid.
	Trial string
}

type headLine struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Model   string `json:"model,omitempty"`
	Trial   string `json:"trial,omitempty"`
}

type eventLine struct {
	Index   *int64 `json:"index"`
	Time    int64  `json:"time"`
	Process *int   `json:"process"`
	Type    string `json:"type"`
	F       string `json:"f"`
	Key     string `json:"key,omitempty"`
	Value   any    `json:"value"`
	Error   string `json:"error,omitempty"`
}

// WriteJSONL writes a history as JSON lines: a head, then one event a line, with times in nanoseconds. Equal
// histories give equal bytes.
func WriteJSONL(w io.Writer, head Head, h History) error {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(headLine{Format: jsonlFormat, Version: jsonlVersion, Model: head.Model, Trial: head.Trial})
	for i, op := range h {
		if err != nil {
			return fmt.Errorf("write a history: %w", err)
		}
		index := int64(i)
		err = enc.Encode(eventLine{
			Index: &index, Time: int64(op.Time), Process: &op.Process, Type: op.Type.String(),
			F: op.F, Key: op.Key, Value: toJSON(op.Value), Error: op.Error,
		})
	}
	if err := errors.Join(err, buf.Flush()); err != nil {
		return fmt.Errorf("write a history: %w", err)
	}
	return nil
}

// HeadOf is the head of a file of JSON lines; the zero Head if the bytes have none.
func HeadOf(data []byte) Head {
	first, _, _ := bytes.Cut(data, []byte{'\n'})
	var h headLine
	if json.Unmarshal(first, &h) != nil || h.Format != jsonlFormat {
		return Head{}
	}
	return Head{Model: h.Model, Trial: h.Trial}
}

func readJSONL(name string, data []byte) (History, error) {
	var h History
	var given []int64
	var lines []int
	for n, line := range bytes.Split(data, []byte{'\n'}) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if n == 0 {
			isHead, err := checkHead(line)
			if err != nil {
				return nil, fmt.Errorf("%s:1:1: %w", name, err)
			}
			if isHead {
				continue
			}
		}
		op, index, err := readEventLine(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: %w", name, n+1, columnOf(err), err)
		}
		h, given, lines = append(h, op), append(given, index), append(lines, n+1)
	}
	return number(name, h, given, func(i int) int { return lines[i] })
}

func checkHead(line []byte) (bool, error) {
	var h headLine
	if json.Unmarshal(line, &h) != nil || h.Format == "" {
		return false, nil
	}
	if h.Format != jsonlFormat || h.Version != jsonlVersion {
		return false, fmt.Errorf("the file is of format %q version %d, this reads %q version %d",
			h.Format, h.Version, jsonlFormat, jsonlVersion)
	}
	return true, nil
}

func readEventLine(line []byte) (Op, int64, error) {
	var e eventLine
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(&e); err != nil {
		return Op{}, 0, err
	}
	if rest := bytes.TrimSpace(line[dec.InputOffset():]); len(rest) > 0 {
		return Op{}, 0, &columnError{int(dec.InputOffset()) + 1, "something follows the event on its line"}
	}
	kind, err := ParseType(e.Type)
	if err != nil {
		return Op{}, 0, err
	}
	if e.Process == nil || *e.Process < Anonymous {
		return Op{}, 0, errors.New("an event needs a process: a number from 0, or -1, -2 or -3")
	}
	value, err := fromJSON(e.Value)
	if err != nil {
		return Op{}, 0, err
	}
	index := int64(-1)
	if e.Index != nil {
		index = *e.Index
	}
	return Op{Time: time.Duration(e.Time), Process: *e.Process, Type: kind, F: e.F, Key: e.Key,
		Value: value, Error: e.Error}, index, nil
}

// columnError is an error that knows its column.
type columnError struct {
	column int
	text   string
}

func (e *columnError) Error() string { return e.text }

// columnOf is the column, from 1, that an error in a line of JSON tells of; 1 if it tells of none.
func columnOf(err error) int {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var column *columnError
	switch {
	case errors.As(err, &syntax):
		return max(int(syntax.Offset), 1)
	case errors.As(err, &kind):
		return max(int(kind.Offset), 1)
	case errors.As(err, &column):
		return column.column
	}
	return 1
}
