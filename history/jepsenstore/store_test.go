package jepsenstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"ordeal/history"
	"ordeal/history/stream"
)

// stored is a test that testdata/make.clj wrote, with the JVM's writer of Fressian.
func stored(t testing.TB) []byte {
	data, err := os.ReadFile("testdata/test.jepsen")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readAll(data []byte) (events []stream.Event, notes stream.Notes, err error) {
	r := NewReader(bytes.NewReader(data), int64(len(data)), &notes)
	for {
		var e stream.Event
		err := r.Next(&e)
		if err == io.EOF {
			return events, notes, nil
		}
		if err != nil {
			return events, notes, err
		}
		e.At = stream.Place{}
		events = append(events, e)
	}
}

func TestStoredTest(t *testing.T) {
	got, notes, err := readAll(stored(t))
	if err != nil {
		t.Fatal(err)
	}
	list := func(v ...any) []any { return append([]any{}, v...) }
	numbers := history.Map{}
	pairs := []history.Pair{}
	for i := range 20 {
		pairs = append(pairs, history.Pair{Key: int64(i), Value: strconv.Itoa(i)})
	}
	numbers, err = history.NewMap(pairs)
	if err != nil {
		t.Fatal(err)
	}
	grudge := history.Map{{Key: "grudge", Value: history.Set{"n1", "n2"}}}
	result := list(
		list("r", "x", list(int64(1), int64(-2), int64(70000), int64(-5000000000), history.Number("1/3"),
			history.Number("1.5"),
			history.Number("0.0"), history.Number("2.5M"), history.Number("12345678901234567890"), true, "c")),
		list("append", "y", int64(-1)))
	want := []history.Op{
		{Process: 0, Type: history.Invoke, F: "write", Value: int64(7)},
		{Process: history.Nemesis, Type: history.Info, F: "start", Value: grudge},
		{Process: 0, Type: history.OK, F: "write", Value: int64(7)},
		{Process: 1, Type: history.Invoke, F: "read"},
		{Process: 1, Type: history.OK, F: "read", Value: int64(7)},
		{Process: 1, Type: history.Invoke, F: "cas", Value: list(int64(1), int64(2))},
		{Process: 1, Type: history.Fail, F: "cas", Value: list(int64(1), int64(2)), Error: `["not-found" "x"]`},
		{Process: 1, Type: history.Invoke, F: "txn",
			Value: list(list("r", "x", nil), list("append", "y", int64(123456789012)))},
		{Process: 1, Type: history.OK, F: "txn", Value: result},
		{Process: 2, Type: history.Invoke, F: "write", Value: strings.Repeat("é😀x", 3000)},
		{Process: 2, Type: history.Info, F: "write", Value: list("k", numbers), Error: "timeout"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i, e := range got {
		want[i].Time = e.Time
		if int64(e.Time) != int64(1000*i) || e.Number != int64(i) || !reflect.DeepEqual(e.Op, want[i]) {
			t.Errorf("event %d is %+v, want %+v", i, e, want[i])
		}
	}
	if lines := strings.Join(notes.Lines(), ""); lines != `not looked at: the attribute "node" (1 times)` {
		t.Error(lines)
	}
}

// TestBrokenStore changes some bytes and cuts the file off there: what follows is an error with a place.
func TestBrokenStore(t *testing.T) {
	data := stored(t)
	for _, at := range []int{0, 7, 12, 30, 60, 200, 600, len(data) - 1} {
		broken := append([]byte{}, data...)
		broken[at] ^= 0x41
		if _, _, err := readAll(broken); err == nil {
			t.Errorf("byte %d is wrong, and it is a history", at)
		} else if located := new(stream.Error); !errors.As(err, &located) {
			t.Errorf("byte %d: %v has no place", at, err)
		}
		if _, _, err := readAll(data[:at]); err == nil {
			t.Errorf("the first %d bytes are a history", at)
		}
	}
}

// TestRepetition reads objects of which each is twice the one before, so that 60 of them stand for more than there are.
func TestRepetition(t *testing.T) {
	data := []byte{codePutCache, codeListPacked + 1, codeNull}
	for i := range 60 {
		data = append(data, codePutCache, codeListPacked+2, codeGetCache, byte(i), codeGetCache, byte(i))
	}
	d := newDecoder(data, 0, &stream.Notes{})
	var err error
	for err == nil && d.at < len(data) {
		_, err = d.object()
	}
	if err == nil || !strings.Contains(err.Error(), "stand for more objects") {
		t.Error(err)
	}
}

// FuzzFressian reads any bytes as the one block of a history.
func FuzzFressian(f *testing.F) {
	data := stored(f)
	f.Add(data[18+28+44:])
	for at := 18; at < len(data); {
		length := int(binary.BigEndian.Uint64(data[at:]))
		f.Add(data[at+headerSize : at+length])
		at += length
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if events, _, err := readAll(wrap(data)); err == nil {
			for _, e := range events {
				_ = history.Text(e.Value)
			}
		}
		if d := newDecoder(data, 0, &stream.Notes{}); true {
			d.lenient = true
			_, _ = d.object()
		}
	})
}

// FuzzStore reads any bytes as a stored test.
func FuzzStore(f *testing.F) {
	f.Add(stored(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, _ = readAll(data)
	})
}

// wrap makes a stored test whose history is one block.
func wrap(stream []byte) []byte {
	test := []byte{codeStructType - 0x2F, codeListPacked + 2, codeStringPacked + 7}
	test = append(test, "history"...)
	test = append(test, codeStructType, codeString, 9)
	test = append(test, "block-ref"...)
	test = append(test, 1, 1)
	out := append([]byte(Magic), 0, 0, 0, 1)
	out = binary.BigEndian.AppendUint64(out, 0)
	var offsets []int
	add := func(kind uint16, data []byte) {
		offsets = append(offsets, len(out))
		header := make([]byte, headerSize)
		binary.BigEndian.PutUint64(header, uint64(headerSize+len(data)))
		binary.BigEndian.PutUint16(header[kindAt:], kind)
		sum := crc32.NewIEEE()
		sum.Write(data)
		sum.Write(header)
		binary.BigEndian.PutUint32(header[checksumAt:], sum.Sum32())
		out = append(append(out, header...), data...)
	}
	add(kindStream, stream)
	add(kindFressian, test)
	index := binary.BigEndian.AppendUint32(nil, 2)
	for i, at := range offsets {
		index = binary.BigEndian.AppendUint32(index, uint32(i+1))
		index = binary.BigEndian.AppendUint64(index, uint64(at))
	}
	add(kindIndex, index)
	binary.BigEndian.PutUint64(out[indexAt:], uint64(offsets[2]))
	return out
}

func TestWrap(t *testing.T) {
	if events, _, err := readAll(wrap(nil)); err != nil || len(events) > 0 {
		t.Error(events, err)
	}
}
