// Package servertest runs the service inside Go tests, in the spirit of net/http/httptest: real servers, on loopback,
// that any ZooKeeper client can connect to.
package servertest

import (
	"log/slog"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server"
)

// TB is what the package needs of a testing.TB.
type TB interface {
	Helper()
	Cleanup(func())
	TempDir() string
	Fatalf(format string, args ...any)
}

// serviceMax is how long an ensemble may take to serve. It takes a fraction of a second where nothing else runs.
const serviceMax = time.Minute

// Start starts one server that stands alone, with its data in the test's own folder. It is stopped when the test ends.
func Start(t TB) *server.Ensemble {
	t.Helper()
	return StartEnsemble(t, 1)
}

// StartEnsemble starts n servers that form an ensemble. Single ones can be stopped and started again; all are stopped
// when the test ends. When it returns they serve.
func StartEnsemble(t TB, n int) *server.Ensemble {
	t.Helper()
	e, err := server.StartEnsemble(t.TempDir(), n, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("servertest: %v", err)
		return nil
	}
	t.Cleanup(e.Close)
	if err := e.AwaitService(serviceMax); err != nil {
		t.Fatalf("servertest: %v", err)
	}
	return e
}

// Do starts one server, has a process do something with its clients, and returns when that has ended. connect makes a
// client of the server, which do is to close.
func Do(t TB, do func(p host.Process, connect func() *client.Client)) {
	t.Helper()
	addr := Start(t).Addrs()[0]
	p := oshost.StartProcess(oshost.ProcessConfig{
		Self: "test", Servers: map[host.Addr]string{"server": addr}, Logger: slog.New(slog.DiscardHandler),
	}, func(p host.Process) {
		do(p, func() *client.Client { return client.New(p, client.Config{Servers: []host.Addr{"server"}}) })
	})
	<-p.Done()
}
