package client_test

import (
	"fmt"
	"strings"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// service is just enough of a coordination service for a client to talk to; its servers share one state.
type service struct {
	zxid     int64
	nodes    map[string]*znode
	sessions map[int64]bool
	grant    time.Duration // the session timeout that it gives
}

type znode struct {
	data []byte
	stat wire.Stat
}

type server struct {
	*service
	name  host.Addr
	down  bool // refuses connections
	mute  bool // takes requests and answers nothing
	conns []*conn
	seen  []wire.Request        // all but pings, with ConnectRequests as attach
	pings []time.Duration       // when they came
	reply func(xid int32) int32 // the xid that an answer to xid bears
	world *world
}

// attach is a ConnectRequest among the requests seen.
type attach struct{ wire.ConnectRequest }

func (attach) Op() wire.OpCode { return wire.OpCreateSession }

func newService(w *world, names ...host.Addr) (*service, []*server) {
	s := &service{nodes: map[string]*znode{}, sessions: map[int64]bool{}, grant: 3 * time.Second}
	var servers []*server
	for _, name := range names {
		srv := &server{service: s, name: name, world: w, reply: func(xid int32) int32 { return xid }}
		w.server[name] = srv
		servers = append(servers, srv)
	}
	return s, servers
}

// stop breaks every connection and refuses new ones.
func (s *server) stop() {
	s.down = true
	for _, c := range s.conns {
		c.breakOff()
	}
	s.conns = nil
}

func (s *server) frame(c *conn, payload []byte) {
	if c.session == 0 {
		s.connect(c, payload)
		return
	}
	h, req, err := wire.DecodeRequest(payload)
	if err != nil {
		panic(err)
	}
	if h.Xid == wire.XidPing {
		s.pings = append(s.pings, s.world.now)
	} else {
		s.seen = append(s.seen, req)
	}
	if s.mute {
		return
	}
	code, body := s.apply(c, req)
	c.deliver(wire.EncodeReply(wire.ReplyHeader{Xid: s.reply(h.Xid), Zxid: s.zxid, Err: code}, body))
}

func (s *server) connect(c *conn, payload []byte) {
	if s.mute {
		return
	}
	r, err := wire.DecodeConnectRequest(payload)
	if err != nil {
		panic(err)
	}
	s.seen = append(s.seen, attach{r})
	answer := wire.ConnectResponse{Passwd: make([]byte, 16), HasReadOnly: true}
	if r.SessionID == 0 {
		r.SessionID = int64(len(s.sessions) + 77)
		r.Passwd = fmt.Appendf(nil, "password of %05d", r.SessionID)[:16]
		s.sessions[r.SessionID] = true
	}
	if s.sessions[r.SessionID] {
		answer.SessionID, answer.Passwd = r.SessionID, r.Passwd
		answer.TimeoutMs = int32(s.grant / time.Millisecond)
		c.session = r.SessionID
	}
	c.deliver(answer.Encode())
}

func (s *server) apply(c *conn, req wire.Request) (wire.Code, wire.Response) {
	switch r := req.(type) {
	case wire.CreateRequest:
		if s.nodes[r.Path] != nil {
			return wire.NodeExists, nil
		}
		return wire.OK, wire.CreateResponse{Path: r.Path, Stat: s.create(r.Path, r.Data)}
	case wire.SetDataRequest:
		return s.set(r)
	case wire.GetDataRequest:
		n := s.nodes[r.Path]
		if n == nil {
			return wire.NoNode, nil
		}
		c.watch["data "+r.Path] = r.Watch
		return wire.OK, wire.GetDataResponse{Data: n.data, Stat: n.stat}
	case wire.ExistsRequest:
		c.watch["data "+r.Path] = r.Watch
		n := s.nodes[r.Path]
		if n == nil {
			return wire.NoNode, nil
		}
		return wire.OK, wire.ExistsResponse{Stat: n.stat}
	case wire.GetChildrenRequest:
		c.watch["child "+r.Path] = r.Watch
		var names []string
		for path := range s.nodes {
			if rest, ok := strings.CutPrefix(path, r.Path+"/"); ok {
				names = append(names, rest)
			}
		}
		return wire.OK, wire.GetChildrenResponse{Names: names, Stat: &wire.Stat{}}
	case wire.SyncRequest:
		return wire.OK, wire.SyncResponse(r)
	case wire.SetWatchesRequest:
		s.setWatches(c, r)
		return wire.OK, nil
	case wire.MultiRequest:
		return wire.OK, wire.MultiResponse{Results: []wire.MultiResult{
			{Op: wire.OpError}, {Op: wire.OpError, Err: wire.BadVersion},
		}}
	case wire.AuthRequest:
		if string(r.Auth) == "wrong" {
			return wire.AuthFailed, nil
		}
		return wire.OK, nil
	case wire.WhoAmIRequest:
		return wire.OK, wire.WhoAmIResponse{IDs: []wire.ID{{Scheme: "ip", ID: "the other end"}}}
	case wire.AddWatchRequest:
		c.watch[stays[r.Mode]+r.Path] = true
		return wire.OK, wire.ErrorResponse{}
	case wire.RemoveWatchesRequest:
		if !c.watch["stays "+r.Path] && !c.watch["data "+r.Path] {
			return wire.NoWatcher, nil
		}
		delete(c.watch, "stays "+r.Path)
		delete(c.watch, "data "+r.Path)
		return wire.OK, nil
	case wire.CloseSessionRequest:
		delete(s.sessions, c.session)
		return wire.OK, nil
	case wire.PingRequest:
		return wire.OK, nil
	}
	return wire.Unimplemented, nil
}

func (s *service) create(path string, data []byte) *wire.Stat {
	s.zxid++
	n := &znode{data: data, stat: wire.Stat{Czxid: s.zxid, Mzxid: s.zxid}}
	s.nodes[path] = n
	return &n.stat
}

func (s *server) set(r wire.SetDataRequest) (wire.Code, wire.Response) {
	n := s.nodes[r.Path]
	if n == nil {
		return wire.NoNode, nil
	}
	s.zxid++
	n.data, n.stat.Mzxid = r.Data, s.zxid
	n.stat.Version++
	for _, c := range s.conns {
		s.fire(c, wire.EventDataChanged, r.Path)
	}
	return wire.OK, wire.SetDataResponse{Stat: n.stat}
}

// stays are the keys of the watches that stay.
var stays = map[wire.WatchMode]string{wire.ModePersistent: "stays ", wire.ModePersistentRecursive: "deep "}

func (c *conn) watched(path string) bool {
	return c.watch["data "+path] || c.watch["stays "+path] || c.watch["deep /"]
}

func (s *server) fire(c *conn, t wire.EventType, path string) {
	if c.watched(path) {
		delete(c.watch, "data "+path)
		c.deliver(wire.EncodeEvent(wire.WatcherEvent{Type: t, State: wire.StateSyncConnected, Path: path}, s.zxid))
	}
}

func (s *server) setWatches(c *conn, r wire.SetWatchesRequest) {
	for _, path := range r.Data {
		c.watch["data "+path] = true
		if n := s.nodes[path]; n == nil {
			s.fire(c, wire.EventDeleted, path)
		} else if n.stat.Mzxid > r.RelativeZxid {
			s.fire(c, wire.EventDataChanged, path)
		}
	}
	for _, path := range r.Exist {
		c.watch["data "+path] = true
		if s.nodes[path] != nil {
			s.fire(c, wire.EventCreated, path)
		}
	}
	for key, paths := range map[string][]string{"child ": r.Child, "stays ": r.Persistent,
		"deep ": r.PersistentRecursive} {
		for _, path := range paths {
			c.watch[key+path] = true
		}
	}
}
