package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Writer writes a history event by event. Make one with NewJSONLWriter or NewEDNWriter; Close ends it.
type Writer struct {
	buf   *bufio.Writer
	event func(index int, op Op) error
	next  int
	err   error
}

// Write writes the next event. Its Index is its place: what Op says of it is not looked at.
func (w *Writer) Write(op Op) error {
	if w.err == nil {
		w.err = w.event(w.next, op)
		w.next++
	}
	return w.ended(w.err)
}

// Close writes what is not yet written. It does not close what the Writer writes to.
func (w *Writer) Close() error { return w.ended(errors.Join(w.err, w.buf.Flush())) }

func (w *Writer) ended(err error) error {
	if err != nil {
		return fmt.Errorf("write a history: %w", err)
	}
	return nil
}

// writeAll writes a history and closes the writer.
func (w *Writer) writeAll(h History) error {
	for _, op := range h {
		if w.Write(op) != nil {
			break
		}
	}
	return w.Close()
}

func newWriter(w io.Writer) *Writer { return &Writer{buf: bufio.NewWriterSize(w, 1<<16)} }
