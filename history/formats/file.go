// Package formats reads histories in every format that this field writes them in, and tells which one a file is in.
//
// It goes through a file once and keeps no more of it than what is in hand, where the format allows it; what is not
// understood is an error with its place, and what is passed over is noted.
package formats

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"ordeal/history"
	"ordeal/history/jepsenstore"
	"ordeal/history/notation"
	"ordeal/history/stream"
)

// Names are the formats that Open knows, by their names.
var Names = []string{"jsonl", "edn", "log", "csv", "jepsen", "fressian", "transit", "etcd"}

// ErrNoHistory is wrapped by the error about a file that is in none of the formats, or has no event in it.
var ErrNoHistory = errors.New("holds no history")

// jepsens are the formats in which Jepsen and its relatives write.
var jepsens = []string{"edn", "log", "jepsen", "fressian", "transit"}

// File is a history that is being read.
type File struct {
	// Name is the file's, Format the name of its format.
	Name, Format string
	source       stream.Source
	notes        *stream.Notes
	processes    *processes
	read         int
	last         int64
	event        stream.Event
	places       []place
	// from counts what was read of the file; size is how long that is, 0 if it is not known.
	from counted
	size int64
	// packed is what the file's contents come out of, nil if it is not compressed.
	packed *packed
}

// counted counts the bytes that are read.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// place is a stream.Place in less memory.
type place struct{ line, column uint32 }

// Open begins to read a history. name is the file's, for errors; format is one of Names, or "" to go by what is in it.
// Where src has a Size, that is how many bytes it has; where it has a Spool(io.Reader) (io.ReaderAt, int64, error),
// that lays aside what has to be read from its end.
func Open(name string, src io.Reader, format string) (*File, error) {
	f := &File{Name: name, Format: format, notes: &stream.Notes{}, processes: newProcesses(), last: -1,
		from: counted{Reader: src}}
	if known, ok := src.(interface{ Size() int64 }); ok {
		f.size = known.Size()
	}
	raw := bufio.NewReaderSize(&f.from, lookahead)
	in, packed, err := plain(raw)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	f.packed = packed
	if err := marked(in); err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if format == "" {
		if f.Format, err = guess(in); err != nil {
			return nil, f.unlessBroken(fmt.Errorf("%s%w", name, err))
		}
	}
	switch f.Format {
	case "jsonl":
		f.source = notation.NewJSON(in, f.notes)
	case "edn":
		f.source = notation.NewEDN(in, f.notes)
	case "log":
		f.source = newTextLog(in, f.notes)
	case "csv":
		f.source = newTable(in, f.notes)
	case "etcd":
		if f.source, err = etcd(in); err != nil {
			return nil, f.failed(err)
		}
	case "transit":
		f.source = notation.NewTransit(in, f.notes)
	case "jepsen", "fressian":
		if f.source, err = f.store(in, src); err != nil {
			return nil, f.failed(err)
		}
	default:
		return nil, fmt.Errorf("there is no format %q: there are %v", format, Names)
	}
	return f, nil
}

// spooler is a source that has room to lay bytes aside, on a disk, say.
type spooler interface {
	// Spool reads all of src, and is what was in it and its length.
	Spool(src io.Reader) (io.ReaderAt, int64, error)
}

// store reads one of Jepsen's binary formats. One that is in blocks is read block by block: where it is, or where src
// lays it aside if it is compressed or comes out of a pipe, for where its blocks are it says at its end.
func (f *File) store(in *bufio.Reader, src io.Reader) (stream.Source, error) {
	if at, ok := src.(io.ReaderAt); ok && f.size > 0 && f.packed == nil && f.Format == "jepsen" {
		f.from.n = 0 // what was read to guess the format
		return jepsenstore.NewReader(&countedAt{at, &f.from}, f.size, f.notes), nil
	}
	if s, ok := src.(spooler); ok && f.Format == "jepsen" {
		at, size, err := s.Spool(in)
		return jepsenstore.NewReader(at, size, f.notes), err
	}
	data, err := io.ReadAll(in)
	if f.Format == "jepsen" {
		return jepsenstore.NewReader(bytes.NewReader(data), int64(len(data)), f.notes), err
	}
	return jepsenstore.NewFressian(data, f.notes), err
}

// countedAt counts the bytes that are read somewhere in a file.
type countedAt struct {
	io.ReaderAt
	from *counted
}

func (c *countedAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.from.n += int64(n)
	return n, err
}

// Next reads the next event into op. It is io.EOF behind the last one. Other errors name the place.
func (f *File) Next(op *history.Op) error {
	e := &f.event
	if err := f.source.Next(e); err != nil {
		return f.failed(err)
	}
	if e.Number >= 0 {
		if e.Number <= f.last {
			return fmt.Errorf("%s:%s: event %d stands behind event %d", f.Name, e.At, e.Number, f.last)
		}
		f.last = e.Number
	}
	f.processes.assign(e)
	e.Index = f.read
	*op = e.Op
	f.read++
	return nil
}

// unlessBroken is an error about what is in the file, or about its compression if that is broken.
func (f *File) unlessBroken(err error) error {
	if f.packed == nil {
		return err
	}
	if broken := f.packed.broken(); broken != nil {
		return fmt.Errorf("read %s: %w", f.Name, broken)
	}
	return err
}

func (f *File) failed(err error) error {
	var located *stream.Error
	if whole := f.unlessBroken(err); whole != err {
		return whole
	}
	switch {
	case err == io.EOF && f.read == 0:
		return fmt.Errorf("%s %w: there is no event in it", f.Name, ErrNoHistory)
	case err == io.EOF:
		return err
	case errors.As(err, &located):
		return fmt.Errorf("%s:%s: %w", f.Name, located.At, err)
	}
	return fmt.Errorf("read %s: %w", f.Name, err)
}

// Each reads the events that are left, and calls visit for each; an error of its ends that. It remembers where each
// event stands, for Place. The event is visit's only until that returns.
func (f *File) Each(visit func(op *history.Op) error) error {
	var op history.Op
	for {
		err := f.Next(&op)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(f.places) == cap(f.places) {
			f.places = slices.Grow(f.places, max(1024, len(f.places)))
		}
		f.places = append(f.places, place{uint32(f.event.At.Line), uint32(f.event.At.Column)})
		if err := visit(&op); err != nil {
			return err
		}
	}
}

// All reads the events that are left, as Each does.
func (f *File) All() (history.History, error) {
	var h history.History
	err := f.Each(func(op *history.Op) error {
		if len(h) == cap(h) {
			h = slices.Grow(h, max(1024, len(h)))
		}
		h = append(h, *op)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// Expected is how many times as much as was read so far there is in all, by the length of the file; 0 if that is not
// known, as of a pipe.
func (f *File) Expected() float64 {
	if f.from.n == 0 {
		return 0
	}
	return float64(f.size) / float64(f.from.n)
}

// Events is how many were read.
func (f *File) Events() int { return f.read }

// Place is where an event that All has read stands: "file:line:column", or the file alone if it is no such event.
func (f *File) Place(event int) string {
	if event < 0 || event >= len(f.places) {
		return f.Name
	}
	p := f.places[event]
	return fmt.Sprintf("%s:%s", f.Name, stream.Place{Line: int(p.line), Column: int(p.column)})
}

// Notes are sentences about what was passed over in the file so far, and what was taken for granted.
func (f *File) Notes() []string {
	all := *f.notes
	f.processes.tell(&all)
	return all.Lines()
}

// Head is what the file said of its history before the events that were read; ok is false if it is not ordeal's own.
func (f *File) Head() (h history.Head, ok bool) {
	r, isNotation := f.source.(*notation.Reader)
	if !isNotation {
		return h, false
	}
	return r.Head()
}

// Read reads a history from a file's bytes: see Open.
func Read(name string, data []byte) (history.History, error) {
	f, err := Open(name, bytes.NewReader(data), "")
	if err != nil {
		return nil, err
	}
	return f.All()
}

// Nil says what an ok read of nil on a register tells in this file: "value" if it found nothing written, "unknown" if
// it may have seen anything, and why.
func (f *File) Nil() (meaning, why string) {
	head, own := f.Head()
	switch {
	case own && head.Nil == "unknown":
		return "unknown", "as the file says"
	case own:
		return "value", "as ordeal writes it"
	case slices.Contains(jepsens, f.Format):
		return "unknown", "as for Knossos, which judges Jepsen's files"
	}
	return "value", "as its format " + f.Format + " has it"
}
