package recipes_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

// fate is what a test has in store for a request.
type fate uint8

const (
	normal      fate = iota
	loseAnswer       // it takes effect, and the connection breaks before the answer
	loseRequest      // the connection breaks and it takes no effect
)

// service is a server of one, with the real state machine: it never fails but where a test wants it to.
type service struct {
	h      host.Host
	tree   *tree.Tree
	table  *tree.Watches
	links  map[host.Conn]*link
	all    []*link
	events int // notifications sent
	fate   func(wire.Request) fate
}

type link struct {
	conn    host.Conn
	number  uint64
	session int64
}

func (s *service) Receive(host.Addr, []byte) {}
func (s *service) Wake()                     {}
func (s *service) Closed(c host.Conn)        { s.drop(c) }

func (s *service) Accept(c host.Conn) {
	l := &link{conn: c, number: uint64(len(s.all))}
	s.links[c], s.all = l, append(s.all, l)
}

func (s *service) drop(c host.Conn) {
	if l := s.links[c]; l != nil {
		s.table.RemoveWatcher(l.number)
		delete(s.links, c)
	}
}

func (s *service) apply(l *link, session int64, req wire.Request) tree.Result {
	txn := tree.Txn{Session: session, Request: req}
	if l != nil {
		txn.Owner.Conn = l.number
	}
	r := s.tree.Apply(s.tree.Zxid()+1, txn)
	for _, e := range r.Events {
		for _, to := range s.table.Fire(e) {
			s.notify(s.all[to], e)
		}
	}
	return r
}

func (s *service) notify(l *link, e tree.Event) {
	s.events++
	l.conn.Send(wire.EncodeEvent(wire.WatcherEvent{Type: e.Type, State: wire.StateSyncConnected, Path: e.Path},
		s.tree.Zxid()))
}

func (s *service) Frame(c host.Conn, payload []byte) {
	l := s.links[c]
	if l == nil {
		return
	}
	if l.session == 0 {
		s.connect(l, payload)
		return
	}
	h, req, err := wire.DecodeRequest(payload)
	if err != nil {
		panic(err)
	}
	f := normal
	if s.fate != nil {
		f = s.fate(req)
	}
	if f == loseRequest {
		s.drop(c)
		c.Close()
		return
	}
	code, response := s.answer(l, req)
	if f == loseAnswer {
		s.drop(c)
		c.Close()
		return
	}
	c.Send(wire.EncodeReply(wire.ReplyHeader{Xid: h.Xid, Zxid: s.tree.Zxid(), Err: code}, response))
}

func (s *service) connect(l *link, payload []byte) {
	r, err := wire.DecodeConnectRequest(payload)
	if err != nil {
		panic(err)
	}
	var req wire.Request = tree.AttachSession{ID: r.SessionID, Passwd: r.Passwd}
	if r.SessionID == 0 {
		req = tree.CreateSession{ID: int64(l.number + 100), TimeoutMs: r.TimeoutMs, Passwd: make([]byte, 16)}
	}
	answer := wire.ConnectResponse{Passwd: make([]byte, 16), HasReadOnly: true}
	if result := s.apply(l, 0, req); result.Session != nil {
		l.session = result.Session.ID
		answer.SessionID, answer.TimeoutMs = l.session, result.Session.TimeoutMs
	}
	l.conn.Send(answer.Encode())
}

func (s *service) answer(l *link, req wire.Request) (wire.Code, wire.Response) {
	switch r := req.(type) {
	case wire.PingRequest:
		return wire.OK, nil
	case wire.SyncRequest:
		return wire.OK, wire.SyncResponse(r)
	case wire.SetWatchesRequest:
		fire, rearm := tree.Missed(s.tree, r)
		for _, e := range fire {
			s.notify(l, e)
		}
		for _, w := range rearm {
			s.table.Add(w.Kind, w.Path, l.number)
		}
		return wire.OK, nil
	case wire.ExistsRequest:
		response, code := s.tree.Read(r)
		if r.Watch {
			s.table.Add(tree.Data, r.Path, l.number)
		}
		return code, response
	case wire.GetDataRequest:
		response, code := s.tree.Read(r)
		if r.Watch && code == wire.OK {
			s.table.Add(tree.Data, r.Path, l.number)
		}
		return code, response
	case wire.MultiReadRequest:
		response, code := s.tree.Read(r)
		return code, response
	case wire.GetChildrenRequest:
		response, code := s.tree.Read(r)
		if r.Watch && code == wire.OK {
			s.table.Add(tree.Child, r.Path, l.number)
		}
		return code, response
	}
	r := s.apply(l, l.session, req)
	return r.Err, r.Response
}

// expire ends a session as the service would, and its connection with it.
func (s *service) expire(id int64) {
	s.apply(nil, id, tree.ExpireSession{ID: id})
	for _, l := range s.all {
		if l.session == id && s.links[l.conn] != nil {
			s.drop(l.conn)
			l.conn.Close()
		}
	}
}

// town is a world with one such server.
type town struct {
	*testing.T
	w *sim.World
	s *service
}

func newTown(t *testing.T) *town {
	w := sim.New(1, sim.Config{})
	s := &service{tree: tree.New(), table: tree.NewWatches(), links: map[host.Conn]*link{}}
	w.AddMachine("n1", func(h host.Host) (host.Program, error) { s.h = h; return s, nil })
	return &town{T: t, w: w, s: s}
}

// enter lets a client do something, on a machine of its own.
func (o *town) enter(name host.Addr, f func(host.Process, *client.Client)) {
	o.w.Spawn(name, func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 3 * time.Second})
		f(p, c)
		c.Abandon()
	})
}

// run lets a minute pass, in which every client must have come to its end: done of them.
func (o *town) run(done *int, want int) {
	o.Helper()
	o.w.RunUntil(o.w.Now() + time.Minute)
	for _, f := range o.w.Failures() {
		o.Fatalf("%v\n%s", f, f.Stack)
	}
	if *done != want {
		o.Fatalf("%d of %d clients came to their end", *done, want)
	}
	o.w.Close()
}

// names lists the children of a path.
func (o *town) names(path string) []string {
	r, code := o.s.tree.Read(wire.GetChildrenRequest{Path: path})
	if code != wire.OK {
		return nil
	}
	return r.(wire.GetChildrenResponse).Names
}

// once gives the n-th request of an operation a fate.
func once(op wire.OpCode, n int, f fate) func(wire.Request) fate {
	return func(r wire.Request) fate {
		if r.Op() != op {
			return normal
		}
		if n--; n == 0 {
			return f
		}
		return normal
	}
}
