package client_test

import (
	"slices"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func TestClaimsAreMadeAgainBeforeWatchesAndRequests(t *testing.T) {
	_, s, servers, c := start(t, 2)
	s.create("/a", nil)
	must(t, c.AddAuth("digest", []byte("ada:1")))
	must(t, c.AddAuth("digest", []byte("bob:2")))
	_, _, err := c.Get("/a", client.NewWatch())
	must(t, err)
	at(servers).stop()
	must(t, c.Sync("/"))
	now := at(servers)
	if got := ops(now); !slices.Equal(got, []string{"createSession", "auth", "auth", "setWatches", "sync"}) {
		t.Fatalf("the next server saw %v", got)
	}
	if first := now.seen[1].(wire.AuthRequest); first.Scheme != "digest" || string(first.Auth) != "ada:1" {
		t.Errorf("the first claim is %+v", first)
	}
}

func TestARefusedClaimIsNotMadeAgain(t *testing.T) {
	_, _, servers, c := start(t, 2)
	wantErr(t, c.AddAuth("digest", []byte("wrong")), wire.AuthFailed)
	at(servers).stop()
	must(t, c.Sync("/"))
	if got := ops(at(servers)); slices.Contains(got, "auth") {
		t.Errorf("the next server saw %v", got)
	}
}

// TestClaimsFromTheStart: who the configuration names is said before the first request.
func TestClaimsFromTheStart(t *testing.T) {
	w := newWorld()
	_, servers := newService(w, "n1")
	c := client.New(w, client.Config{Servers: []host.Addr{"n1"},
		Claims: []wire.AuthRequest{{Scheme: "digest", Auth: []byte("ada:1")}}})
	must(t, c.Sync("/"))
	if got := ops(at(servers)); !slices.Equal(got, []string{"createSession", "auth", "sync"}) {
		t.Errorf("the server saw %v", got)
	}
}

func TestAClaimWaitsForAConnection(t *testing.T) {
	w, _, servers, c := start(t, 1)
	servers[0].stop()
	w.After(500*time.Millisecond, func() { servers[0].down = false })
	must(t, c.AddAuth("digest", []byte("ada:1")))
	ids, err := c.WhoAmI()
	must(t, err)
	if len(ids) != 1 || ids[0].Scheme != "ip" {
		t.Errorf("the client is taken for %v", ids)
	}
	servers[0].stop()
	if err := c.AddAuth("digest", []byte("bob:2")); err != client.ErrConnectionLoss {
		t.Errorf("no server is there, and the claim ended with %v", err)
	}
	c.Abandon()
	if err := c.AddAuth("digest", []byte("bob:2")); err != client.ErrClosed {
		t.Errorf("the client is closed, and the claim ended with %v", err)
	}
}
