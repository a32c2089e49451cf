package cluster_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// newReadable makes an ensemble whose servers serve reads without a leader, and cuts the first off when /a is there.
func newReadable(t *testing.T, seed uint64, change func(*cluster.Config)) *ensemble {
	e := newEnsembleWith(t, seed, 3, func(c *cluster.Config) {
		c.ReadOnly, c.Operator.Words, c.Operator.Version = true, []string{"*"}, "3.8.0"
		change(c)
	})
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/a", []byte("x"), 0)
		must(t, err)
	})
	e.agree()
	for _, s := range e.servers[1:] {
		e.mustDo(e.Cut(s, "n1"))
		e.mustDo(e.Cut("n1", s))
	}
	e.RunUntil(e.Now() + 3*time.Second)
	return e
}

func (e *ensemble) mend() {
	for _, s := range e.servers[1:] {
		e.mustDo(e.Mend(s, "n1"))
		e.mustDo(e.Mend("n1", s))
	}
}

// wantMode asks a server in words whether it is of a mode, and what isro says.
func (e *ensemble) wantMode(s host.Addr, mode, isro string) {
	e.t.Helper()
	for word, want := range map[string]string{"srvr": "\nMode: " + mode, "mntr": "zk_server_state\t" + mode,
		"isro": isro} {
		if text, _ := e.node(s).Text("1.1.1.1:1", word, nil); !strings.Contains(text, want) {
			e.t.Errorf("%s says to %s\n%s", s, word, text)
		}
	}
}

// script runs a test's own conversation with servers.
func (e *ensemble) script(f func(p host.Process)) {
	e.t.Helper()
	done := false
	e.Spawn("c5", func(p host.Process) { f(p); done = true })
	for end := e.Now() + time.Minute; !done && e.Now() < end; {
		e.RunUntil(e.Now() + 10*time.Millisecond)
	}
	if !done {
		e.t.Fatal("the conversation does not end")
	}
}

func TestReadOnlyWithoutALeader(t *testing.T) {
	e := newReadable(t, 1, func(*cluster.Config) {})
	e.wantMode("n1", "read-only", "ro")
	if text, _ := e.node("n1").Text("1.1.1.1:1", "srvr", nil); !strings.Contains(text, "\nREAD-ONLY mode; serving only "+
		"read-only clients\n") {
		t.Errorf("srvr says\n%s", text)
	}
	e.wantMode(e.leader(), "leader", "rw")
	e.script(func(p host.Process) {
		if _, ok := dialRaw(t, p, "n1").attach(wire.ConnectRequest{TimeoutMs: 5000}); ok {
			t.Error("a client that wants to write is taken in")
		}
		reader := dialRaw(t, p, "n1")
		session, ok := reader.attach(wire.ConnectRequest{TimeoutMs: 5000, ReadOnly: true})
		if !ok || session.SessionID == 0 || !session.ReadOnly || session.TimeoutMs != 5000 {
			t.Fatalf("the handshake is answered %+v", session)
		}
		acl := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}
		for i, one := range []struct {
			request wire.Request
			want    wire.Code
		}{
			{wire.GetDataRequest{Path: "/a", Watch: true}, wire.OK}, {wire.GetChildrenRequest{Path: "/"}, wire.OK},
			{wire.ExistsRequest{Path: "/b"}, wire.NoNode}, {wire.CreateRequest{Path: "/b", ACL: acl}, wire.NotReadOnly},
			{wire.SetDataRequest{Path: "/a", Version: -1}, wire.NotReadOnly}, {wire.DeleteRequest{Path: "/a", Version: -1},
				wire.NotReadOnly},
			{wire.SyncRequest{Path: "/"}, wire.NotReadOnly}, {wire.MultiRequest{}, wire.NotReadOnly},
			{wire.ReconfigRequest{ConfigID: -1}, wire.NotReadOnly}, {wire.GetDataRequest{Path: "/a"}, wire.OK},
		} {
			if got := reader.ask(int32(i+1), one.request); got != one.want {
				t.Errorf("%+v is answered %v", one.request, got)
			}
		}
		e.comeBack(p, session)
		e.mend()
		for end := p.Now() + 5*time.Second; !reader.closed && p.Now() < end; {
			p.Sleep(50 * time.Millisecond)
		}
		p.Sleep(time.Second)
		if again, ok := dialRaw(t, p, "n1").attach(wire.ConnectRequest{SessionID: session.SessionID, Passwd: session.Passwd,
			ReadOnly: true}); !ok || again.SessionID != 0 {
			t.Errorf("with a leader a session of one server is answered %+v", again)
		}
		fresh, ok := dialRaw(t, p, "n1").attach(wire.ConnectRequest{TimeoutMs: 5000, ReadOnly: true})
		if !ok || fresh.SessionID == 0 || fresh.ReadOnly {
			t.Errorf("with a leader a client that makes do with reads is answered %+v", fresh)
		}
	})
	e.wantMode("n1", "follower", "rw")
	e.agree()
}

// comeBack tries what a client does that has lost its connection.
func (e *ensemble) comeBack(p host.Process, session wire.ConnectResponse) {
	back := dialRaw(e.t, p, "n1")
	if again, ok := back.attach(wire.ConnectRequest{SessionID: session.SessionID, Passwd: session.Passwd,
		ReadOnly: true}); !ok || again.SessionID != session.SessionID {
		e.t.Errorf("who comes back is answered %+v", again)
	}
	if code := back.ask(1, wire.CloseSessionRequest{}); code != wire.OK {
		e.t.Errorf("to close the session is answered %v", code)
	}
	for _, passwd := range [][]byte{session.Passwd, make([]byte, 16)} {
		r, ok := dialRaw(e.t, p, "n1").attach(wire.ConnectRequest{SessionID: session.SessionID, Passwd: passwd,
			ReadOnly: true})
		if !ok || r.SessionID != 0 {
			e.t.Errorf("a session that was closed is answered %+v", r)
		}
	}
	if _, ok := dialRaw(e.t, p, "n1").attach(wire.ConnectRequest{LastZxidSeen: 1 << 60, ReadOnly: true}); ok {
		e.t.Error("a client that has seen more is taken in")
	}
}

// A session of the ensemble goes on where there is no leader, and afterwards.
func TestSessionGoesOnReadOnly(t *testing.T) {
	e := newReadable(t, 2, func(*cluster.Config) {})
	e.mend()
	e.RunUntil(e.Now() + 2*time.Second)
	e.script(func(p host.Process) {
		c := dialRaw(t, p, "n1")
		s, ok := c.attach(wire.ConnectRequest{TimeoutMs: 10_000, ReadOnly: true})
		if !ok || s.SessionID == 0 || s.ReadOnly {
			t.Fatalf("%+v", s)
		}
		for _, other := range e.servers[1:] {
			e.mustDo(e.Cut(other, "n1"))
			e.mustDo(e.Cut("n1", other))
		}
		p.Sleep(3 * time.Second)
		if !c.closed {
			t.Error("without a leader its connection stays")
		}
		again := wire.ConnectRequest{SessionID: s.SessionID, Passwd: s.Passwd, TimeoutMs: 9000, ReadOnly: true}
		c = dialRaw(t, p, "n1")
		if r, ok := c.attach(again); !ok || r.SessionID != s.SessionID || !r.ReadOnly || r.TimeoutMs != 9000 {
			t.Errorf("without a leader it is answered %+v", r)
		}
		e.mend()
		p.Sleep(3 * time.Second)
		if r, ok := dialRaw(t, p, "n2").attach(again); !c.closed || !ok || r.SessionID != s.SessionID || r.ReadOnly {
			t.Errorf("afterwards it is answered %+v", r)
		}
	})
}

// A session of one server ends when its client is silent, and not before.
func TestLocalSessionExpires(t *testing.T) {
	e := newReadable(t, 3, func(*cluster.Config) {})
	e.script(func(p host.Process) {
		quiet, lively := dialRaw(t, p, "n1"), dialRaw(t, p, "n1")
		for _, r := range []*raw{quiet, lively} {
			if _, ok := r.attach(wire.ConnectRequest{TimeoutMs: 1000, ReadOnly: true}); !ok {
				t.Fatal("no session")
			}
		}
		for range 5 {
			p.Sleep(500 * time.Millisecond)
			if code := lively.ask(wire.XidPing, wire.PingRequest{}); code != wire.OK {
				t.Errorf("a ping is answered %v", code)
			}
		}
		if !quiet.closed || lively.closed {
			t.Errorf("the silent one is closed: %v; the other: %v", quiet.closed, lively.closed)
		}
		if s := e.node("n1").Stats(); s.LocalSessions != 1 || s.Connections != 1 {
			t.Errorf("there are %d sessions and %d connections", s.LocalSessions, s.Connections)
		}
	})
}

// Without the setting everybody is turned away.
func TestReadOnlyIsAskedFor(t *testing.T) {
	e := newReadable(t, 4, func(c *cluster.Config) { c.ReadOnly = false })
	if text, _ := e.node("n1").Text("1.1.1.1:1", "isro", nil); text != "null" {
		t.Errorf("isro says %q", text)
	}
	e.script(func(p host.Process) {
		if _, ok := dialRaw(t, p, "n1").attach(wire.ConnectRequest{ReadOnly: true}); ok {
			t.Error("a client is taken in")
		}
	})
}
