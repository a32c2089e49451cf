package formats

import (
	"bytes"
	"compress/gzip"
	"io"
	"reflect"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// FuzzCompressed reads any bytes, most of them as compressed by gzip or zstd.
func FuzzCompressed(f *testing.F) {
	for _, magic := range [][]byte{gzipMagic, zstdMagic} {
		f.Add(magic)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(jepsenHistory(10))
	_ = w.Close()
	f.Add(packed.Bytes())
	z, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(z.EncodeAll(jepsenHistory(10), nil))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = Read("fuzzed", data) })
}

func TestCompressed(t *testing.T) {
	text := jepsenHistory(20_000)
	want, err := Read("plain", text)
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w)
			if err != nil {
				t.Fatal(err)
			}
			return z
		},
	} {
		var packed bytes.Buffer
		w := open(&packed)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(name, packed.Bytes()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d events, %v", name, len(got), err)
		}
		if _, err := Read(name, packed.Bytes()[:packed.Len()/2]); err == nil {
			t.Errorf("%s: half a file is a history", name)
		}
		if _, err := Read(name, packed.Bytes()[:5]); err == nil {
			t.Errorf("%s: five bytes are a history", name)
		}
	}
}
