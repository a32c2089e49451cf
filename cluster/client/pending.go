package client

import "ordeal/cluster/wire"

// Pending is a request that was made and not waited for.
type Pending struct {
	c *Client
	k *call
}

// Submit makes any request without waiting for its end, so that several can be on their way at once. They are answered
// in the order in which they were made. If the request has a watch flag, w is the watch to set; else it is nil. The
// watch of an addWatch is set again after a reconnect; its events only Config.Heard is told.
//
// ended, if it is not nil, is called once, when the request has come to its end: in the order of the answers and of
// what Config.Heard is told. It must not wait for anything.
func (c *Client) Submit(req wire.Request, w *Watch, ended func(*Pending)) *Pending {
	k := &call{req: req, watch: w, deadline: c.p.Now() + c.cfg.RequestTimeout}
	p := &Pending{c, k}
	k.ended = func() {
		if r, ok := req.(wire.AddWatchRequest); ok && k.err == nil {
			c.watches.subscribe(&Subscription{c: c, path: r.Path, unread: true}, r.Mode)
		}
		if ended != nil {
			ended(p)
		}
	}
	c.start(k)
	return p
}

// OnSent has f called when the request is sent, and so has its number: at once, if it was. f must not wait for
// anything.
func (p *Pending) OnSent(f func()) {
	if p.k.xid != 0 {
		f()
		return
	}
	p.k.sent = f
}

// Wait waits for the end and returns Err. A closeSession's answer does not close the client: Close or Abandon does.
func (p *Pending) Wait() error { return p.c.await(p.k) }

// Done says whether it has come to its end.
func (p *Pending) Done() bool { return p.k.done }

// Xid is the number under which the request was sent; 0 if it was not sent.
func (p *Pending) Xid() int32 { return p.k.xid }

// Answered says whether an answer came, be it a refusal.
func (p *Pending) Answered() bool { return p.k.answered }

// Zxid is that of the answer's header: the newest transaction that the server had applied. It is 0 without an answer.
func (p *Pending) Zxid() int64 { return p.k.zxid }

// Err is how it ended: nil, a wire.Code, or an error of this package. A multi that failed has none; see
// wire.MultiResponse.Failed.
func (p *Pending) Err() error { return p.k.err }

// Response is the answer's body; nil where the protocol has none, and after an error.
func (p *Pending) Response() wire.Response { return p.k.body }

// Heard are functions that are told what servers say, in the order in which it comes, the answers to Submit among it.
// Each may be nil. They must not wait for anything.
type Heard struct {
	// Claiming is called when the client says on a connection who it is: first, and again after a reconnect, right behind
	// Attached. What is sent later on that connection is sent by whom it names. Claimed is called with the answer.
	Claiming func(scheme string, auth []byte)
	Claimed  func(code wire.Code)
	// Attached is called when a connection carries the session, the first one or another.
	Attached func()
	// Event is called for every notification, before the watches that it concerns fire. zxid is -1 from servers up to
	// ZooKeeper 3.8.
	Event func(zxid int64, e wire.WatcherEvent)
	// Rewatched is called when a server has answered the request that set watches again after a reconnect: the events
	// that it found to be due have come before.
	Rewatched func(zxid int64, r wire.SetWatchesRequest)
}

// setAgain is the call of a request that sets watches again.
func (c *Client) setAgain(r wire.SetWatchesRequest) *call {
	k := &call{req: r, xid: wire.XidSetWatches}
	if heard := c.cfg.Heard.Rewatched; heard != nil {
		k.ended = func() {
			if k.err == nil {
				heard(k.zxid, r)
			}
		}
	}
	return k
}
