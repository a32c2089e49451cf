package history

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// logEvent is the part of a log line that is an event: process, type, f and value between tabs, and sometimes an error.
var logEvent = regexp.MustCompile(
	`(?m)(\S+)\t:(invoke|ok|fail|info)\t:?([^\s:]\S*)(?:\t([^\t\r\n]*))?(?:\t([^\r\n]*))?\r?$`)

// readJepsenLog takes the events out of a Jepsen text log and passes over the other lines. The log has no times.
func readJepsenLog(name string, data []byte) (History, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s is not UTF-8", name)
	}
	var h History
	for n, line := range bytes.Split(data, []byte{'\n'}) {
		at := logEvent.FindSubmatchIndex(line)
		if at == nil {
			continue
		}
		op, err := readLogEvent(string(line), at)
		if err != nil {
			_, column := position(line, err.(*formError).offset)
			return nil, fmt.Errorf("%s:%d:%d: %w", name, n+1, column, err)
		}
		op.Index = len(h)
		h = append(h, op)
	}
	return h, nil
}

func readLogEvent(line string, at []int) (Op, error) {
	part := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return line[at[2*i]:at[2*i+1]]
	}
	op := Op{F: part(3), Error: part(5)}
	var err error
	if op.Type, err = ParseType(part(2)); err != nil {
		return op, &formError{at[4], err.Error()}
	}
	if op.Process, err = logProcess(part(1)); err != nil {
		return op, &formError{at[2], err.Error()}
	}
	if at[8] < 0 {
		return op, nil
	}
	return op, op.setLogValue(line, part(4), at[8])
}

// setLogValue reads the value. Old logs put the reason of a fail or info in its place, as a keyword.
func (op *Op) setLogValue(line, text string, offset int) error {
	r := &formReader{src: line[:offset+len(text)], at: offset}
	if ok, err := r.more(); err != nil || !ok {
		return err
	}
	f, err := r.read()
	if err != nil && op.Process < 0 {
		op.Value = text
		return nil
	}
	if err != nil {
		return err
	}
	if f.keyword && (op.Type == Fail || op.Type == Info) && op.Process >= 0 {
		op.Error = f.text
		return nil
	}
	op.Value, err = valueFromForm(r.src, f)
	return err
}

func logProcess(word string) (int, error) {
	for _, n := range []int{Nemesis, Service} {
		if word == ":"+outsiders[n] {
			return n, nil
		}
	}
	p, err := strconv.Atoi(word)
	if err != nil || p < 0 {
		return 0, fmt.Errorf("%q is no process: a number from 0 or :nemesis", word)
	}
	return p, nil
}
