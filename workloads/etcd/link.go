package etcd

import (
	"errors"
	"slices"

	"ordeal/cluster/etcdwire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// link is one connection, and what is under way on it.
type link struct {
	w            *worker
	number       int
	server       host.Addr
	conn         host.Conn
	open, closed bool
	last         uint64 // the newest call
	calls        map[uint64]*call
	streams      []*stream
	alive        *call   // the stream of keep-alives
	renewing     []*call // those of it without an answer, in order
	user         string  // whose token the calls have
}

// call is an operation under way.
type call struct {
	l    *link
	id   uint64
	op   *clients.Operation // nil if it is not recorded
	slot int
	// request is what was asked for.
	request etcdwire.Message
	// makes makes the answer's message; reads says that the operation changes nothing, whatever happens.
	makes  func() etcdwire.Message
	reads  bool
	answer etcdwire.Message
	// ended says that it is over, and refused that it was answered so.
	ended, refused bool
	stream         *stream // of watches, which is no operation itself
	watch          *watch  // that is being created
}

var _ host.ConnHandler = (*link)(nil)

// Opened implements host.ConnHandler.
func (l *link) Opened() {
	l.open = true
	l.w.wake.Set()
}

// Closed implements host.ConnHandler.
func (l *link) Closed() {
	l.closed = true
	l.w.wake.Set()
}

// Frame implements host.ConnHandler.
func (l *link) Frame(b []byte) {
	f, ok := etcdwire.DecodeFrame(b)
	c := l.calls[f.Call]
	switch {
	case !ok, c == nil:
	case c.stream != nil && f.Kind == etcdwire.FrameMessage:
		c.stream.message(f.Message)
	case c == l.alive && f.Kind == etcdwire.FrameMessage:
		l.renewed(f.Message)
	case f.Kind == etcdwire.FrameMessage:
		c.answer = c.makes()
		if etcdwire.Decode(f.Message, c.answer) != nil {
			c.answer = nil
		}
	case f.Kind == etcdwire.FrameStatus:
		delete(l.calls, f.Call)
		l.statusCame(c, f.Status)
	}
	l.w.wake.Set()
}

func (l *link) statusCame(c *call, status etcdwire.Status) {
	switch {
	case c.stream != nil:
		c.stream.over(status)
	case c == l.alive:
		// The stream has ended for the first of those that have no answer.
		waiting := l.renewing
		l.alive, l.renewing = nil, nil
		for i, one := range waiting {
			if i == 0 {
				one.finish(status)
			} else {
				one.lost(errStreamOver)
			}
		}
	default:
		c.finish(status)
	}
}

var (
	errNoSense    = errors.New("the answer could not be read")
	errStreamOver = errors.New("the stream has ended for what was asked before")
)

// finish records how an operation ended, by the status of its call. One that says something of the moment alone leaves
// open whether there was an effect.
func (c *call) finish(status etcdwire.Status) {
	if c.ended {
		return
	}
	switch {
	case c.op == nil: // it is part of no history
		c.ended = true
	case status.Code == etcdwire.OK && c.answer != nil:
		c.done(ResponseValue(c.answer))
	case status.Code == etcdwire.OK:
		c.lost(errNoSense)
	case status.Code == etcdwire.Unavailable:
		c.lost(errors.New(status.Text))
		c.l.closed = c.l.closed || status == etcdwire.ErrStopped // it is no member: others are
	default:
		c.refused = true
		c.done(status.Text)
		c.l.w.refused(status)
		c.l.w.alarmed(status)
	}
}

// done records an answer.
func (c *call) done(value any) {
	c.ended = true
	if list, ok := value.([]any); ok && len(list) > 0 {
		if revision, ok := list[0].(int64); ok {
			c.l.w.e.told(revision)
		}
	}
	c.op.End(value, clients.Done, nil)
	c.l.w.freed(c.slot)
}

// lost records that no answer will come.
func (c *call) lost(err error) {
	if c.ended {
		return
	}
	c.ended = true
	if c.op == nil {
		return
	}
	if c.reads {
		c.op.End(nil, clients.NoEffect, err)
		c.l.w.freed(c.slot)
		return
	}
	c.op.End(nil, clients.Unknown, err)
	c.l.w.replaced(c.slot)
}

// begin sends a call's first message.
func (l *link) begin(c *call, method string, request etcdwire.Message) {
	l.last++
	c.l, c.id = l, l.last
	l.calls[c.id] = c
	f := etcdwire.Frame{Kind: etcdwire.FrameBegin, Call: c.id, Method: method, Token: l.w.tokenFor(l.user)}
	if request != nil {
		f.HasMessage, f.Message = true, etcdwire.Append(nil, request)
	}
	l.conn.Send(etcdwire.AppendFrame(nil, f))
}

// send sends a further message of a call.
func (l *link) send(c *call, request etcdwire.Message) {
	l.conn.Send(etcdwire.AppendFrame(nil, etcdwire.Frame{
		Kind: etcdwire.FrameMessage, Call: c.id, Message: etcdwire.Append(nil, request),
	}))
}

// renew asks for a lease to be kept alive, on the stream for that.
func (l *link) renew(c *call, r *etcdwire.LeaseKeepAliveRequest) {
	c.l = l
	l.renewing = append(l.renewing, c)
	if l.alive == nil {
		l.alive = &call{}
		l.begin(l.alive, etcdwire.MethodKeepAlive, nil)
	}
	l.send(l.alive, r)
}

// renewed takes an answer of that stream: they come in the order of the requests.
func (l *link) renewed(b []byte) {
	if len(l.renewing) == 0 {
		return
	}
	c := l.renewing[0]
	l.renewing = l.renewing[1:]
	if c.answer = c.makes(); etcdwire.Decode(b, c.answer) != nil {
		c.answer = nil
	}
	c.finish(etcdwire.Status{})
}

// drop closes the connection: what has no answer will have none, and watches end here.
func (l *link) drop(err error) {
	l.closed = true
	l.conn.Close()
	for id := uint64(1); id <= l.last; id++ {
		if c := l.calls[id]; c != nil && c.stream == nil && c != l.alive {
			c.lost(err)
		}
	}
	for _, c := range l.renewing {
		c.lost(err)
	}
	l.renewing = nil
	for _, s := range l.streams {
		s.over(etcdwire.Status{Code: etcdwire.Unavailable, Text: err.Error()})
	}
}

// record records what a server says of its own accord.
func (l *link) record(f string, value ...any) { l.w.e.cfg.Record.OK(history.Service, f, "", value) }

// stream is a stream of watches.
type stream struct {
	call     *call
	creating *call
	watches  map[int64]*watch
	ended    bool
}

// message takes what a stream tells.
func (s *stream) message(b []byte) {
	r := &etcdwire.WatchResponse{}
	if etcdwire.Decode(b, r) != nil || s.ended {
		return
	}
	l := s.call.l
	l.w.e.told(revisionOf(r.Header))
	if r.Created && s.creating != nil {
		s.created(r)
		return
	}
	if r.WatchID == -1 {
		if !r.Canceled {
			l.record("progress", int64(l.number), int64(slices.Index(l.streams, s)), revisionOf(r.Header))
			l.w.e.saw(sawProgress)
		}
		return
	}
	w := s.watches[r.WatchID]
	switch {
	case w == nil:
		l.record("stray", int64(l.number), r.WatchID, revisionOf(r.Header))
	case r.Canceled:
		l.record("canceled", w.number, revisionOf(r.Header), r.CompactRevision)
		delete(s.watches, r.WatchID)
		w.canceled(r.CompactRevision)
	case len(r.Events) == 0:
		l.record("progressed", w.number, revisionOf(r.Header))
	default:
		events := make([]any, len(r.Events))
		for i := range r.Events {
			events[i] = EventValue(&r.Events[i])
		}
		l.record("told", w.number, revisionOf(r.Header), r.Fragment, events)
		if r.Fragment {
			l.w.e.saw(sawFragment)
		}
		w.toldOf(r.Events)
	}
}

// created takes the answer to the creation that is under way.
func (s *stream) created(r *etcdwire.WatchResponse) {
	c := s.creating
	s.creating = nil
	if r.Canceled {
		c.watch.refused()
		c.done(r.CancelReason)
		return
	}
	s.watches[r.WatchID] = c.watch
	c.watch.stream, c.watch.id = s, r.WatchID
	c.done([]any{revisionOf(r.Header), r.WatchID})
	if c.watch.next == 0 {
		c.watch.next = revisionOf(r.Header) + 1
	}
}

// over ends a stream: its watches are made again elsewhere.
func (s *stream) over(status etcdwire.Status) {
	if s.ended {
		return
	}
	s.ended = true
	if c := s.creating; c != nil {
		s.creating = nil
		c.reads = true
		c.lost(errors.New(status.Text))
	}
	for _, w := range s.watches { //house:unordered each for itself
		w.stream = nil
	}
}
