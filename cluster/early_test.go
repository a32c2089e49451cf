package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// sendAtOnce sends a handshake and requests right behind it, without waiting for anything.
func (r *raw) sendAtOnce(hello wire.ConnectRequest, requests ...[]byte) {
	hello.HasReadOnly = true
	r.conn.Send(hello.Encode())
	for _, frame := range requests {
		r.conn.Send(frame)
	}
}

// wantConnected reads the answer to the handshake.
func (r *raw) wantConnected() wire.ConnectResponse {
	r.t.Helper()
	answer, err := wire.DecodeConnectResponse(r.next())
	if err != nil || answer.SessionID == 0 {
		r.t.Fatalf("the handshake is answered with %+v, %v", answer, err)
	}
	return answer
}

// wantNext reads the next frame, which must answer xid with a code.
func (r *raw) wantNext(xid int32, want wire.Code) {
	r.t.Helper()
	d := wire.NewDecoder(r.next())
	got, _, code := d.Int32(), d.Int64(), wire.Code(d.Int32())
	if d.Err() != nil || got != xid || code != want {
		r.t.Fatalf("xid %d code %v (%v) where xid %d code %v was to come", got, code, d.Err(), xid, want)
	}
}

// TestRequestsBehindTheHandshake sends requests before the handshake is answered, as ZooKeeper's client over Netty does
// with the watches that it sets again: with a new session, with the one it had, at a server that had not heard of it,
// and in vain.
func TestRequestsBehindTheHandshake(t *testing.T) {
	e := newEnsemble(t, 5, 3)
	e.RunUntil(2 * time.Second)
	create := func(path string) []byte {
		return wire.EncodeRequest(1, wire.CreateRequest{Path: path, ACL: []wire.ACL{{Perms: wire.PermAll,
			ID: wire.ID{Scheme: "world", ID: "anyone"}}}})
	}
	e.script(func(p host.Process) {
		r := dialRaw(t, p, "n1")
		r.sendAtOnce(wire.ConnectRequest{TimeoutMs: 4000}, create("/a"),
			wire.EncodeRequest(2, wire.GetDataRequest{Path: "/a", Watch: true}), wire.EncodeRequest(wire.XidPing,
				wire.PingRequest{}))
		s := r.wantConnected()
		r.wantNext(1, wire.OK)
		r.wantNext(2, wire.OK)
		r.wantNext(wire.XidPing, wire.OK)
		r.conn.Close()

		other := dialRaw(t, p, "n2")
		other.sendAtOnce(wire.ConnectRequest{TimeoutMs: 4000}, wire.EncodeRequest(1, wire.SetDataRequest{Path: "/a",
			Version: -1}))
		other.wantConnected()
		other.wantNext(1, wire.OK)

		r = dialRaw(t, p, "n3")
		r.sendAtOnce(wire.ConnectRequest{TimeoutMs: 4000, SessionID: s.SessionID, Passwd: s.Passwd, LastZxidSeen: 1},
			wire.EncodeRequest(wire.XidSetWatches, wire.SetWatchesRequest{RelativeZxid: 1, Data: []string{"/a"}}))
		if again := r.wantConnected(); again.SessionID != s.SessionID {
			t.Fatalf("session %#x instead of %#x", again.SessionID, s.SessionID)
		}
		r.wantNext(wire.XidNotification, wire.OK)
		r.wantNext(wire.XidSetWatches, wire.OK)

		stranger := dialRaw(t, p, "n2")
		stranger.sendAtOnce(wire.ConnectRequest{TimeoutMs: 4000, SessionID: s.SessionID, Passwd: make([]byte, 16)},
			create("/b"))
		if answer, err := wire.DecodeConnectResponse(stranger.next()); err != nil || answer.SessionID != 0 {
			t.Fatalf("a wrong password is answered with %+v, %v", answer, err)
		}
		if stranger.next(); !stranger.closed {
			t.Error("the stranger's connection stays")
		}
		if code := other.ask(2, wire.ExistsRequest{Path: "/b"}); code != wire.NoNode {
			t.Errorf("what the stranger asked for is done: %v", code)
		}
	})
}

// A client's handshake, with a request behind it, is late on its way to the leader. It goes to another server, and asks
// for more. What it asked for first must not be done behind that.
func TestALateHandshakeDoesNothing(t *testing.T) {
	e := newEnsemble(t, 7, 3)
	e.RunUntil(2 * time.Second)
	leader, late := e.leader(), e.follower()
	set := func(version string) []byte {
		return wire.EncodeRequest(1, wire.SetDataRequest{Path: "/a", Data: []byte(version), Version: -1})
	}
	e.script(func(p host.Process) {
		r := dialRaw(t, p, leader)
		s, _ := r.attach(wire.ConnectRequest{TimeoutMs: 4000})
		create := wire.CreateRequest{Path: "/a", ACL: []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world",
			ID: "anyone"}}}}
		if code := r.ask(1, create); code != wire.OK {
			t.Fatal(code)
		}
		r.conn.Close()

		for _, other := range e.servers {
			if other != late {
				e.mustDo(e.Cut(late, other))
			}
		}
		again := wire.ConnectRequest{TimeoutMs: 4000, SessionID: s.SessionID, Passwd: s.Passwd}
		first := dialRaw(t, p, late)
		first.sendAtOnce(again, set("first"))
		p.Sleep(100 * time.Millisecond)
		second := dialRaw(t, p, leader)
		second.sendAtOnce(again, set("second"))
		second.wantConnected()
		second.wantNext(1, wire.OK)
		for _, other := range e.servers {
			if other != late {
				e.mustDo(e.Mend(late, other))
			}
		}
		p.Sleep(2 * time.Second)
		if first.next(); !first.closed {
			t.Error("the connection that came first is kept")
		}
	})
	e.do(10*time.Second, func(_ host.Process, c *client.Client) {
		data, _, err := c.SyncGet("/a", nil)
		if must(t, err); string(data) != "second" {
			t.Errorf("what was asked for last is %q", data)
		}
	})
}

// TestMuchBehindTheHandshakeIsNotRead has a client send without end to a server that can give it no session: it stops
// reading, keeps none of it, and sends the client away as it does others.
func TestMuchBehindTheHandshakeIsNotRead(t *testing.T) {
	e := newEnsemble(t, 6, 3)
	e.RunUntil(2 * time.Second)
	for _, s := range e.servers {
		if s != "n1" {
			e.Crash(s)
		}
	}
	e.script(func(p host.Process) {
		r := dialRaw(t, p, "n1")
		ping := wire.EncodeRequest(wire.XidPing, wire.PingRequest{})
		r.sendAtOnce(wire.ConnectRequest{TimeoutMs: 4000})
		for range 1001 {
			r.conn.Send(ping)
		}
		if r.next(); !r.closed {
			t.Error("the connection stays")
		}
		if s := e.node("n1").Stats(); s.Garbage != 0 {
			t.Errorf("%d connections were closed for what they sent", s.Garbage)
		}
	})
}
