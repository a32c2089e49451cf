package etcd

import (
	"fmt"
	"io"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

// jsonPerByte is how many bytes of JSON one byte of a request may take: base64 takes four for three, names of fields
// and spaces the rest.
const jsonPerByte = 8

// bounded are decoders of a body's values of which none may take more than so many bytes, so that a client can't have
// the server hold whatever it sends. A body itself may go on for ever: a stream is one.
func bounded(body io.Reader, most int64, values func(io.Reader) runtime.Decoder) runtime.Decoder {
	r := &boundedReader{body: body, most: most}
	next := values(r)
	return runtime.DecoderFunc(func(v any) error {
		r.read = 0 // what is read ahead here is not counted for the next one
		err := next.Decode(v)
		if err != nil && r.read > most { // the decoder says where it stopped, and not why
			return r.tooLong()
		}
		return err
	})
}

// boundedReader is a body that ends in an error where a value is too long.
type boundedReader struct {
	body       io.Reader
	most, read int64 // bytes
}

// Read implements io.Reader.
func (r *boundedReader) Read(b []byte) (int, error) {
	if r.read > r.most {
		return 0, r.tooLong()
	}
	n, err := r.body.Read(b[:min(int64(len(b)), r.most-r.read+1)])
	r.read += int64(n)
	return n, err
}

func (r *boundedReader) tooLong() error {
	return fmt.Errorf("a request in JSON takes at most %d bytes", r.most)
}
