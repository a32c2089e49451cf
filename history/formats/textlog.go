package formats

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"ordeal/history"
	"ordeal/history/notation"
	"ordeal/history/stream"
)

// lineMax bounds the bytes of one line of a text log.
const lineMax = 1 << 28

// textLog takes the events out of Jepsen's text logs, history.txt among them, and passes over the other lines. An event
// is a process, a type, an F and a value, and sometimes an error, with tabs or any blanks between them; what stands on
// the line before the process is the logger's. The log has no times.
type textLog struct {
	src    *bufio.Reader
	line   int
	buf    []byte
	values notation.Values
	notes  *stream.Notes
	// prose counts lines that hold the type of an event, as a word, and no event.
	prose int
}

func newTextLog(src io.Reader, notes *stream.Notes) *textLog {
	return &textLog{src: bufio.NewReaderSize(src, 1<<16), notes: notes}
}

func (l *textLog) Next(e *stream.Event) error {
	for {
		line, err := l.readLine()
		if err != nil {
			return err
		}
		words := splitWords(line)
		at := typeAt(line, words)
		if at < 0 {
			continue
		}
		if !l.isEvent(line, words, at) {
			l.prose++
			continue
		}
		return l.event(e, line, words[at-1:])
	}
}

func (l *textLog) readLine() ([]byte, error) {
	l.buf = l.buf[:0]
	l.line++
	for {
		part, err := l.src.ReadSlice('\n')
		l.buf = append(l.buf, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if len(l.buf) > lineMax {
				return nil, stream.Errorf(stream.Place{Line: l.line, Column: 1}, "the line is longer than %d bytes", lineMax)
			}
			continue
		case err == io.EOF && len(l.buf) > 0:
			return l.buf, nil
		case err == io.EOF:
			if l.prose > 0 {
				l.notes.Warn("lines that hold a word such as :ok, and no event: %d", l.prose)
			}
			return nil, err
		case err != nil:
			return nil, err
		}
		return bytes.TrimRight(l.buf, "\r\n"), nil
	}
}

// word is a part of a line between blanks.
type word struct{ start, end int }

func (w word) of(line []byte) string { return string(line[w.start:w.end]) }

func splitWords(line []byte) []word {
	var words []word
	start := -1
	for i := 0; i < len(line); i++ {
		blank := line[i] == ' ' || line[i] == '\t'
		if !blank && start < 0 {
			start = i
		}
		if blank && start >= 0 {
			words = append(words, word{start, i})
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, word{start, len(line)})
	}
	return words
}

var typeWords = map[string]bool{":invoke": true, ":ok": true, ":fail": true, ":info": true}

// typeAt is the first word that is the type of an event, or -1.
func typeAt(line []byte, words []word) int {
	if bytes.IndexByte(line, ':') < 0 {
		return -1
	}
	for i, w := range words {
		if typeWords[w.of(line)] {
			return i
		}
	}
	return -1
}

// isEvent tells whether the word before the type is a process. That may be a name only if it begins the line: a
// logger's prose has words of every kind.
func (l *textLog) isEvent(line []byte, words []word, at int) bool {
	if at == 0 {
		return false
	}
	process := words[at-1].of(line)
	if process == ":nemesis" || process == ":service" || at == 1 {
		return true
	}
	_, err := strconv.Atoi(process)
	return err == nil
}

// event reads an event from the words of its line, which begin with the process.
func (l *textLog) event(e *stream.Event, line []byte, words []word) error {
	*e = stream.Event{Number: -1, At: l.place(words[0].start)}
	if !utf8.Valid(line) {
		return stream.Errorf(l.place(0), "the line is not UTF-8")
	}
	process, _, err := l.values.Read(line[words[0].start:words[0].end], e.At)
	if err == nil {
		err = e.SetProcess(process)
	}
	if err != nil {
		return stream.Errorf(e.At, "%s", err)
	}
	if err := e.SetType(words[1].of(line)[1:]); err != nil {
		return stream.Errorf(l.place(words[1].start), "%s", err)
	}
	if len(words) < 3 {
		return stream.Errorf(l.place(words[1].end), "the line ends where the name of the operation belongs")
	}
	f, used, err := l.values.Read(line[words[1].end:], l.place(words[1].end))
	if err == nil {
		err = e.SetF(f)
	}
	if err != nil {
		return asError(l.place(words[2].start), err)
	}
	return l.value(e, line, words[1].end+used)
}

// value reads what stands behind the F: the value, and an error. Old logs put the reason of a fail or info in the place
// of the value, as a keyword. What the nemesis did may be said in words.
func (l *textLog) value(e *stream.Event, line []byte, from int) error {
	rest := line[from:]
	tabbed := bytes.TrimLeft(rest, " ")
	tabs := len(tabbed) > 0 && tabbed[0] == '\t'
	field := rest
	if tabs {
		from += len(rest) - len(tabbed) + 1
		field, _, _ = bytes.Cut(line[from:], []byte{'\t'})
	}
	v, used, err := l.values.Read(field, l.place(from))
	if err != nil && e.Process < 0 && e.Name == "" {
		e.Value = string(bytes.TrimSpace(field))
		return nil
	}
	if err != nil {
		return err
	}
	reason := bytes.TrimSpace(line[from+used:])
	if reason, isWord := v.(string); isWord && (e.Type == history.Fail || e.Type == history.Info) &&
		(e.Process >= 0 || e.Name != "") && bytes.HasPrefix(bytes.TrimSpace(field), []byte{':'}) {
		e.Error = reason
		return nil
	}
	e.Value = v
	return l.reason(e, string(reason), from+used)
}

// reason takes what is left of a line for the error. An event that is ok or an invoke has none.
func (l *textLog) reason(e *stream.Event, text string, at int) error {
	if text == "" {
		return nil
	}
	if e.Process < 0 && e.Name == "" {
		e.Error = text
		return nil
	}
	if e.Type == history.Invoke || e.Type == history.OK {
		return stream.Errorf(l.place(at), "something follows the value: %s", text)
	}
	e.Error = text
	return nil
}

func (l *textLog) place(offset int) stream.Place {
	return stream.Place{Line: l.line, Column: offset + 1}
}

// asError is an error with a place: its own, or else at.
func asError(at stream.Place, err error) error {
	var located *stream.Error
	if errors.As(err, &located) {
		return err
	}
	return stream.Errorf(at, "%s", err)
}

// looksLikeLog tells whether some line of a text holds an event.
func looksLikeLog(text []byte) bool {
	l := &textLog{}
	for line := range bytes.Lines(text) {
		line = bytes.TrimRightFunc(line, unicode.IsSpace)
		words := splitWords(line)
		if at := typeAt(line, words); at >= 0 && l.isEvent(line, words, at) {
			return true
		}
	}
	return false
}
