// Package strangers are other programs that use a service: connections that no client library makes, and operators who
// ask for what must not come about.
package strangers

import (
	"fmt"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// visitor is a connection whose client says nothing for a while.
type visitor struct {
	answer []byte
	over   bool
	heard  host.Signal
}

func (v *visitor) Opened() {}

func (v *visitor) Frame(payload []byte) {
	v.answer = payload
	v.heard.Set()
}

func (v *visitor) Closed() {
	v.over = true
	v.heard.Set()
}

// loiterMost is for how long a connection says nothing: servers close one after five TickTimes.
const loiterMost = 5 * time.Second

// Loiter connects to one of the servers and says nothing for a while. What was so when it connected need not be so by
// then: it asks for a session with that timeout, and has to be given one that is good for more than reads, or to be
// sent away. It says whether it was given one, and what was wrong, "" for nothing. It makes claims before it asks for
// anything else, and draws from the process's chance.
func Loiter(
	p host.Process, servers []host.Addr, timeout time.Duration, claims []wire.AuthRequest,
) (late bool, wrong string) {
	v := &visitor{heard: p.NewSignal()}
	c := p.Dial(servers[p.Rand().IntN(len(servers))], v)
	defer c.Close()
	if v.heard.Wait(time.Duration(p.Rand().Int64N(int64(loiterMost)))); v.answer != nil {
		return false, fmt.Sprintf("a connection that had said nothing was told %x", v.answer)
	}
	if v.over || !v.ask(c, timeout, newSession(timeout)) {
		return false, ""
	}
	if r, err := wire.DecodeConnectResponse(v.answer); err != nil || r.SessionID == 0 || r.ReadOnly {
		return true, fmt.Sprintf("a client that asked for a new session, late, was given %+v (%v)", r, err)
	}
	for _, claim := range claims {
		if !v.ask(c, timeout, wire.EncodeRequest(wire.XidAuth, claim)) {
			return true, ""
		}
	}
	if !v.ask(c, timeout, wire.EncodeRequest(wire.XidPing, wire.PingRequest{})) {
		return true, ""
	}
	if h, _, err := wire.DecodeReplyHeader(v.answer); err != nil || h.Xid != wire.XidPing {
		return true, fmt.Sprintf("a ping behind a late handshake was answered with %+v (%v)", h, err)
	}
	return true, v.babble(c, timeout)
}

// newSession is the handshake of a client that has none.
func newSession(timeout time.Duration) []byte {
	return wire.ConnectRequest{TimeoutMs: int32(timeout / time.Millisecond), Passwd: make([]byte, 16),
		HasReadOnly: true}.Encode()
}

// opOfNone is the number of an operation that there is not.
const opOfNone = 4711

// babble asks for an operation that there is not, and pings. The first is refused, which ends the connection: so the
// second must not be answered. It says what was wrong, "" for nothing.
func (v *visitor) babble(c host.Conn, timeout time.Duration) (wrong string) {
	var e wire.Encoder
	e.Int32(1) // the xid
	e.Int32(opOfNone)
	if !v.ask(c, timeout, e.Bytes()) {
		return ""
	}
	if h, _, err := wire.DecodeReplyHeader(v.answer); err != nil || h.Xid != 1 || h.Err != wire.Unimplemented {
		return fmt.Sprintf("an operation that there is not was answered with %+v (%v)", h, err)
	}
	if v.ask(c, timeout, wire.EncodeRequest(wire.XidPing, wire.PingRequest{})) {
		return fmt.Sprintf("a ping behind an operation that there is not was answered with %x", v.answer)
	}
	return ""
}

// ask sends a frame, and reports whether one came back in time.
func (v *visitor) ask(c host.Conn, timeout time.Duration, frame []byte) bool {
	v.answer = nil
	c.Send(frame)
	v.heard.Wait(timeout)
	return v.answer != nil
}
