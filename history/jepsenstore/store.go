// Package jepsenstore reads the history of a test that Jepsen has stored: the file test.jepsen, whose blocks hold
// Fressian. The format is what the namespace jepsen.store.format of Jepsen 0.3 says and does.
package jepsenstore

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"ordeal/history"
	"ordeal/history/stream"
)

// Magic is how such a file begins.
const Magic = "JEPSEN"

const (
	versionMax  = 1
	indexAt     = 10 // where the file says where the index of its blocks is
	headerSize  = 28 // of a block: length, checksum, kind, and room that the kind leaves
	checksumAt  = 8
	kindAt      = 12
	chunkSize   = 12 // of a vector in chunks: the index of the first element, and a block
	indexedSize = 12 // of an index: a block, and where it is
)

// Kinds of blocks.
const (
	kindIndex = iota + 1
	kindFressian
	kindPartialMap
	kindStream
	kindVector
)

// Reader reads the events of a stored test. Make one with NewReader. It holds one block of the file at a time.
type Reader struct {
	src    io.ReaderAt
	size   int64
	blocks map[int64]int64
	root   int64
	notes  *stream.Notes
	// chunks are the blocks that hold the rest of the history, the next one last; current is the one at hand, and ready
	// are events that were already decoded.
	chunks  []int64
	current *decoder
	ready   []any
	began   bool
	// bare says that the file is Fressian without blocks.
	bare   bool
	opened int
	keys   stream.Keys
}

// NewReader reads a file of so many bytes.
func NewReader(src io.ReaderAt, size int64, notes *stream.Notes) *Reader {
	return &Reader{src: src, size: size, notes: notes}
}

// MapCode is the first byte of a map in Fressian, which is that of no text.
const MapCode = 0xC0

// NewFressian reads a file that is a test, or a list of events, in Fressian, as older versions of Jepsen and Maelstrom
// store one: test.fressian.
func NewFressian(data []byte, notes *stream.Notes) *Reader {
	return &Reader{src: bytes.NewReader(data), size: int64(len(data)), notes: notes, bare: true}
}

// bytes are n bytes of the file from one on; there are so many.
func (r *Reader) bytes(at, n int64) ([]byte, error) {
	data := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(r.src, at, n), data)
	return data, err
}

// bareHistory finds the history in a file without blocks.
func (r *Reader) bareHistory() error {
	data, err := r.bytes(0, r.size)
	if err != nil {
		return err
	}
	d := newDecoder(data, 0, r.notes)
	d.lenient = true
	v, err := d.object()
	if err != nil {
		return err
	}
	if test, ok := v.(history.Map); ok {
		v, _ = test.Get("history")
	}
	list, ok := v.([]any)
	if !ok {
		return stream.Errorf(stream.Place{}, "the file is no test with a history, and no list of events")
	}
	r.ready = list
	return nil
}

// Next reads the next event: see stream.Source.
func (r *Reader) Next(e *stream.Event) error {
	if !r.began {
		r.began = true
		if err := r.begin(); err != nil {
			return err
		}
	}
	for {
		switch {
		case len(r.ready) > 0:
			v := r.ready[0]
			r.ready = r.ready[1:]
			return r.event(e, v, e.At)
		case r.current != nil && r.current.at < len(r.current.data):
			at := stream.Place{Column: r.current.base + r.current.at}
			v, err := r.current.object()
			if err != nil {
				return err
			}
			return r.event(e, v, at)
		case len(r.chunks) == 0:
			return io.EOF
		}
		last := len(r.chunks) - 1
		next := r.chunks[last]
		r.chunks = r.chunks[:last]
		if err := r.open(next); err != nil {
			return err
		}
	}
}

func (r *Reader) event(e *stream.Event, v any, at stream.Place) error {
	m, ok := v.(history.Map)
	if !ok {
		return stream.Errorf(at, "an event is a map, and this is none")
	}
	*e = stream.Event{Number: -1, At: at}
	if err := e.FromMap(m, &r.keys, r.notes); err != nil {
		return stream.Errorf(at, "%s", err)
	}
	return nil
}

// begin finds the history.
func (r *Reader) begin() error {
	if r.bare {
		return r.bareHistory()
	}
	start, err := r.bytes(0, min(r.size, indexAt+8))
	if err != nil {
		return err
	}
	if len(start) < indexAt+8 || string(start[:len(Magic)]) != Magic {
		return stream.Errorf(stream.Place{}, "this is no stored test of Jepsen's")
	}
	if v := binary.BigEndian.Uint32(start[len(Magic):]); v > versionMax {
		return stream.Errorf(stream.Place{Column: len(Magic)}, "the file is of version %d, and this reads up to %d",
			v, versionMax)
	}
	at := int64(binary.BigEndian.Uint64(start[indexAt:]))
	if at == 0 {
		return stream.Errorf(stream.Place{Column: indexAt}, "the file has no index of blocks: the test was not saved")
	}
	kind, index, base, err := r.block(at)
	switch {
	case err != nil:
		return err
	case kind != kindIndex || len(index) < 4 || (len(index)-4)%indexedSize != 0:
		return stream.Errorf(stream.Place{Column: base}, "an index of blocks belongs here")
	}
	r.root = int64(int32(binary.BigEndian.Uint32(index)))
	r.blocks = map[int64]int64{}
	for rest := index[4:]; len(rest) > 0; rest = rest[indexedSize:] {
		r.blocks[int64(int32(binary.BigEndian.Uint32(rest)))] = int64(binary.BigEndian.Uint64(rest[4:]))
	}
	return r.findHistory()
}

// findHistory looks for it in the map of the test, which is in parts.
func (r *Reader) findHistory() error {
	seen := map[int64]bool{}
	for id := r.root; id != 0; {
		if seen[id] {
			return stream.Errorf(stream.Place{}, "block %d leads back to itself", id)
		}
		seen[id] = true
		kind, data, base, err := r.byID(id)
		if err != nil {
			return err
		}
		id = 0
		if kind == kindPartialMap && len(data) >= 4 {
			id = int64(int32(binary.BigEndian.Uint32(data)))
			data, base = data[4:], base+4
		} else if kind != kindFressian {
			return stream.Errorf(stream.Place{Column: base}, "the map of the test belongs here")
		}
		d := newDecoder(data, base, &stream.Notes{})
		d.lenient = true
		v, err := d.object()
		if err != nil {
			return err
		}
		test, _ := v.(history.Map)
		switch h, found := test.Get("history"); h := h.(type) {
		case blockRef:
			r.chunks = []int64{int64(h)}
			return nil
		case []any:
			r.ready = h
			return nil
		default:
			if found && h != nil {
				return stream.Errorf(stream.Place{Column: base}, "the test's history is neither a list nor another block")
			}
		}
	}
	return stream.Errorf(stream.Place{}, "the stored test has no history")
}

// blocksMax bounds how many blocks a history is read from, so that blocks that lead to one another come to an end.
const blocksMax = 1 << 20

// open goes on with a block of the history.
func (r *Reader) open(id int64) error {
	kind, data, base, err := r.byID(id)
	if err != nil {
		return err
	}
	if r.opened++; r.opened > blocksMax {
		return stream.Errorf(stream.Place{Column: base}, "the history has more blocks than %d", blocksMax)
	}
	switch kind {
	case kindVector:
		if len(data) < 8 || (len(data)-8)%chunkSize != 0 {
			return stream.Errorf(stream.Place{Column: base}, "the list of the history's blocks is cut off")
		}
		for at := len(data) - chunkSize; at >= 8; at -= chunkSize {
			r.chunks = append(r.chunks, int64(int32(binary.BigEndian.Uint32(data[at+8:]))))
		}
	case kindStream:
		r.current = newDecoder(data, base, r.notes)
	case kindFressian:
		v, err := newDecoder(data, base, r.notes).object()
		if err != nil {
			return err
		}
		list, ok := v.([]any)
		if !ok && v != nil {
			return stream.Errorf(stream.Place{Column: base}, "a list of events belongs here")
		}
		r.ready = list
	default:
		return stream.Errorf(stream.Place{Column: base}, "events belong here, and this block is of kind %d", kind)
	}
	return nil
}

func (r *Reader) byID(id int64) (kind int, data []byte, base int, err error) {
	at, ok := r.blocks[id]
	if !ok {
		return 0, nil, 0, stream.Errorf(stream.Place{}, "the file has no block %d", id)
	}
	return r.block(at)
}

// block is the data of the block at a byte, once its checksum is found to be right, and where they begin.
func (r *Reader) block(at int64) (kind int, data []byte, base int, err error) {
	place := stream.Place{Column: int(at)}
	if at < 0 || at > r.size-headerSize {
		return 0, nil, 0, stream.Errorf(place, "the file ends before a block")
	}
	header, err := r.bytes(at, headerSize)
	if err != nil {
		return 0, nil, 0, err
	}
	length := int64(binary.BigEndian.Uint64(header))
	if length < headerSize || length > r.size-at {
		return 0, nil, 0, stream.Errorf(place, "the file ends inside a block of %d bytes", length)
	}
	if data, err = r.bytes(at+headerSize, length-headerSize); err != nil {
		return 0, nil, 0, err
	}
	sum := crc32.NewIEEE()
	sum.Write(data)
	blank := append([]byte{}, header...)
	copy(blank[checksumAt:kindAt], make([]byte, 4))
	sum.Write(blank)
	if sum.Sum32() != binary.BigEndian.Uint32(header[checksumAt:]) {
		return 0, nil, 0, stream.Errorf(place, "the checksum of the block is wrong")
	}
	return int(binary.BigEndian.Uint16(header[kindAt:])), data, int(at) + headerSize, nil
}
