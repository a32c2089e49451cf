package main

import (
	"log/slog"
	"testing"
	"time"

	"ordeal/cluster/wire"
	"ordeal/server"
)

// TestLoadReachesAServer fills a server and loads it, and looks at what is there then.
func TestLoadReachesAServer(t *testing.T) {
	e, err := server.StartEnsemble(t.TempDir(), 1, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r := &running{product: product{name: "a server"}, addrs: e.Addrs()}
	if err := r.await(); err != nil {
		t.Fatal(err)
	}
	const count, clients, outstanding = 700, 2, 3
	if err := fill(r.addrs[0], count); err != nil {
		t.Fatal(err)
	}
	// A window that is over: each client has its first requests answered and stops.
	c, err := load{write: true, clients: clients, outstanding: outstanding}.gather(r.addrs, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	took, err := c.drive(window{to: time.Now()})
	if err != nil || len(took) != 0 {
		t.Fatalf("%d requests ended in a window that was over: %v", len(took), err)
	}
	if n := statOf(t, r.addrs[0], "/filled").NumChildren; n != count {
		t.Errorf("there are %d znodes and not %d", n, count)
	}
	if v := statOf(t, r.addrs[0], "/bench-1").Version; v != outstanding {
		t.Errorf("the second client's znode was set %d times and not %d", v, outstanding)
	}
}

func statOf(t *testing.T, addr, path string) wire.Stat {
	t.Helper()
	s, err := openSession(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.send(wire.ExistsRequest{Path: path}); err != nil {
		t.Fatal(err)
	}
	frame, err := s.read()
	if err != nil {
		t.Fatal(err)
	}
	s.answered++
	_, response, err := wire.DecodeReply(wire.OpExists, frame)
	if err != nil || response == nil {
		t.Fatalf("%s: %v, %v", path, response, err)
	}
	return response.(wire.ExistsResponse).Stat
}
