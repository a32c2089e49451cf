package client

import (
	"fmt"
	"time"

	"ordeal/cluster/wire"
)

// call is one request, from the making to its end.
type call struct {
	req      wire.Request
	xid      int32 // given when it is sent; 0 before
	deadline time.Duration
	sentAt   time.Duration
	watch    *Watch // set when the answer is there

	done bool
	err  error
	zxid int64 // of the reply's header; 0 without a reply
	// answered says that there is one. A service that nothing has been written to says 0 too.
	answered bool
	body     wire.Response
	// sent and ended, unless they are nil, are called once: when it is sent, if it waited for that, and at the end.
	sent, ended func()
}

func (k *call) finish(err error) {
	if k.done {
		return
	}
	k.done, k.err = true, err
	if k.ended != nil {
		k.ended()
	}
}

// submit makes a request without waiting for it. It is sent at once if a connection carries the session, and else
// when one does; behind everything submitted before in either case.
func (c *Client) submit(req wire.Request, w *Watch) *call {
	k := &call{req: req, watch: w, deadline: c.p.Now() + c.cfg.RequestTimeout}
	c.start(k)
	return k
}

func (c *Client) start(k *call) {
	switch c.state {
	case ended:
		k.finish(c.why)
	case serving:
		k.xid = c.nextXid()
		c.link.transmit(k)
	default:
		c.queue = append(c.queue, k)
	}
}

// await waits for the end of a call.
func (c *Client) await(k *call) error {
	for !k.done {
		left := k.deadline - c.p.Now()
		if left <= 0 {
			c.giveUp(k)
			break
		}
		c.wake.Wait(left)
	}
	return k.err
}

// giveUp ends a call whose time is up. What was not sent is taken back. If it was sent, then the connection goes with
// it: answers come in order, so nothing behind it would be answered either.
func (c *Client) giveUp(k *call) {
	if k.xid != 0 {
		c.drop("a request was not answered in time")
		return
	}
	for i, q := range c.queue {
		if q == k {
			c.queue = append(c.queue[:i], c.queue[i+1:]...)
			break
		}
	}
	k.finish(ErrNotSent)
}

func (l *link) transmit(k *call) {
	k.sentAt = l.c.p.Now()
	l.flying = append(l.flying, k)
	l.send(wire.EncodeRequest(k.xid, l.c.chroot.request(k.req)))
	if k.sent != nil {
		k.sent()
	}
}

// reply takes any frame behind the first. An error means that the connection is of no more use.
func (l *link) reply(frame []byte) error {
	h, body, err := wire.DecodeReplyHeader(frame)
	if err != nil {
		return err
	}
	switch h.Xid {
	case wire.XidNotification:
		return l.event(frame)
	case wire.XidPing:
		if l.pinged != noPing {
			l.c.heardOf(l.pinged, h)
			l.pinged = l.bendPinged()
			l.c.schedule()
		}
		return nil
	}
	if h.Xid == wire.XidAuth {
		return l.claimed(h)
	}
	return l.answer(h, body)
}

// event takes a notification. Watches are not set again as of its zxid: other events of the same transaction may still
// be on their way, and a reconnect between them must not lose those. But a server that has not applied it is not taken
// for the next: there, what was announced would be missing. Servers up to ZooKeeper 3.8 say -1, and are not held to it.
func (l *link) event(frame []byte) error {
	h, e, err := wire.DecodeEvent(frame)
	if err != nil {
		return err
	}
	e.Path = l.c.bendPath(l.c.chroot.out(e.Path), e.Path)
	l.c.told = max(l.c.told, h.Zxid)
	if heard := l.c.cfg.Heard.Event; heard != nil {
		heard(h.Zxid, e)
	}
	l.c.watches.fire(Event{Type: e.Type, Path: e.Path, Zxid: h.Zxid})
	l.c.wake.Set()
	return nil
}

// answer takes the reply to the oldest request that has none.
func (l *link) answer(h wire.ReplyHeader, body *wire.Decoder) error {
	if len(l.flying) == 0 {
		return fmt.Errorf("client: an answer with xid %d, and no request is open", h.Xid)
	}
	k := l.flying[0]
	if h.Xid != k.xid {
		return fmt.Errorf("client: an answer with xid %d where that to %d is next", h.Xid, k.xid)
	}
	var response wire.Response
	if h.Err == wire.OK {
		var err error
		if response, err = wire.DecodeResponse(k.req.Op(), body); err != nil {
			return err
		}
		response = l.c.chroot.response(response)
	}
	if l.flying = l.flying[1:]; len(l.flying) == 0 {
		l.flying = l.room[:0]
	}
	k.body, k.zxid, k.answered = response, h.Zxid, true
	if k.xid >= 0 {
		l.answered = k.xid
	}
	k.finish(h.Err.Err())
	c := l.c
	c.heardOf(k.sentAt, h)
	c.watches.set(c, k)
	c.wake.Set()
	switch h.Err {
	case wire.SessionExpired:
		c.end(ErrSessionExpired)
	case wire.SessionMoved:
		return fmt.Errorf("client: the session has moved to another connection")
	}
	return nil
}

// heardOf notes that what left at sent was answered with h.
func (c *Client) heardOf(sent time.Duration, h wire.ReplyHeader) {
	c.contact = max(c.contact, c.bendContact(sent))
	c.zxid = max(c.zxid, h.Zxid)
}
