package formats

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode"

	"ordeal/history/jepsenstore"
)

// lookahead is how many bytes of a file a guess may look at.
const lookahead = 1 << 16

// marked passes over the mark that some programs begin a text in UTF-8 with, and refuses UTF-16 by its own.
func marked(in *bufio.Reader) error {
	switch start, _ := in.Peek(3); {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return fmt.Errorf("%w that can be read: it is in UTF-16, and text has to be in UTF-8", ErrNoHistory)
	case string(start) == "\ufeff":
		_, err := in.Discard(len(start))
		return err
	}
	return nil
}

// guess tells the format of what is to be read, from its beginning, and consumes nothing of it.
func guess(in *bufio.Reader) (string, error) {
	text, err := in.Peek(lookahead)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return "", fmt.Errorf(": %w", err)
	}
	body := bytes.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' })
	switch {
	case len(body) == 0 && err == io.EOF:
		return "", fmt.Errorf(" %w: it is empty", ErrNoHistory)
	case len(body) == 0:
		return "", fmt.Errorf(" %w: it begins with %d blank bytes", ErrNoHistory, len(text))
	}
	firstLine, _, _ := bytes.Cut(body, []byte{'\n'})
	switch {
	case bytes.HasPrefix(body, []byte(jepsenstore.Magic)):
		return "jepsen", nil
	case body[0] == jepsenstore.MapCode:
		return "fressian", nil
	case looksLikeEtcd(firstLine):
		return "etcd", nil
	case looksLikeTransit(body):
		return "transit", nil
	case looksLikeJSON(body):
		return "jsonl", nil
	case looksLikeTable(string(firstLine)):
		return "csv", nil
	case looksLikeEDN(body):
		return "edn", nil
	case looksLikeLog(text):
		return "log", nil
	}
	return "", fmt.Errorf(" %w in a format that can be told: --format names one of %v", ErrNoHistory, Names)
}

// looksLikeEtcd tells the operations of etcd's robustness tests, one a line.
func looksLikeEtcd(line []byte) bool {
	for _, key := range []string{`"ClientId"`, `"Input"`, `"Call"`} {
		if !bytes.Contains(line, []byte(key)) {
			return false
		}
	}
	return line[0] == '{'
}

// looksLikeTransit tells arrays and objects whose first string begins as only Transit's do.
func looksLikeTransit(body []byte) bool {
	rest := bytes.TrimLeft(body, "[{ \t\r\n")
	return body[0] == '[' && bytes.HasPrefix(rest, []byte(`"^ "`)) ||
		len(rest) < len(body) && (bytes.HasPrefix(rest, []byte(`"~:`)) || bytes.HasPrefix(rest, []byte(`"~#`)))
}

// looksLikeJSON tells an object with a key that is a string, or an array of such.
func looksLikeJSON(body []byte) bool {
	if body[0] == '[' {
		body = bytes.TrimLeft(body[1:], " \t\r\n")
	}
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	rest := bytes.TrimLeft(body[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
}

// looksLikeEDN tells a vector of maps from a log line that begins with a date in brackets.
func looksLikeEDN(body []byte) bool {
	switch body[0] {
	case '{', '(', ';', '#', '^':
		return true
	case '[':
		rest := bytes.TrimLeft(body[1:], " \t\r\n,")
		return len(rest) == 0 || bytes.IndexByte([]byte("{#;]^"), rest[0]) >= 0
	}
	return false
}
