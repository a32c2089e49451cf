package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func newLocal(t *testing.T, seed uint64, upgrade bool) *ensemble {
	e := newEnsembleWith(t, seed, 3, func(c *cluster.Config) { c.LocalSessions, c.UpgradeSessions = true, upgrade })
	e.RunUntil(2 * time.Second)
	return e
}

func creating(path string, flags int32) wire.CreateRequest {
	return wire.CreateRequest{Path: path, Flags: flags, ACL: []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world",
		ID: "anyone"}}}}
}

func (e *ensemble) wantSessions(p host.Process, global int) {
	e.t.Helper()
	p.Sleep(500 * time.Millisecond)
	for _, s := range e.servers {
		if got := e.node(s).Status().Sessions; got != global {
			e.t.Errorf("%s knows of %d sessions, want %d", s, got, global)
		}
	}
}

func TestLocalSession(t *testing.T) {
	e := newLocal(t, 1, false)
	e.script(func(p host.Process) {
		before := e.node("n1").Status().Zxid
		c := dialRaw(t, p, "n1")
		s, ok := c.attach(wire.ConnectRequest{TimeoutMs: 4000})
		if !ok || s.SessionID == 0 || s.ReadOnly || e.node("n1").Status().Zxid != before {
			t.Fatalf("the handshake is answered %+v, and costs %d transactions", s, e.node("n1").Status().Zxid-before)
		}
		for i, one := range []struct {
			request wire.Request
			want    wire.Code
		}{
			{creating("/p", 0), wire.OK}, {creating("/e", wire.FlagEphemeral), wire.EphemeralOnLocalSession},
			{creating("/e", wire.FlagEphemeral|wire.FlagSequential), wire.EphemeralOnLocalSession},
			{wire.MultiRequest{Ops: []wire.Request{creating("/q", 0), creating("/e", wire.FlagEphemeral)}},
				wire.EphemeralOnLocalSession},
			{wire.MultiRequest{Ops: []wire.Request{creating("/q", 0)}}, wire.OK}, {wire.SyncRequest{Path: "/"}, wire.OK},
			{wire.GetDataRequest{Path: "/q"}, wire.OK}, {wire.GetDataRequest{Path: "/e"}, wire.NoNode},
		} {
			if got := c.ask(int32(i+1), one.request); got != one.want {
				t.Errorf("%+v is answered %v", one.request, got)
			}
		}
		e.wantSessions(p, 0)
		back := wire.ConnectRequest{SessionID: s.SessionID, Passwd: s.Passwd, TimeoutMs: 3000}
		if r, ok := dialRaw(t, p, "n2").attach(back); !ok || r.SessionID != 0 {
			t.Errorf("another server answers %+v", r)
		}
		c = dialRaw(t, p, "n1")
		if r, ok := c.attach(back); !ok || r.SessionID != s.SessionID || r.TimeoutMs != 3000 {
			t.Errorf("its own server answers %+v", r)
		}
		if code := c.ask(1, wire.CloseSessionRequest{}); code != wire.OK || e.node("n1").Stats().LocalSessions != 0 {
			t.Errorf("to close it is answered %v, and %d are left", code, e.node("n1").Stats().LocalSessions)
		}
	})
	e.agree()
}

// TestFlagsInAMultiUpgrade: in a multi the flags alone say that a znode is ephemeral, whichever create it is.
func TestFlagsInAMultiUpgrade(t *testing.T) {
	for _, upgrades := range []bool{false, true} {
		e := newLocal(t, 2, upgrades)
		e.script(func(p host.Process) {
			c := dialRaw(t, p, "n1")
			c.attach(wire.ConnectRequest{TimeoutMs: 4000})
			plain := creating("/e", wire.FlagEphemeral)
			code := c.ask(1, wire.MultiRequest{Ops: []wire.Request{
				wire.CreateContainerRequest{Path: plain.Path, ACL: plain.ACL, Flags: plain.Flags},
			}})
			there := c.ask(2, wire.ExistsRequest{Path: "/e"})
			if upgraded := code == wire.OK && there == wire.OK; upgraded != upgrades ||
				!upgrades && code != wire.EphemeralOnLocalSession {
				t.Errorf("upgrades %v: the multi is answered %v, and the znode's exists %v", upgrades, code, there)
			}
		})
	}
}

func TestLocalSessionIsUpgraded(t *testing.T) {
	e := newLocal(t, 2, true)
	e.script(func(p host.Process) {
		c := dialRaw(t, p, "n1")
		s, _ := c.attach(wire.ConnectRequest{TimeoutMs: 4000})
		c.ask(1, creating("/p", 0))
		e.wantSessions(p, 0)
		c.conn.Send(wire.EncodeRequest(2, creating("/e1", wire.FlagEphemeral))) // and at once, without waiting:
		c.conn.Send(wire.EncodeRequest(3, wire.MultiRequest{Ops: []wire.Request{creating("/e2", wire.FlagEphemeral)}}))
		c.next()
		c.next()
		if code := c.ask(4, wire.SetDataRequest{Path: "/p", Version: -1}); code != wire.OK {
			t.Errorf("a write of the upgraded session is answered %v", code)
		}
		e.wantSessions(p, 1)
		if left := e.node("n1").Stats().LocalSessions; left != 0 {
			t.Errorf("%d local sessions are left", left)
		}
		c = dialRaw(t, p, "n2") // it is the ensemble's now
		if r, ok := c.attach(wire.ConnectRequest{SessionID: s.SessionID, Passwd: s.Passwd, TimeoutMs: 3000}); !ok ||
			r.SessionID != s.SessionID || r.TimeoutMs != 3000 {
			t.Errorf("another server answers %+v", r)
		}
		for i, path := range []string{"/e1", "/e2"} {
			if code := c.ask(int32(i+1), wire.ExistsRequest{Path: path}); code != wire.OK {
				t.Errorf("%s: %v", path, code)
			}
		}
		c.conn.Close()
		p.Sleep(6 * time.Second)
		e.wantSessions(p, 0)
		look := dialRaw(t, p, "n3")
		look.attach(wire.ConnectRequest{})
		if code := look.ask(1, wire.ExistsRequest{Path: "/e1"}); code != wire.NoNode {
			t.Errorf("when the session has expired its ephemeral is there: %v", code)
		}
	})
	e.agree()
}

// A change may leave one voter if the server's settings say so, and that one leads.
func TestDownToOne(t *testing.T) {
	e := newEnsembleWith(t, 7, 3, func(c *cluster.Config) {
		c.SkipACL, c.Reconfig, c.Announce, c.Settings = true, true, []byte(lines(1, 2, 3)+"\nversion=0"), tree.OneVoter
	})
	e.do(30*time.Second, func(p host.Process, c *client.Client) { wantServers(t, reconfig(t, p, c, leaving("2,3")), 1) })
	for _, s := range []host.Addr{"n2", "n3"} {
		e.mustDo(e.Crash(s))
		e.leaves(s)
	}
	e.survives()
	if s := e.node("n1").Stats(); s.State != "leader" {
		t.Errorf("the one that is left is %q", s.State)
	}
}
