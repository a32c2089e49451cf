package client_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Everything that comes from a server is told in the order in which it comes, across a change of connections.
func TestWhatIsHeardIsToldInOrder(t *testing.T) {
	w := newWorld()
	s, servers := newService(w, "n1", "n2")
	var told []string
	note := func(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }
	c := client.New(w, client.Config{
		Servers: []host.Addr{"n1", "n2"}, SessionTimeout: 4 * time.Second,
		Heard: client.Heard{
			Attached:  func() { note("attached") },
			Event:     func(_ int64, e wire.WatcherEvent) { note("%v %s", e.Type, e.Path) },
			Claiming:  func(scheme string, auth []byte) { note("claiming %s %s", scheme, auth) },
			Claimed:   func(code wire.Code) { note("claimed %v", code.String()) },
			Rewatched: func(_ int64, r wire.SetWatchesRequest) { note("watches %v %v %v", r.Data, r.Child, r.Persistent) },
		},
	})
	must(t, c.Sync("/"))
	s.create("/a", nil)
	s.create("/b", nil)
	ended := func(p *client.Pending) { note("%d: %v", p.Xid(), p.Err()) }
	for _, path := range []string{"/a", "/b"} {
		c.Submit(wire.GetDataRequest{Path: path, Watch: true}, client.NewWatch(), ended)
	}
	c.Submit(wire.AddWatchRequest{Path: "/a"}, nil, ended)
	c.Submit(wire.AddWatchRequest{Path: "/a"}, nil, ended)
	must(t, c.AddAuth("digest", []byte("ada:1")))
	set := c.Submit(wire.SetDataRequest{Path: "/a", Version: wire.AnyVersion}, nil, ended)
	must(t, set.Wait())
	if set.Zxid() != s.zxid || set.Response() == nil {
		t.Errorf("the write shows zxid %d and %v, the service is at %d", set.Zxid(), set.Response(), s.zxid)
	}
	lost := c.Submit(wire.SetDataRequest{Path: "/b", Version: 9}, nil, ended)
	at(servers).stop()
	wantErr(t, lost.Wait(), client.ErrConnectionLoss)
	must(t, c.Sync("/"))
	want := []string{"attached", "claiming digest ada:1", "2: <nil>", "3: <nil>", "4: <nil>", "5: <nil>", "claimed OK",
		"NodeDataChanged /a",
		"6: <nil>", "7: the service answered ConnectionLoss", "attached", "claiming digest ada:1", "claimed OK",
		"watches [/b] [] [/a]"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	c.Abandon()
	unsent := c.Submit(wire.SyncRequest{Path: "/"}, nil, ended)
	if unsent.Err() != client.ErrClosed || unsent.Xid() != 0 {
		t.Errorf("after the end: %v, xid %d", unsent.Err(), unsent.Xid())
	}
}
