package oshost

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// firstRead is how much of a frame in bytes is made room for on its length's word alone. The rest is made as the bytes
// come, so that a length costs its sender as much as it costs us.
const firstRead = 64 << 10

// errLength is a length that no frame may have.
var errLength = errors.New("a frame's length is not to be had")

// readFrame reads a length of 4 bytes, big-endian, and as many bytes. A negative length, or one over max, is an error.
func readFrame(r *bufio.Reader, max int) ([]byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	n := int(int32(binary.BigEndian.Uint32(header[:])))
	if n < 0 || n > max {
		return nil, fmt.Errorf("%w: %d is not within 0 and %d", errLength, n, max)
	}
	payload := make([]byte, min(n, firstRead))
	for read := 0; ; {
		if _, err := io.ReadFull(r, payload[read:]); err != nil {
			return nil, err
		}
		if read = len(payload); read == n {
			return payload, nil
		}
		payload = append(payload, make([]byte, min(n-read, read))...)
	}
}
