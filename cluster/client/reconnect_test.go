package client_test

import (
	"slices"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// TestAnEagerClientSendsWhatWaits: at once behind its handshake, and once.
func TestAnEagerClientSendsWhatWaits(t *testing.T) {
	w := newWorld()
	_, servers := newService(w, "n1", "n2")
	c := client.New(w, client.Config{Servers: []host.Addr{"n1", "n2"}, SessionTimeout: 4 * time.Second, Eager: true})
	must(t, c.Sync("/"))
	_, _, err := c.Exists("/a", client.NewWatch())
	must(t, err)
	old := at(servers)
	old.stop()
	var sent []int32
	waits := c.Submit(wire.SyncRequest{Path: "/"}, nil, nil)
	waits.OnSent(func() { sent = append(sent, waits.Xid()) })
	must(t, waits.Wait())
	now := at(servers)
	if got := ops(now); now == old || !slices.Equal(got, []string{"createSession", "setWatches", "sync"}) {
		t.Errorf("the other server saw %q", got)
	}
	if len(sent) != 1 || sent[0] != waits.Xid() {
		t.Errorf("sent as %v, and the xid is %d", sent, waits.Xid())
	}
}

// TestAClientGoesOnWithAnothersNumbers takes a session over.
func TestAClientGoesOnWithAnothersNumbers(t *testing.T) {
	w, _, _, first := start(t, 1)
	second := client.New(w, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 4 * time.Second,
		Session: first.Credentials(), Xid: first.LastXid()})
	must(t, second.Sync("/"))
	if second.LastXid() != first.LastXid()+1 || second.ReadOnly() {
		t.Errorf("xid %d behind %d", second.LastXid(), first.LastXid())
	}
}
