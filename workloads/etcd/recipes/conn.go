package recipes

import (
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// conn is one connection, and what is under way on it.
type conn struct {
	w            *worker
	server       host.Addr
	c            host.Conn
	open, closed bool
	heard        time.Duration // when the last frame came
	last         uint64        // the newest call
	calls        map[uint64]*call
	alive        *call           // the stream of keep-alives
	sent         []time.Duration // when those went out that have no answer, in order
}

// call is one that is under way.
type call struct {
	id       uint64
	messages [][]byte // that have come, and were not read yet
	ended    bool
	status   etcdwire.Status
}

var _ host.ConnHandler = (*conn)(nil)

// Opened implements host.ConnHandler.
func (c *conn) Opened() {
	c.open = true
	c.w.wake.Set()
}

// Closed implements host.ConnHandler.
func (c *conn) Closed() {
	c.closed = true
	c.w.wake.Set()
}

// Frame implements host.ConnHandler.
func (c *conn) Frame(b []byte) {
	c.heard = c.w.c.Now()
	f, ok := etcdwire.DecodeFrame(b)
	one := c.calls[f.Call]
	switch {
	case !ok || one == nil:
	case f.Kind == etcdwire.FrameStatus:
		one.ended, one.status = true, f.Status
		delete(c.calls, f.Call)
		if one == c.alive {
			c.alive, c.sent = nil, nil
		}
	case one == c.alive:
		c.renewed(f.Message)
	default:
		one.messages = append(one.messages, f.Message)
	}
	c.w.wake.Set()
}

// begin sends a call's first message.
func (c *conn) begin(method string, request etcdwire.Message) *call {
	c.last++
	one := &call{id: c.last}
	c.calls[one.id] = one
	f := etcdwire.Frame{Kind: etcdwire.FrameBegin, Call: one.id, Method: method}
	if request != nil {
		f.HasMessage, f.Message = true, etcdwire.Append(nil, request)
	}
	c.c.Send(etcdwire.AppendFrame(nil, f))
	return one
}

// cancel gives a call up.
func (c *conn) cancel(one *call) {
	if !one.ended && !c.closed {
		c.c.Send(etcdwire.AppendFrame(nil, etcdwire.Frame{Kind: etcdwire.FrameCancel, Call: one.id}))
	}
	delete(c.calls, one.id)
}

// keepAlive asks for the client's lease to be kept alive.
func (c *conn) keepAlive(lease int64) {
	if c.alive == nil {
		c.alive = c.begin(etcdwire.MethodKeepAlive, nil)
	}
	c.sent = append(c.sent, c.w.c.Now())
	c.c.Send(etcdwire.AppendFrame(nil, etcdwire.Frame{
		Kind: etcdwire.FrameMessage, Call: c.alive.id,
		Message: etcdwire.Append(nil, &etcdwire.LeaseKeepAliveRequest{ID: lease}),
	}))
}

// renewed takes an answer to that: they come in the order of the requests.
func (c *conn) renewed(b []byte) {
	r := &etcdwire.LeaseKeepAliveResponse{}
	if len(c.sent) == 0 || etcdwire.Decode(b, r) != nil {
		return
	}
	at := c.sent[0]
	c.sent = c.sent[1:]
	if r.ID != c.w.lease {
		return
	}
	if r.TTL <= 0 {
		c.w.over = true
		return
	}
	c.w.until = max(c.w.until, at+time.Duration(r.TTL)*time.Second)
}
