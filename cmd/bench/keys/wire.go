package keys

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// wire is a client of gRPC, as plain as it can be: whatever it costs is the same for every server, and leaves the
// machine to them. One goroutine has it.
type wire struct {
	nc     net.Conn
	r      *bufio.Reader
	w      *bufio.Writer
	frames *http2.Framer
	// headers are those of the requests of a method, which no request changes anything of.
	headers map[string][]byte
	last    uint32          // the newest stream
	unread  map[uint32]uint // of the message that a stream is in, or of its length
	taken   uint32          // bytes that the server may send again
}

const (
	window    = 1<<31 - 1
	refill    = 1 << 20
	prefix    = 5 // of a message: whether it is compressed, and its length
	initially = 65535
)

func open(addr string) (*wire, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &wire{nc: nc, r: bufio.NewReaderSize(nc, 64<<10), w: bufio.NewWriterSize(nc, 64<<10),
		headers: map[string][]byte{}, unread: map[uint32]uint{}}
	c.frames = http2.NewFramer(c.w, c.r)
	c.frames.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.frames.SetReuseFrames()
	c.frames.SetMaxReadFrameSize(1<<24 - 1)
	if _, err := c.w.WriteString(http2.ClientPreface); err != nil {
		return nil, err
	}
	if err := c.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window},
		http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1 << 20}); err != nil {
		return nil, err
	}
	return c, c.frames.WriteWindowUpdate(0, window-initially)
}

func (c *wire) close() { _ = c.nc.Close() }

// headersOf are the headers of a method's requests.
func (c *wire) headersOf(method string) []byte {
	if b := c.headers[method]; b != nil {
		return b
	}
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	e.SetMaxDynamicTableSize(0)
	for _, f := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", method}, {":authority", "bench"},
		{"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		_ = e.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // into memory
	}
	c.headers[method] = b.Bytes()
	return c.headers[method]
}

// begin begins a call with one message; last says that no other follows.
func (c *wire) begin(method string, message []byte, last bool) (stream uint32, err error) {
	stream = c.last + 1
	c.last += 2
	if err := c.frames.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: c.headersOf(method), EndHeaders: true,
	}); err != nil {
		return 0, err
	}
	return stream, c.send(stream, message, last)
}

// send sends a message of a call.
func (c *wire) send(stream uint32, message []byte, last bool) error {
	b := make([]byte, prefix, prefix+len(message))
	binary.BigEndian.PutUint32(b[1:], uint32(len(message)))
	return c.frames.WriteData(stream, last, append(b, message...))
}

// heard is something of a call: so many bytes, in which so many messages have begun, or its end.
type heard struct {
	stream          uint32
	bytes, messages int
	ended           bool
}

// next waits for something of a call. What was written goes out before.
func (c *wire) next() (heard, error) {
	for {
		if c.r.Buffered() == 0 {
			if err := c.w.Flush(); err != nil {
				return heard{}, err
			}
		}
		f, err := c.frames.ReadFrame()
		if err != nil {
			return heard{}, err
		}
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			if h, err := c.ended(f); h.ended || err != nil {
				return h, err
			}
		case *http2.DataFrame:
			if c.taken += f.Length; c.taken >= refill {
				if err := c.frames.WriteWindowUpdate(0, c.taken); err != nil {
					return heard{}, err
				}
				c.taken = 0
			}
			return heard{stream: f.StreamID, bytes: len(f.Data()), messages: c.messages(f.StreamID, f.Data())}, nil
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = c.frames.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !f.IsAck() {
				err = c.frames.WritePing(true, f.Data)
			}
		case *http2.RSTStreamFrame:
			if f.ErrCode != http2.ErrCodeNo { // behind an answer it says that the rest of the request is not wanted
				err = fmt.Errorf("the server has ended a stream: %v", f.ErrCode)
			}
		case *http2.GoAwayFrame:
			err = fmt.Errorf("the server goes away: %v", f.ErrCode)
		}
		if err != nil {
			return heard{}, err
		}
	}
}

// ended says whether headers are those at the end of a call, which is to be a good one.
func (c *wire) ended(f *http2.MetaHeadersFrame) (heard, error) {
	if !f.StreamEnded() {
		return heard{}, nil
	}
	delete(c.unread, f.StreamID)
	var status, text string
	for _, field := range f.RegularFields() {
		switch field.Name {
		case "grpc-status":
			status = field.Value
		case "grpc-message":
			text = field.Value
		}
	}
	if status != "0" {
		return heard{}, fmt.Errorf("a call has ended with the code %s: %s", status, text)
	}
	return heard{stream: f.StreamID, ended: true}, nil
}

// messages counts those that begin in what a stream has brought. No server here divides the five bytes before one.
func (c *wire) messages(stream uint32, b []byte) (count int) {
	left := c.unread[stream]
	for {
		if uint(len(b)) <= left {
			c.unread[stream] = left - uint(len(b))
			return count
		}
		b = b[left:]
		if len(b) < prefix {
			panic("keys: what comes before a message is divided")
		}
		left = uint(binary.BigEndian.Uint32(b[1:prefix])) + prefix
		count++
	}
}
