package formats

import (
	"bufio"
	"bytes"
	"compress/gzip"
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

// plain is what in holds, taken out of gzip or zstd if it is in that.
func plain(in *bufio.Reader) (*bufio.Reader, error) {
	start, err := in.Peek(len(zstdMagic))
	if err != nil && err != io.EOF {
		return nil, err
	}
	var out io.Reader
	switch {
	case bytes.HasPrefix(start, gzipMagic):
		out, err = gzip.NewReader(in)
	case bytes.HasPrefix(start, zstdMagic):
		out, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(windowMax))
	default:
		return in, nil
	}
	if err != nil {
		return nil, fmt.Errorf("it begins as if it were compressed, and is not: %w", err)
	}
	return bufio.NewReaderSize(out, lookahead), nil
}
