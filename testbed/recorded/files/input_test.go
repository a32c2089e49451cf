package files

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ordeal/history"
	"ordeal/history/formats"
)

const event = "{:process 0 :type :invoke :f :read :value nil}\n{:process 0 :type :ok :f :read :value 1}\n"

func readAll(t *testing.T, in *Input) history.History {
	t.Helper()
	defer in.Close()
	f, err := formats.Open(in.Name, in, "")
	if err != nil {
		t.Fatal(err)
	}
	h, err := f.All()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestGrowingFile reads a file to which something is added at each read, until it is long enough.
func TestGrowingFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "growing.edn")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	written := 0
	more := func() {
		if written++; written <= 5 {
			if _, err := out.WriteString(strings.Repeat(event, 1000)); err != nil {
				t.Fatal(err)
			}
		}
	}
	more()
	in, err := Open(name, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	in.src = &watched{in.src, more}
	if h := readAll(t, in); len(h) != 10_000 {
		t.Errorf("%d events were read, and 10000 written", len(h))
	}
}

// TestTornFile reads a file of which another program has written the beginning of an event, and then the rest.
func TestTornFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "torn.edn")
	half := len(event) / 3
	if err := os.WriteFile(name, []byte(event[:half]), 0o666); err != nil {
		t.Fatal(err)
	}
	in, err := Open(name, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	reads := 0
	in.src = &watched{in.src, func() {
		if reads++; reads != 3 { // the second finds nothing
			return
		}
		if err := os.WriteFile(name, []byte(event), 0o666); err != nil {
			t.Fatal(err)
		}
	}}
	if h := readAll(t, in); len(h) != 2 {
		t.Errorf("%d events were read, and 2 written", len(h))
	}
}

// watched calls something before each read.
type watched struct {
	io.Reader
	before func()
}

func (w *watched) Read(p []byte) (int, error) {
	w.before()
	return w.Reader.Read(p)
}

func TestPipe(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		for range 1000 {
			_, _ = io.WriteString(w, event)
		}
		w.Close()
	}()
	in, err := Open("-", r, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if h := readAll(t, in); len(h) != 2000 || in.Name != "standard input" {
		t.Errorf("%d events of %s", len(h), in.Name)
	}
}

// TestDevice reads from what is no regular file: it has no size, and does not grow.
func TestDevice(t *testing.T) {
	in, err := Open(os.DevNull, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := formats.Open(in.Name, in, ""); err == nil || !strings.Contains(err.Error(), "holds no history") {
		t.Error(err)
	}
}

// TestStoredTestInAPipe reads a stored test of Jepsen's that has no size and is no file, compressed or not: it is laid
// aside, where it is read block by block, and gone at the end.
func TestStoredTestInAPipe(t *testing.T) {
	data, err := os.ReadFile("../../../docs/check/stored/jepsen/test.jepsen")
	if err != nil {
		t.Fatal(err)
	}
	want, err := formats.Read("h", data)
	if err != nil {
		t.Fatal(err)
	}
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, _ = w.Write(data)
	w.Close()
	t.Setenv("TMPDIR", t.TempDir())
	for name, data := range map[string][]byte{"plain": data, "gzip": compressed.Bytes()} {
		in, err := Open("-", bytes.NewReader(data), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, in); !reflect.DeepEqual(got, want) || in.spool == nil {
			t.Errorf("%s: %d events of %d were read", name, len(got), len(want))
		}
		if err := in.spool.Close(); err == nil {
			t.Errorf("%s: what was laid aside was left open", name)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("what was laid aside is still there: %v, %v", left, err)
	}
}

func TestConvert(t *testing.T) {
	for to, want := range map[string]string{
		"edn":   "{:index 0, :time 0, :type :invoke, :process 0, :f :read, :value nil}\n",
		"jsonl": `{"index":0,"time":0,"process":0,"type":"invoke","f":"read","value":null}`,
	} {
		f, err := formats.Open("h", strings.NewReader(event), "")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Convert(f, &out, to, ""); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v\n%s", to, err, out.String())
		}
	}
}
