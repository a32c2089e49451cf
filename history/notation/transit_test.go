package notation

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"ordeal/history"
	"ordeal/history/stream"
)

func readTransit(data []byte) (ops []history.Op, notes stream.Notes, err error) {
	ops, err = transitOps(NewTransit(bytes.NewReader(data), &notes))
	return ops, notes, err
}

func transitOps(r *Transit) (ops []history.Op, err error) {
	for {
		var e stream.Event
		if err := r.Next(&e); err == io.EOF {
			return ops, nil
		} else if err != nil {
			return ops, err
		}
		ops = append(ops, e.Op)
	}
}

// TestTransit reads one history in each form that transit-js, a library of Transit's makers, gave it: see
// testdata/transit.js.
func TestTransit(t *testing.T) {
	cmap := history.Map{{Key: "plain", Value: int64(1)}, {Key: []any{int64(1)}, Value: int64(2)}}
	want := []history.Op{
		{Type: history.Invoke, F: "write", Value: int64(7)},
		{Process: history.Nemesis, Type: history.Info, F: "start", Value: history.Set{"n1", "n2"}},
		{Type: history.OK, F: "write", Value: int64(7)},
		{Process: 1, Type: history.Invoke, F: "txn", Value: []any{
			[]any{"r", "x", nil}, []any{"append", "y", history.Number("12345678901234567890")}}},
		{Process: 1, Type: history.OK, F: "txn", Value: []any{
			[]any{"r", "x", []any{history.Number("1.5"), true, "~tilde", "^caret", cmap}},
			[]any{"append", "y", int64(-1)}}},
	}
	for _, name := range []string{"list", "verbose", "lines", "held"} {
		data, err := os.ReadFile("testdata/transit-" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		got, notes, err := readTransit(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got  %+v\nwant %+v", name, got, want)
		}
		if lines := strings.Join(notes.Lines(), ""); !strings.Contains(lines, `the attribute "node" (1 times)`) {
			t.Errorf("%s: %s", name, lines)
		}
	}
}

func TestWhatIsNoTransit(t *testing.T) {
	for src, want := range map[string]string{
		`[["^ ","~:type"]]`:                   "a map has a key without a value",
		`[["^ ","~:type","^0"]]`:              "the type", // ~:type is remembered and is no type of event
		`[["^ ","^0","~:ok"]]`:                `"^0" stands for no earlier string`,
		`[["^ ","~:type","~:ok"]`:             "the list of events is never closed",
		`["~#set",["a","a"]]`:                 "the set has",
		`[["^ ","~:type","~zX"]]`:             `"~zX" is no value of Transit`,
		`[["^ ","~:type","~:ok"],[1,2]]`:      "an event is a map",
		`[["^ ","~:type","~:ok","a",~]]`:      "no value of JSON",
		`[["^ ","~:type","^` + "\x01" + `"]]`: "is no code",
	} {
		_, _, err := readTransit([]byte(src))
		if err == nil || !strings.Contains(err.Error(), want) && want != "the type" {
			t.Errorf("%s: %v, want %s", src, err, want)
		}
	}
}

func FuzzTransit(f *testing.F) {
	for _, name := range []string{"list", "verbose", "lines", "held"} {
		data, err := os.ReadFile("testdata/transit-" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { _, _, _ = readTransit(data) })
}

// A file comes in pieces of any size, and the events are the same; what is not wanted of a held history is passed over
// on both sides of it.
func TestTransitInPieces(t *testing.T) {
	for _, name := range []string{"list", "verbose", "lines", "held"} {
		data, err := os.ReadFile("testdata/transit-" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		whole, _, err := readTransit(data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := transitOps(NewTransit(iotest.OneByteReader(bytes.NewReader(data)), &stream.Notes{}))
		if err != nil || !reflect.DeepEqual(got, whole) {
			t.Errorf("%s: %v, got %+v, want %+v", name, err, got, whole)
		}
	}
	event := `["^ ","~:type","~:ok","~:process",3,"~:f","~:read"]`
	for _, src := range []string{
		`["^ ","~:nodes",["~:n1","~:n2"],"~:history",[` + event + `],"~:tail",["~:n1","^1"]]`,
		`["^ ","~:history",["~#list",[` + event + `]],"~:tail",{"a":1}]`,
		`["~#list",[` + event + `]]`,
		`{"~:history":[` + event + `],"~:tail":["^9"]}`,
		`{"~#list":[` + event + `]}`,
	} {
		got, err := transitOps(NewTransit(iotest.OneByteReader(strings.NewReader(src)), &stream.Notes{}))
		if strings.Contains(src, "^9") {
			if err == nil || !strings.Contains(err.Error(), `"^9" stands for no earlier string`) {
				t.Errorf("%s: %v", src, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0].Process != 3 {
			t.Errorf("%s: %v, %+v", src, err, got)
		}
	}
}

// growing is a file of Transit that is made as it is read.
type growing struct {
	piece []byte
	rest  []byte
	n     int
}

func (g *growing) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		if g.n--; g.n < 0 {
			return 0, io.EOF
		}
		g.rest = g.piece
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// A long history is read in little memory: each event is forgotten once it was handed over.
func TestTransitIsRead(t *testing.T) {
	event := []byte(`["^ ","~:type","~:ok","~:process",3,"~:f","~:read","~:value",[1,2,3]],` + "\n")
	src := &growing{rest: []byte(`["^ ","~:history",[`), piece: event, n: 200_000}
	r := NewTransit(src, &stream.Notes{})
	events := 0
	for {
		var e stream.Event
		if err := r.Next(&e); err != nil {
			if !strings.Contains(err.Error(), "never closed") {
				t.Fatal(err)
			}
			break
		}
		events++
	}
	if events != 200_000 || len(r.in.room) > 1<<20 {
		t.Errorf("%d events, %d bytes held", events, len(r.in.room))
	}
}
