package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/host/oshost"
)

// Ensemble is several real servers in this process, on loopback, for trying things and for tests. One alone is an
// ensemble too.
type Ensemble struct {
	configs []zoocfg.Config
	servers []*Server // nil for one that is stopped
	log     *slog.Logger
}

// ensembleMax is how many servers one process may run.
const ensembleMax = 9

// ensembleTick is the tickTime of an ensemble: its servers are close to each other.
const ensembleTick = 200 * time.Millisecond

// StartEnsemble starts n servers on free ports of loopback, with their data in folders below dir.
func StartEnsemble(dir string, n int, log *slog.Logger) (*Ensemble, error) {
	if n < 1 || n > ensembleMax {
		return nil, fmt.Errorf("an ensemble of %d servers: it must be from 1 to %d", n, ensembleMax)
	}
	members, err := freeMembers(n)
	if err != nil {
		return nil, err
	}
	e := &Ensemble{servers: make([]*Server, n), log: log}
	for i, m := range members {
		c := zoocfg.Config{DataDir: filepath.Join(dir, fmt.Sprint(i+1)), ClientAddr: m.ClientAddr,
			TickTime: ensembleTick, Standalone: true}
		if n > 1 {
			c.Servers = members
		}
		e.configs = append(e.configs, c)
	}
	for i := range n {
		if err := e.Start(i); err != nil {
			e.Close()
			return nil, err
		}
	}
	return e, nil
}

// freeMembers are n servers on free ports of loopback. Each has a port for elections too, which nothing listens on, and
// says where it takes clients: Java's clients want both of the configuration that they read.
func freeMembers(n int) ([]zoocfg.Server, error) {
	var members []zoocfg.Server
	for i := range n {
		var addrs [3]string
		for k := range addrs {
			var err error
			if addrs[k], err = oshost.FreeAddr(); err != nil {
				return nil, err
			}
		}
		election, err := netip.ParseAddrPort(addrs[1])
		if err != nil {
			return nil, err
		}
		members = append(members, zoocfg.Server{
			ID: uint64(i + 1), Addr: addrs[0], ElectionPort: election.Port(), ClientAddr: addrs[2],
		})
	}
	return members, nil
}

// Addrs is where clients connect, by server.
func (e *Ensemble) Addrs() []string {
	var addrs []string
	for _, c := range e.configs {
		addrs = append(addrs, c.ClientAddr)
	}
	return addrs
}

// AwaitService waits until a client is served, for so long at most.
func (e *Ensemble) AwaitService(limit time.Duration) error {
	config := oshost.ProcessConfig{Self: "probe", Servers: make(map[host.Addr]string), Logger: e.log}
	var names []host.Addr
	for i, addr := range e.Addrs() {
		name := serverName(uint64(i + 1))
		names = append(names, name)
		config.Servers[name] = addr
	}
	p := oshost.StartProcess(config, func(p host.Process) {
		c := client.New(p, client.Config{Servers: names, SessionTimeout: limit})
		for c.Sync("/") != nil {
			p.Sleep(ensembleTick / 10)
		}
		_ = c.Close()
	})
	defer p.Stop()
	select {
	case <-p.Done():
		return nil
	case <-time.After(limit):
		return fmt.Errorf("no client was served within %v", limit)
	}
}

// Start starts the i-th server, from 0, that was stopped, from what is in its folder.
func (e *Ensemble) Start(i int) (err error) {
	if e.servers[i] != nil {
		return fmt.Errorf("server %d runs already", i+1)
	}
	e.servers[i], err = Start(e.configs[i], uint64(i+1), e.log)
	return err
}

// Stop stops the i-th server at once, as a crash of its process would: its folder keeps what was synced.
func (e *Ensemble) Stop(i int) error {
	if e.servers[i] == nil {
		return errors.New("the server is stopped already")
	}
	e.servers[i].machine.Kill()
	e.servers[i].keeper.close()
	e.servers[i] = nil
	return nil
}

// Shutdown stops the i-th server in good order, as SIGTERM does: a leader hands over first.
func (e *Ensemble) Shutdown(i int) error {
	if e.servers[i] == nil {
		return errors.New("the server is stopped already")
	}
	e.servers[i].Close()
	e.servers[i] = nil
	return nil
}

// Close stops all servers in good order.
func (e *Ensemble) Close() {
	for i, s := range e.servers {
		if s != nil {
			s.Close()
			e.servers[i] = nil
		}
	}
}
