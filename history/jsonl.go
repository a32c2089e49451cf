package history

import (
	"encoding/json"
	"io"
)

// JSONLFormat and JSONLVersion are what the head of a file of JSON lines says that it is.
const (
	JSONLFormat  = "ordeal-history"
	JSONLVersion = 1
)

// Head is what a file of JSON lines says of its history before the events.
type Head struct {
	// Model names the specification that the history is to be judged by ("register"); "" if unsaid.
	Model string
	// Trial is the line that repeats the run which made the history; "" if unsaid.
	Trial string
	// Nil says what a register's ok read of nil saw: "unknown" if it may be anything; "" or "value" if it is nil.
	Nil string
}

type headLine struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Model   string `json:"model,omitempty"`
	Trial   string `json:"trial,omitempty"`
	Nil     string `json:"nil,omitempty"`
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
func WriteJSONL(w io.Writer, head Head, h History) error { return NewJSONLWriter(w, head).writeAll(h) }

// NewJSONLWriter writes what WriteJSONL does, event by event.
func NewJSONLWriter(to io.Writer, head Head) *Writer {
	w := newWriter(to)
	enc := json.NewEncoder(w.buf)
	enc.SetEscapeHTML(false)
	w.err = enc.Encode(headLine{
		Format: JSONLFormat, Version: JSONLVersion, Model: head.Model, Trial: head.Trial, Nil: head.Nil,
	})
	w.event = func(i int, op Op) error {
		index := int64(i)
		return enc.Encode(eventLine{
			Index: &index, Time: int64(op.Time), Process: &op.Process, Type: op.Type.String(),
			F: op.F, Key: op.Key, Value: toJSON(op.Value), Error: op.Error,
		})
	}
	return w
}
