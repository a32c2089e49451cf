package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// patience is how long an answer may take. Silence is an answer that is recorded, so it has to be long enough for a
// machine that does much else.
const patience = 4 * time.Second

// errSilence says that nothing came for the time of patience.
var errSilence = errors.New("silence")

// errClosed says that the server closed the connection.
var errClosed = errors.New("closed")

// conn is a connection that carries frames.
type conn struct {
	net net.Conn
	in  *bufio.Reader
	// sent are the requests that were sent and not answered yet.
	sent []frame
	// seen is the highest zxid that a reply had.
	seen int64
}

func connect(addr string) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return &conn{net: c, in: bufio.NewReader(c)}, nil
}

// write sends frames as one piece. An error shows when the answer is read.
func (c *conn) write(frames ...[]byte) {
	var all []byte
	for _, f := range frames {
		all = binary.BigEndian.AppendUint32(all, uint32(len(f)))
		all = append(all, f...)
	}
	_ = c.net.SetWriteDeadline(time.Now().Add(patience))
	_, _ = c.net.Write(all)
}

// read takes the next frame: errSilence or errClosed if there is none.
func (c *conn) read() ([]byte, error) {
	_ = c.net.SetReadDeadline(time.Now().Add(patience))
	var head [4]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return nil, why(err)
	}
	b := make([]byte, binary.BigEndian.Uint32(head[:]))
	if _, err := io.ReadFull(c.in, b); err != nil {
		return nil, why(err)
	}
	return b, nil
}

func why(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errSilence
	}
	return errClosed
}
