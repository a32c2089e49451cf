package history

import (
	"bytes"
	"fmt"
)

// Read reads a history from a file's bytes, in whichever of these formats it is:
//
//   - ordeal's own JSON lines (see WriteJSONL);
//   - EDN as Jepsen stores it: a vector or list of maps, or one map after the other;
//   - Jepsen's text log: lines that hold an event, between others that don't.
//
// name is for errors, which say file:line:column. Events are renumbered from 0 in the order of the file; where the
// file numbers them itself, its numbers must grow. What the events mean together is Pair's to judge.
func Read(name string, data []byte) (History, error) {
	body := bytes.TrimSpace(data)
	switch {
	case len(body) == 0:
		return nil, fmt.Errorf("%s holds no history: it is empty", name)
	case looksLikeJSON(body):
		return readJSONL(name, data)
	case looksLikeEDN(body):
		return readEDN(name, data)
	case logEvent.Match(data):
		return readJepsenLog(name, data)
	}
	return nil, fmt.Errorf("%s:1:1: this is no history: neither JSON lines nor EDN nor a Jepsen log", name)
}

func looksLikeJSON(body []byte) bool {
	if body[0] != '{' {
		return false
	}
	rest := bytes.TrimLeft(body[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// looksLikeEDN tells a vector of maps from a log line that begins with a date in brackets.
func looksLikeEDN(body []byte) bool {
	switch body[0] {
	case '{', '(', ';', '#':
		return true
	case '[':
		rest := bytes.TrimLeft(body[1:], " \t\r\n,")
		return len(rest) > 0 && bytes.IndexByte([]byte("{#;]"), rest[0]) >= 0
	}
	return false
}

// number gives the events the indexes that their places have. given holds the file's own number of each event, or -1.
func number(name string, h History, given []int64, line func(event int) int) (History, error) {
	last := int64(-1)
	for i := range h {
		if g := given[i]; g >= 0 {
			if g <= last {
				return nil, fmt.Errorf("%s:%d:1: event %d stands behind event %d", name, line(i), g, last)
			}
			last = g
		}
		h[i].Index = i
	}
	return h, nil
}

// position is the line and column, from 1, of a byte.
func position(data []byte, offset int) (line, column int) {
	offset = min(max(offset, 0), len(data))
	before := data[:offset]
	return 1 + bytes.Count(before, []byte{'\n'}), offset - bytes.LastIndexByte(before, '\n')
}
