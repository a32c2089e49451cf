// Package server is the real server: what a configuration file says, with TLS, on files and TCP, and what operators are
// shown of it. Trials know nothing of it.
package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/admin"
)

// Server is one real server of the service, on files and TCP.
type Server struct {
	machine *oshost.Machine
	pages   pages
	keeper  *keeper
}

// Start starts the server that a configuration describes; id is its number in the ensemble, and is not looked at
// for a server that stands alone. It serves when it has a leader: in an ensemble, when a majority is up.
func Start(c zoocfg.Config, id uint64, log *slog.Logger) (*Server, error) {
	node, machine := serverConfigs(c, id)
	machine.Logger = log
	if err := addTLS(&machine, c); err != nil {
		return nil, fmt.Errorf("server %s: %w", zoocfg.Number(node.ID), err)
	}
	var running atomic.Pointer[oshost.Machine] // the node may be asked before there is one to tell of
	node.Operator.Machine = func() []cluster.Fact { return processFacts(running.Load()) }
	if log == nil {
		log = slog.Default()
	}
	keeper := startKeeper(c, id, log)
	node.Operator.Changed = keeper.keep
	m, err := oshost.Run(machine, cluster.Boot(node))
	if err != nil {
		keeper.close()
		return nil, fmt.Errorf("server %s: %w", zoocfg.Number(node.ID), err)
	}
	running.Store(m)
	warnOfRole(c, id, log)
	s := &Server{machine: m, keeper: keeper}
	desk := &admin.Desk{Machine: m, Node: node, Text: c.Text, Path: c.Admin.Path}
	if s.pages, err = openPages(c, desk, log); err != nil {
		s.Close()
		return nil, fmt.Errorf("server %s: %w", zoocfg.Number(node.ID), err)
	}
	return s, nil
}

// warnOfRole tells that peerType and the server's own line differ. The line counts: it is what the other servers know.
func warnOfRole(c zoocfg.Config, id uint64, log *slog.Logger) {
	for _, s := range c.Servers {
		if s.ID == id && c.Observer && !s.Observer {
			log.Warn("peerType says observer, and the list of servers does not: the list counts", "server", id)
		}
	}
}

// Check says what is wrong with a configuration, keys and certificates included, without changing anything.
func Check(c zoocfg.Config, id uint64) error {
	node, machine := serverConfigs(c, id)
	if err := node.Check(); err != nil {
		return err
	}
	if machine.ClientListen == "" && c.SecureClientAddr == "" {
		return fmt.Errorf("server %s has no port for clients", zoocfg.Number(node.ID))
	}
	return addTLS(&machine, c)
}

// addTLS gives a machine the keys and certificates that a configuration names.
func addTLS(machine *oshost.Config, c zoocfg.Config) (err error) {
	if c.SecureClientAddr != "" {
		machine.SecureListen = c.SecureClientAddr
		if machine.TLS, err = loadTLS(c.TLS); err != nil {
			return err
		}
	}
	if c.SSLQuorum {
		machine.PeerTLS, err = loadTLS(c.QuorumTLS)
	}
	return err
}

// maxFrame is ZooKeeper's jute.maxbuffer where the configuration does not say.
const maxFrame = 0xfffff

func serverConfigs(c zoocfg.Config, id uint64) (cluster.Config, oshost.Config) {
	servers := c.Servers
	if len(servers) == 0 {
		servers = []zoocfg.Server{{ID: c.Alone()}}
	}
	if alone := c.Alone(); alone != 0 {
		id = alone
	}
	node := cluster.Config{
		ID: id, TickTime: c.TickTime, SnapshotEvery: c.SnapCount, SnapshotBytes: c.SnapBytes,
		MinSessionTimeout: c.MinSessionTimeout, MaxSessionTimeout: c.MaxSessionTimeout,
		SuperDigest: c.SuperDigest, SuperX509: c.SuperX509, SkipACL: c.SkipACL,
		EnforceAuth: c.EnforceAuth, Settings: settingsOf(c),
		ReapEvery: c.Container.CheckInterval, ContainerUnusedMax: c.Container.MaxNeverUsed,
		Announce: announcement(c), Reconfig: c.Reconfig,
		ReadOnly: c.ReadOnlyMode, OutstandingMax: c.OutstandingLimit, LocalSessions: c.LocalSessions,
		UpgradeSessions: c.UpgradeSessions, AwaitCommitted: true,
	}
	machine := oshost.Config{
		Self: serverName(id), DataDir: c.DataDir, ClientListen: c.ClientAddrOf(id), Peers: make(map[host.Addr]string),
		MaxFrame: cmp.Or(c.MaxFrame, maxFrame), MaxConnsPerAddr: c.MaxClientConns,
		Patience: cluster.StrangerPatience(node),
	}
	for _, s := range servers {
		node.Members = append(node.Members, cluster.Member{ID: s.ID, Addr: serverName(s.ID), Observer: s.Observer})
		if s.ID == id {
			machine.PeerListen = s.Addr
			if c.ListenOnAllIPs {
				machine.PeerListen = s.Addr[strings.LastIndexByte(s.Addr, ':'):]
			}
		} else {
			machine.Peers[serverName(s.ID)] = s.Addr
		}
	}
	node.Operator = operatorOf(c, node)
	return node, machine
}

// settingsOf is what goes with every transaction that comes in at the server.
func settingsOf(c zoocfg.Config) (s tree.Settings) {
	for _, one := range []struct {
		on  bool
		bit tree.Settings
	}{
		{c.ExtendedTypes, tree.ExtendedTypes}, {c.EnforceQuota, tree.EnforceQuota},
		{c.SecureClientAddr != "", tree.Certificates},
		{!c.Standalone && len(c.Servers) > 0, tree.OneVoter},
	} {
		if one.on {
			s |= one.bit
		}
	}
	return s
}

// announcement is the ensemble as clients read it: its lines, and their version in hex.
func announcement(c zoocfg.Config) []byte {
	if len(c.Servers) == 0 {
		return nil
	}
	var b strings.Builder
	for _, s := range c.Servers {
		fmt.Fprintf(&b, "server.%s=%s\n", zoocfg.Number(s.ID), s)
	}
	fmt.Fprintf(&b, "version=%x", c.Version)
	return []byte(b.String())
}

func serverName(id uint64) host.Addr { return cluster.ServerName(id) }

// ClientAddr is where clients connect, as host:port.
func (s *Server) ClientAddr() string { return s.machine.ClientAddr() }

// SecureAddr is where clients connect over TLS, as host:port; "" if nowhere.
func (s *Server) SecureAddr() string { return s.machine.SecureAddr() }

// Close stops the server in good order.
func (s *Server) Close() {
	s.pages.close()
	s.machine.Close()
	s.keeper.close()
}

// Wait waits until ctx is done, and then stops the server in good order; or until the server stops of its own accord,
// and then says why.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		s.Close()
		return nil
	case <-s.machine.Done():
		s.pages.close()
		s.keeper.close()
		return s.machine.Err()
	}
}

// DevConfig is a server that stands alone on loopback, for trying things.
func DevConfig(dataDir, clientAddr string) zoocfg.Config {
	return zoocfg.Config{
		DataDir: dataDir, ClientAddr: clientAddr, TickTime: 500 * time.Millisecond, Words: []string{"*"},
		Standalone: true,
	}
}
