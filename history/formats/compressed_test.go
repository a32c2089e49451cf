package formats

import (
	"bytes"
	"compress/gzip"
	"io"
	"reflect"
	"strings"
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
		for _, n := range []int{5, 20, packed.Len() / 2, packed.Len() - 1} {
			if _, err := Read(name, packed.Bytes()[:n]); err == nil || !strings.Contains(err.Error(), "cut off") {
				t.Errorf("%s: %d bytes of %d: %v", name, n, packed.Len(), err)
			}
		}
		for at := packed.Len() / 20; at < packed.Len(); at += packed.Len() / 20 {
			flipped := bytes.Clone(packed.Bytes())
			flipped[at] ^= 0x10
			if _, err := Read(name, flipped); err == nil || !strings.Contains(err.Error(), "compressed by "+name+", and") {
				t.Errorf("%s: a bit of byte %d is another: %v", name, at, err)
			}
		}
	}
}
