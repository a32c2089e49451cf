package notation

import (
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"ordeal/history"
	"ordeal/history/stream"
)

func readTransit(data []byte) (ops []history.Op, notes stream.Notes, err error) {
	r := NewTransit(data, &notes)
	for {
		var e stream.Event
		if err := r.Next(&e); err == io.EOF {
			return ops, notes, nil
		} else if err != nil {
			return ops, notes, err
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
