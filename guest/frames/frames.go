// Package frames lets ordinary clients reach a host.Program that knows connections of frames only: over the byte
// streams of a port, on which a frame is its length in four bytes, most significant first, and as many bytes. The
// protocols of ZooKeeper and of Kafka are cut like that.
package frames

import (
	"encoding/binary"
	"fmt"

	"ordeal/host"
)

// Serve is a program that is reached on a port of its machine besides: of each stream there it hears as of a
// connection. A frame that is to be longer than max bytes ends its stream.
func Serve(boot host.Boot, port, max int) host.Boot {
	return func(h host.Host) (host.Program, error) {
		kerneled, ok := h.(host.Kerneled)
		if !ok {
			return nil, fmt.Errorf("frames: the host of %s has no streams", h.Self())
		}
		program, err := boot(h)
		if err != nil {
			return nil, err
		}
		s := &server{program: program, max: max}
		s.listener, err = kerneled.Kernel().Sockets().Listen(port, s.accept)
		return program, err
	}
}

// server is a port in one life of a program.
type server struct {
	program  host.Program
	max      int
	listener host.Listener
}

// accept takes the streams that wait.
func (s *server) accept() {
	for s.listener.Waiting() {
		c := &conn{server: s}
		stream, err := s.listener.Accept(c.ready)
		if err != nil {
			return
		}
		c.stream = stream
		s.program.Accept(c)
		c.ready() // bytes may have come with it
	}
}

// conn is a stream as the program sees it.
type conn struct {
	server      *server
	stream      host.Stream
	read, write []byte // of a frame that has come in part, and what found no room yet
	closing     bool   // it ends when all is written
	closed      bool
}

var _ host.Conn = (*conn)(nil)

// Peer names the other end.
func (c *conn) Peer() string {
	machine, port := c.stream.Peer()
	return fmt.Sprintf("%s:%d", machine, port)
}

// Send queues a frame.
func (c *conn) Send(payload []byte) {
	if c.closed || c.closing {
		return
	}
	c.write = append(binary.BigEndian.AppendUint32(c.write, uint32(len(payload))), payload...)
	c.flush()
}

// Close ends the connection once all is written.
func (c *conn) Close() {
	c.closing = true
	c.flush()
}

// ready is called when there may be something to read, or room to write.
func (c *conn) ready() {
	c.flush()
	c.take()
	if settler, ok := c.server.program.(host.Settler); ok {
		settler.Settle()
	}
}

// flush writes what there is room for.
func (c *conn) flush() {
	for len(c.write) > 0 && !c.closed && c.stream.Opened() == nil {
		n, err := c.stream.Write(c.write)
		c.write = c.write[n:]
		if err != nil {
			return // there is no room, or take will hear why
		}
	}
	if c.closing && len(c.write) == 0 {
		c.end()
	}
}

func (c *conn) end() {
	if !c.closed {
		c.closed = true
		c.stream.Close()
	}
}

// take hands the program what has come.
func (c *conn) take() {
	for buffer := make([]byte, 8<<10); !c.closed && !c.closing && c.stream.Readable(); {
		n, err := c.stream.Read(buffer)
		c.read = append(c.read, buffer[:n]...)
		if err != nil || !c.cut() {
			c.gone()
			return
		}
	}
}

// cut hands over all frames that are whole. It reports false if a length is none.
func (c *conn) cut() bool {
	for len(c.read) >= 4 && !c.closed && !c.closing {
		n := int(int32(binary.BigEndian.Uint32(c.read)))
		if n < 0 || n > c.server.max {
			return false
		}
		if len(c.read) < 4+n {
			break
		}
		payload := append([]byte(nil), c.read[4:4+n]...)
		c.read = c.read[4+n:]
		c.server.program.Frame(c, payload)
	}
	return true
}

// gone is when the stream has ended by itself, or by what came.
func (c *conn) gone() {
	if c.closed || c.closing {
		c.end()
		return
	}
	c.end()
	c.server.program.Closed(c)
}
