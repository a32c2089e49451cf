package client_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// start makes n servers and a client that is connected to one of them.
func start(t *testing.T, n int) (*world, *service, []*server, *client.Client) {
	t.Helper()
	w := newWorld()
	var names []host.Addr
	for i := range n {
		names = append(names, host.Addr(fmt.Sprintf("n%d", i+1)))
	}
	s, servers := newService(w, names...)
	c := client.New(w, client.Config{Servers: names, SessionTimeout: 4 * time.Second})
	if err := c.Sync("/"); err != nil {
		t.Fatalf("the first request: %v", err)
	}
	return w, s, servers, c
}

// at is the server that the client is connected to.
func at(servers []*server) *server {
	for _, s := range servers {
		for _, c := range s.conns {
			if !c.gone {
				return s
			}
		}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("the error is %v, want %v", got, want)
	}
}

// ops names the requests that a server saw.
func ops(s *server) (names []string) {
	for _, r := range s.seen {
		names = append(names, r.Op().String())
	}
	return names
}

func TestOperationsCarryArgumentsAndAnswers(t *testing.T) {
	_, s, _, c := start(t, 1)
	created, stat, err := c.Create("/a", []byte("1"), 0)
	must(t, err)
	if created != "/a" || stat.Czxid != 1 {
		t.Errorf("created %q at %d", created, stat.Czxid)
	}
	_, _, err = c.Create("/a", nil, 0)
	wantErr(t, err, wire.NodeExists)
	stat, err = c.Set("/a", []byte("2"), wire.AnyVersion)
	must(t, err)
	data, got, err := c.SyncGet("/a", nil)
	must(t, err)
	if string(data) != "2" || got != stat || stat.Version != 1 {
		t.Errorf("got %q %+v, set %+v", data, got, stat)
	}
	_, _, err = c.Get("/none", nil)
	wantErr(t, err, wire.NoNode)
	_, found, err := c.Exists("/none", nil)
	must(t, err)
	if found {
		t.Error("/none exists")
	}
	s.create("/a/b", nil)
	names, _, err := c.SyncChildren("/a", nil)
	must(t, err)
	if len(names) != 1 || names[0] != "b" {
		t.Errorf("children %q", names)
	}
	results, err := c.Multi(wire.CheckRequest{}, wire.CheckRequest{})
	wantErr(t, err, wire.BadVersion)
	if len(results) != 2 {
		t.Errorf("%d results of a multi of 2", len(results))
	}
	if c.LastZxid() != s.zxid {
		t.Errorf("the last zxid is %d, the service's %d", c.LastZxid(), s.zxid)
	}
}

func TestHandshakeTakesWhatTheClusterGrants(t *testing.T) {
	_, _, servers, c := start(t, 1)
	first := servers[0].seen[0].(attach)
	if first.SessionID != 0 || first.TimeoutMs != 4000 || len(first.Passwd) != 16 {
		t.Errorf("the first connect request is %+v", first)
	}
	if id, ok := c.Session(); id != 77 || !ok {
		t.Errorf("session %d, %v", id, ok)
	}
	if c.Timeout() != 3*time.Second || !c.Connected() || !c.Alive() {
		t.Errorf("timeout %v, connected %v", c.Timeout(), c.Connected())
	}
}

func TestSessionMovesToTheNextServer(t *testing.T) {
	_, s, servers, c := start(t, 3)
	s.create("/a", nil)
	_, _, err := c.Get("/a", nil)
	must(t, err)
	old := at(servers)
	old.stop()
	_, _, err = c.Get("/a", nil)
	must(t, err)
	now := at(servers)
	again := now.seen[0].(attach)
	if now == old || again.SessionID != 77 || string(again.Passwd) != "password of 0007" || again.LastZxidSeen != 1 {
		t.Errorf("attached to %s with %+v", now.name, again)
	}
}

func TestTheNextServerIsToHaveWhatAnEventTold(t *testing.T) {
	w, s, servers, c := start(t, 2)
	s.create("/a", nil)
	watch := client.NewWatch()
	_, _, err := c.Get("/a", watch)
	must(t, err)
	old := at(servers)
	old.set(wire.SetDataRequest{Path: "/a"})
	w.Sleep(time.Millisecond)
	old.stop()
	_, _, err = c.Get("/a", nil)
	must(t, err)
	seen := at(servers).seen
	if again := seen[0].(attach); again.LastZxidSeen != 2 {
		t.Errorf("the event of transaction 2 came, and the next server is to have %d", again.LastZxidSeen)
	}
	if len(seen) != 2 {
		t.Errorf("the watch has fired, and the next server got %v", ops(at(servers)))
	}
}

func TestServersThatAreDownAreSkipped(t *testing.T) {
	w := newWorld()
	_, servers := newService(w, "n1", "n2", "n3")
	servers[0].down, servers[2].mute = true, true
	c := client.New(w, client.Config{Servers: []host.Addr{"n1", "n2", "n3"}})
	must(t, c.Sync("/"))
	if at(servers[1:2]) == nil {
		t.Error("not connected to n2")
	}
}

func TestARequestInFlightAtTheLossIsNeverSentAgain(t *testing.T) {
	w, _, servers, c := start(t, 2)
	s := at(servers)
	s.mute = true
	w.After(50*time.Millisecond, s.stop)
	_, _, err := c.Create("/a", nil, 0)
	wantErr(t, err, client.ErrConnectionLoss)
	must(t, c.Sync("/"))
	for _, srv := range servers {
		for _, r := range srv.seen {
			if r.Op() == wire.OpCreate2 && srv != s {
				t.Errorf("%s saw the request too", srv.name)
			}
		}
	}
}

func TestARequestWithoutAnyServerEndsInTime(t *testing.T) {
	w, _, servers, c := start(t, 1)
	servers[0].stop()
	from := w.now
	_, err := c.Set("/a", nil, 0)
	wantErr(t, err, client.ErrNotSent)
	if took := w.now - from; took != 4*time.Second {
		t.Errorf("it took %v", took)
	}
	servers[0].down = false
	must(t, c.Sync("/"))
	if got := ops(servers[0]); len(got) != 4 {
		t.Errorf("the server saw %v", got) // twice a connect request, twice a sync, and no set
	}
}

func TestASilentServerIsLeft(t *testing.T) {
	w, _, servers, c := start(t, 2)
	s := at(servers)
	s.mute = true
	from := c.LastContact()
	_, _, err := c.Get("/a", nil)
	wantErr(t, err, client.ErrConnectionLoss)
	if took := w.now - from; took < 2*time.Second || took > 2010*time.Millisecond {
		t.Errorf("it took %v, two thirds of the session's timeout is 2s", took)
	}
	must(t, c.Sync("/"))
	if at(servers) == s {
		t.Error("still at the silent server")
	}
}

func TestARequestThatIsNotAnsweredInTimeEndsTheConnection(t *testing.T) {
	w := newWorld()
	_, servers := newService(w, "n1", "n2")
	c := client.New(w, client.Config{Servers: []host.Addr{"n1", "n2"}, RequestTimeout: 300 * time.Millisecond})
	must(t, c.Sync("/"))
	at(servers).mute = true
	from := w.now
	wantErr(t, c.Delete("/a", wire.AnyVersion), client.ErrConnectionLoss)
	if took := w.now - from; took != 300*time.Millisecond || c.Connected() {
		t.Errorf("it took %v, and connected is %v", took, c.Connected())
	}
	must(t, c.Sync("/"))
}

func TestPingsKeepAnIdleSession(t *testing.T) {
	w, _, servers, c := start(t, 1)
	s := servers[0]
	w.Sleep(10 * time.Second)
	if len(s.pings) != 10 || len(s.conns) != 1 {
		t.Errorf("%d pings and %d connections in 10s", len(s.pings), len(s.conns))
	}
	if w.now-c.LastContact() > 1010*time.Millisecond || c.Overdue() {
		t.Errorf("the last contact was at %v", c.LastContact())
	}
	s.pings = nil
	for range 10 {
		w.Sleep(900 * time.Millisecond)
		must(t, c.Sync("/"))
	}
	if len(s.pings) != 0 {
		t.Errorf("%d pings on a busy connection", len(s.pings))
	}
}

func TestAnswersOutOfOrderEndTheConnection(t *testing.T) {
	_, _, servers, c := start(t, 1)
	servers[0].reply = func(xid int32) int32 { return xid + 1 }
	_, _, err := c.Get("/a", nil)
	wantErr(t, err, client.ErrConnectionLoss)
	servers[0].reply = func(xid int32) int32 { return xid }
	must(t, c.Sync("/"))
	if n := len(servers[0].conns); n != 2 {
		t.Errorf("%d connections, want a second one", n)
	}
}

func TestExpiryIsFinal(t *testing.T) {
	w, s, servers, c := start(t, 2)
	s.create("/a", nil)
	watch := client.NewWatch()
	_, _, err := c.Get("/a", watch)
	must(t, err)
	for _, srv := range servers {
		srv.stop()
	}
	w.Sleep(10 * time.Second)
	if !c.Overdue() || c.Expired() {
		t.Errorf("overdue %v, expired %v: only the cluster ends a session", c.Overdue(), c.Expired())
	}
	clear(s.sessions)
	servers[0].down = false
	_, err = c.Set("/a", nil, wire.AnyVersion)
	wantErr(t, err, client.ErrSessionExpired)
	if !c.Expired() || c.Alive() || client.MaybeApplied(err) {
		t.Error("the client does not know that its session is over")
	}
	wantErr(t, c.Sync("/"), client.ErrSessionExpired)
	e, ok := watch.Wait(0)
	if !ok || e.Err != client.ErrSessionExpired {
		t.Errorf("the watch says %+v, %v", e, ok)
	}
}

func TestASessionIsTakenOver(t *testing.T) {
	w, s, servers, c := start(t, 1)
	other := client.New(w, client.Config{Servers: []host.Addr{"n1"}, Session: c.Credentials()})
	must(t, other.Sync("/"))
	if id, ok := other.Session(); id != 77 || !ok || len(s.sessions) != 1 {
		t.Errorf("session %d of %d", id, len(s.sessions))
	}
	must(t, other.Close())
	servers[0].conns[0].breakOff() // as a server does whose session is gone
	wantErr(t, c.Sync("/"), client.ErrSessionExpired)
}

func TestCloseEndsTheSessionAndAbandonDoesNot(t *testing.T) {
	_, s, _, c := start(t, 1)
	must(t, c.Close())
	if len(s.sessions) != 0 {
		t.Error("the session is still there")
	}
	wantErr(t, c.Sync("/"), client.ErrClosed)
	w, s, servers, c := start(t, 1)
	c.Abandon()
	wantErr(t, c.Sync("/"), client.ErrClosed)
	w.Sleep(time.Minute)
	if !s.sessions[77] || at(servers) != nil {
		t.Error("an abandoned client leaves its session alone and its connection closed")
	}
}

func TestMaybeApplied(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, true},
		{client.ErrConnectionLoss, true},
		{wire.OperationTimeout, true},
		{fmt.Errorf("an unknown error"), true},
		{fmt.Errorf("wrapped: %w", wire.BadVersion), false},
		{client.ErrNotSent, false},
		{client.ErrClosed, false},
		{client.ErrSessionExpired, false},
		{wire.SessionMoved, false},
	} {
		if got := client.MaybeApplied(c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}
