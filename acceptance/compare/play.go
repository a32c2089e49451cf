package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"ordeal/cluster/wire"
)

// player carries out steps on one server and writes down what comes back, in words that do not depend on the server.
type player struct {
	addr  string
	conns map[int]*conn
	// made are the sessions of the clients that made them, by client.
	made map[int]session
	// all are all sessions that were made.
	all []session
	// base is the zxid at which the play began: all others are shown by their distance from it.
	base int64
	// last is the newest zxid that was seen. gaps are what handshakes cost: attaching a session is a transaction here
	// and none in ZooKeeper.
	last  int64
	gaps  []gap
	lines []string
}

// gap is so many zxids, up to one of them.
type gap struct{ upTo, width int64 }

type session struct {
	id     int64
	passwd []byte
}

func newPlayer(addr string) (*player, error) {
	p := &player{addr: addr, conns: map[int]*conn{}, made: map[int]session{}}
	// The zxid now is shown to a session that is not compared.
	p.play(dial{client: 99, timeoutMs: 10000})
	if p.conns[99] == nil {
		return nil, fmt.Errorf("%s takes no session: %s", addr, strings.Join(p.lines, "; "))
	}
	p.play(send{99, []frame{{xid: 1, request: wire.ExistsRequest{Path: "/"}}}})
	p.end(99)
	if p.base == 0 {
		return nil, fmt.Errorf("%s tells no zxid", addr)
	}
	return p, nil
}

// play carries out one step, and returns what it gave.
func (p *player) play(s step) []string {
	p.lines = nil
	before := p.last
	switch s := s.(type) {
	case dial:
		p.dial(s)
	case send:
		p.send(s)
	case cut:
		if c := p.conns[s.client]; c != nil {
			_ = c.net.Close()
			delete(p.conns, s.client)
		}
	case word:
		p.word(s)
	case first:
		p.first(s)
	}
	p.settle()
	if isHandshake(s) && before > 0 && p.last > before {
		p.gaps = append(p.gaps, gap{p.last, p.last - before})
	}
	return p.lines
}

func isHandshake(s step) bool {
	switch s.(type) {
	case dial, first:
		return true
	}
	return false
}

// close ends all sessions, so that none expires while others play.
func (p *player) close() {
	for _, client := range slices.Sorted(maps.Keys(p.conns)) {
		p.end(client)
	}
	for _, s := range p.all {
		p.made[99] = s
		p.dial(dial{client: 99, timeoutMs: 10000, resume: 99})
		p.end(99)
	}
}

// end ends a client's session, and with it the connection.
func (p *player) end(client int) {
	c := p.conns[client]
	if c == nil {
		return
	}
	c.write(wire.EncodeRequest(1, wire.CloseSessionRequest{}))
	for _, err := c.read(); err == nil; _, err = c.read() {
	}
	_ = c.net.Close()
	delete(p.conns, client)
}

func (p *player) record(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

func (p *player) zxidOf(w zxidWord, c *conn) int64 {
	switch w {
	case zxidBase:
		return p.base
	case zxidSeen:
		return c.seen
	case zxidFar:
		return 1 << 60
	}
	return 0
}

func (p *player) dial(d dial) {
	if p.conns[d.client] != nil {
		return
	}
	c, err := connect(p.addr)
	if err != nil {
		p.record("%d no connection", d.client)
		return
	}
	r := wire.ConnectRequest{
		LastZxidSeen: p.zxidOf(d.seen, c), TimeoutMs: d.timeoutMs, Passwd: make([]byte, 16), HasReadOnly: !d.old,
		ReadOnly: d.readOnly,
	}
	if d.resume != 0 {
		r.SessionID, r.Passwd = p.made[d.resume].id, slices.Clone(p.made[d.resume].passwd)
	}
	if d.forged && len(r.Passwd) > 0 {
		r.Passwd[0] ^= 1
	}
	c.write(r.Encode())
	answer, err := c.read()
	if err != nil {
		p.record("%d %v", d.client, err)
		_ = c.net.Close()
		return
	}
	response, err := wire.DecodeConnectResponse(answer)
	if err != nil {
		p.record("%d an answer that is none: %x", d.client, answer)
		return
	}
	if response.SessionID != 0 && d.resume == 0 {
		p.made[d.client] = session{response.SessionID, response.Passwd}
		p.all = append(p.all, p.made[d.client])
	}
	p.record("%d connected %s", d.client, p.showConnected(response))
	p.conns[d.client] = c
}

// send writes requests and reads until each is answered or the connection is gone.
func (p *player) send(s send) {
	c := p.conns[s.client]
	if c == nil {
		return
	}
	var frames [][]byte
	for _, f := range s.frames {
		frames = append(frames, f.encode(p.zxidOf(f.seen, c)))
	}
	c.sent = slices.Clone(s.frames)
	c.write(frames...)
	for len(c.sent) > 0 {
		if !p.take(s.client, c) {
			return
		}
		if strings.HasSuffix(p.lines[len(p.lines)-1], unknownOp) {
			// The connection is closed, but not always before the next request is answered.
			p.take(s.client, c)
			return
		}
	}
}

// unknownOp is how the answer to an operation that no server knows is shown.
const unknownOp = " zxid=-1 Unimplemented"

// take reads one frame of a client's connection, and reports whether there was one.
func (p *player) take(client int, c *conn) bool {
	b, err := c.read()
	if err != nil {
		p.record("%d %v", client, err)
		c.sent = nil
		if err == errClosed {
			_ = c.net.Close()
			delete(p.conns, client)
		}
		return false
	}
	p.record("%d %s", client, p.showFrame(c, b))
	return true
}

// barrier is the xid of the pings that settle sends: replies to pings have another, whatever they were sent under.
var barrier = frame{xid: wire.XidPing, request: wire.PingRequest{}}

// settle asks every connection for a last word, so that all events have come before the next step.
func (p *player) settle() {
	for _, client := range slices.Sorted(maps.Keys(p.conns)) {
		c := p.conns[client]
		from := len(p.lines)
		c.sent = []frame{barrier}
		c.write(barrier.encode(0))
		for len(c.sent) > 0 && p.take(client, c) {
		}
		p.sortEvents(from)
	}
}

// sortEvents sorts the events that come together at one client: of a session's end and of a delete that many watch the
// order is that of a hash table. The answer to the ping behind them says nothing and is dropped, unless it is not OK.
func (p *player) sortEvents(from int) {
	kept := p.lines[:from]
	for _, line := range p.lines[from:] {
		if !strings.HasSuffix(line, "ping ok") {
			kept = append(kept, line)
		}
	}
	p.lines = kept
	sort.Strings(p.lines[from:])
}

func (p *player) word(w word) {
	c, err := connect(p.addr)
	if err != nil {
		p.record("no connection")
		return
	}
	defer func() { _ = c.net.Close() }()
	_, _ = c.net.Write([]byte(w.text))
	_ = c.net.SetReadDeadline(time.Now().Add(patience))
	answer, _ := io.ReadAll(c.in)
	for _, line := range wordShape(w.text, string(answer)) {
		p.record("%s", line)
	}
}

func (p *player) first(f first) {
	c, err := connect(p.addr)
	if err != nil {
		p.record("no connection")
		return
	}
	defer func() { _ = c.net.Close() }()
	if f.naked {
		_, _ = c.net.Write(f.bytes)
	} else {
		c.write(f.bytes)
	}
	answer, err := c.read()
	if err != nil {
		p.record("%v", err)
		return
	}
	if r, err := wire.DecodeConnectResponse(answer); err == nil && r.SessionID != 0 {
		p.all = append(p.all, session{r.SessionID, r.Passwd})
	}
	p.record("answer of %d bytes", len(answer))
}
