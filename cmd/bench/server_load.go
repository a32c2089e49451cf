package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"ordeal/cluster/wire"
)

// session is a client of a server, as plain as it can be: whatever it costs is the same for every server.
type session struct {
	nc             net.Conn
	r              *bufio.Reader
	w              *bufio.Writer
	sent, answered int32         // requests; the xid of one is its number
	patience       time.Duration // for a reply
	buf            []byte        // the frame that was read last
}

const (
	sessionTimeout = 30 * time.Second
	replyTimeout   = time.Minute
	// handshakeTimeout is shorter: ZooKeeper never answers one that comes in while it starts.
	handshakeTimeout = 5 * time.Second
	replyMax         = 1 << 20
)

// openSession connects and shakes hands.
func openSession(addr string) (*session, error) {
	nc, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, err
	}
	s := &session{nc: nc, r: bufio.NewReaderSize(nc, 64<<10), w: bufio.NewWriterSize(nc, 64<<10)}
	s.patience = handshakeTimeout
	if err := s.shakeHands(); err != nil {
		nc.Close()
		return nil, err
	}
	s.patience = replyTimeout
	return s, nil
}

func (s *session) shakeHands() error {
	hello := wire.ConnectRequest{TimeoutMs: int32(sessionTimeout.Milliseconds()), Passwd: make([]byte, 16),
		HasReadOnly: true}
	if err := s.write(hello.Encode()); err != nil {
		return err
	}
	frame, err := s.read()
	if err != nil {
		return err
	}
	answer, err := wire.DecodeConnectResponse(frame)
	if err == nil && answer.SessionID == 0 {
		err = errors.New("the server gave no session")
	}
	return err
}

// write queues a frame; read sends what was queued.
func (s *session) write(frame []byte) error {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(frame)))
	if _, err := s.w.Write(length[:]); err != nil {
		return err
	}
	_, err := s.w.Write(frame)
	return err
}

// read waits for a frame, which is valid until the next call.
func (s *session) read() ([]byte, error) {
	if s.r.Buffered() == 0 {
		if err := s.w.Flush(); err != nil {
			return nil, err
		}
		if err := s.nc.SetReadDeadline(time.Now().Add(s.patience)); err != nil {
			return nil, err
		}
	}
	var length [4]byte
	if _, err := io.ReadFull(s.r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > replyMax {
		return nil, fmt.Errorf("a reply of %d bytes", n)
	}
	s.buf = slices.Grow(s.buf[:0], int(n))[:n]
	_, err := io.ReadFull(s.r, s.buf)
	return s.buf, err
}

func (s *session) send(r wire.Request) error {
	s.sent++
	return s.write(wire.EncodeRequest(s.sent, r))
}

// receive waits for the next reply, and fails unless it is OK or one of the codes allowed.
func (s *session) receive(allowed ...wire.Code) error {
	code, err := s.reply()
	if err == nil && code != wire.OK && !slices.Contains(allowed, code) {
		return fmt.Errorf("request %d was answered with %v", s.answered, code)
	}
	return err
}

// reply waits for the next reply, and returns its code.
func (s *session) reply() (wire.Code, error) {
	frame, err := s.read()
	if err != nil {
		return 0, err
	}
	h, _, err := wire.DecodeReplyHeader(frame)
	s.answered++
	if err == nil && h.Xid != s.answered {
		err = fmt.Errorf("request %d was answered, and not %d, which is next", h.Xid, s.answered)
	}
	return h.Err, err
}

// close ends the session, so that the server does not have to expire it.
func (s *session) close() {
	if s.send(wire.CloseSessionRequest{}) == nil {
		_ = s.receive()
	}
	s.nc.Close()
}

const payloadBytes = 100

var openACL = []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

// load is what is asked of a server.
type load struct {
	write                bool
	clients, outstanding int
}

func (l load) String() string {
	kind := "get"
	if l.write {
		kind = "set"
	}
	return fmt.Sprintf("%s, %d × %d", kind, l.clients, l.outstanding)
}

// window is when a load is measured: it is on before, to warm up.
type window struct{ from, to time.Time }

// crowd is the clients of a load, each with a session and a znode of its own.
type crowd struct {
	load
	sessions []*session
	paths    []string
}

// gather opens the sessions of a load. Client i talks to server i+turn.
func (l load) gather(addrs []string, turn int) (c *crowd, err error) {
	c = &crowd{load: l}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	for i := range l.clients {
		s, err := openSession(addrs[(i+turn)%len(addrs)])
		if err != nil {
			return nil, err
		}
		path := fmt.Sprintf("/bench-%d", i)
		c.sessions, c.paths = append(c.sessions, s), append(c.paths, path)
		if err := s.send(wire.CreateRequest{Path: path, Data: make([]byte, payloadBytes), ACL: openACL}); err != nil {
			return nil, err
		}
		if err := s.receive(wire.NodeExists); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *crowd) close() {
	for _, s := range c.sessions {
		s.close()
	}
}

// drive puts the load on the servers and returns when each request was under way that ended within the window.
func (c *crowd) drive(w window) ([]span, error) {
	took, errs := make([][]span, c.clients), make([]error, c.clients)
	var clients sync.WaitGroup
	for i, s := range c.sessions {
		clients.Go(func() { took[i], errs[i] = c.repeat(s, c.paths[i], w) })
	}
	clients.Wait()
	return slices.Concat(took...), errors.Join(errs...)
}

// repeat is one client: it keeps so many requests outstanding until the window ends.
func (l load) repeat(s *session, path string, w window) (took []span, err error) {
	var request wire.Request = wire.GetDataRequest{Path: path}
	if l.write {
		request = wire.SetDataRequest{Path: path, Data: make([]byte, payloadBytes), Version: -1}
	}
	begun := make([]time.Time, l.outstanding) // a ring, as replies come in order
	for i := range begun {
		begun[i] = time.Now()
		if err := s.send(request); err != nil {
			return nil, err
		}
	}
	for next, left := 0, l.outstanding; left > 0; next = (next + 1) % l.outstanding {
		if err := s.receive(); err != nil {
			return nil, err
		}
		now := time.Now()
		if now.After(w.from) && now.Before(w.to) {
			took = append(took, span{begun[next], now})
		}
		if now.After(w.to) {
			left--
			continue
		}
		begun[next] = now
		if err := s.send(request); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// fill creates count znodes below one that it makes, with many requests outstanding.
func fill(addr string, count int) error {
	s, err := openSession(addr)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.send(wire.CreateRequest{Path: "/filled", ACL: openACL}); err != nil {
		return err
	}
	const outstanding = 500
	data := make([]byte, payloadBytes)
	for i := range count {
		if err := s.send(wire.CreateRequest{Path: fmt.Sprintf("/filled/znode-%07d", i), Data: data,
			ACL: openACL}); err != nil {
			return err
		}
		if i >= outstanding {
			if err := s.receive(); err != nil {
				return err
			}
		}
	}
	for range min(count, outstanding) + 1 {
		if err := s.receive(); err != nil {
			return err
		}
	}
	return nil
}
