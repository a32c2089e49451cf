package formats

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// windowMax bounds what a zstd stream may make its reader remember.
const windowMax = 1 << 27

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// packed reads what was compressed, and remembers what was wrong with that.
type packed struct {
	by  string
	out io.Reader
	// ended is the first error: io.EOF if all is well.
	ended error
}

// plain is what in holds, taken out of gzip or zstd if it is in that; then p is what it comes out of.
func plain(in *bufio.Reader) (out *bufio.Reader, p *packed, err error) {
	start, err := in.Peek(len(zstdMagic))
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(start, gzipMagic):
		p = &packed{by: "gzip"}
		p.out, err = gzip.NewReader(in)
	case bytes.HasPrefix(start, zstdMagic):
		p = &packed{by: "zstd"}
		p.out, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(windowMax))
	default:
		return in, nil, nil
	}
	if err != nil {
		p.ended = err
		return nil, p, p.broken()
	}
	return bufio.NewReaderSize(p, lookahead), p, nil
}

// Read reads on.
func (p *packed) Read(data []byte) (int, error) {
	n, err := p.out.Read(data)
	if err != nil && p.ended == nil {
		p.ended = err
	}
	return n, err
}

// brokenMax is how much is looked through for what is wrong with a compressed file.
const brokenMax = 1 << 30

// broken says what is wrong with the compression of a file whose contents are wrong, for then they are no one's: nil if
// nothing is. A checksum stands behind what it is of, so what is left is read.
func (p *packed) broken() error {
	if p.ended == nil {
		_, _ = io.CopyN(io.Discard, p, brokenMax) // p.ended is its error
	}
	switch {
	case p.ended == nil || p.ended == io.EOF:
		return nil
	case errors.Is(p.ended, io.ErrUnexpectedEOF):
		return fmt.Errorf("it is compressed by %s, and cut off", p.by)
	}
	return fmt.Errorf("it is compressed by %s, and broken: %w", p.by, p.ended)
}
