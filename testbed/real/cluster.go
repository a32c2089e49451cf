package real

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/real/build"
)

// cluster is servers that run, or are to run, and the machines of clients, all on one network.
type cluster struct {
	product *Product
	dir     string
	network network
	servers []*server // from the beginning
	spares  []*server // that may join
	clients []client
	// scout is a machine that no fault is on: who looks around does it from there.
	scout machine
	// versions is what the product's programs say of themselves, in their order.
	versions []string
	noDisk   string // why servers have no disks of their own; "" if they have
	seed     uint64
	// reconfig says that who is in the cluster may change.
	reconfig bool
	closing  sync.Once

	mu    sync.Mutex
	moved map[string]string // where clients find who had an address
	notes []string          // what became of servers that was not asked for
}

// client is the machine of a client.
type client struct {
	name host.Addr
	machine
}

// nodesMax is how many servers a cluster may have.
const nodesMax = 9

// clientsFrom is the number of the first client's machine among the addresses.
const clientsFrom = 101

// scoutName is that of the scout among machines.
const scoutName host.Addr = "scout"

// newCluster makes the machines and the servers' folders below dir, which is made too, and starts nothing. The seed
// decides what chance does to the network.
func newCluster(p *Product, m Means, dir string, nodes, spares, clients int, seed uint64) (c *cluster, err error) {
	if nodes < 1 || nodes > nodesMax {
		return nil, fmt.Errorf("a cluster of %d servers: it must be from 1 to %d", nodes, nodesMax)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	// What an earlier trial of the same name has left would be gone on with.
	if err = os.RemoveAll(dir); err != nil {
		return nil, err
	}
	c = &cluster{product: p, dir: dir, network: newNetwork(m.network, m.noRouter, seed), noDisk: m.noDisk,
		seed: seed, reconfig: m.changes}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if err = c.addServers(program, nodes, spares); err != nil {
		return nil, err
	}
	for i := range clients {
		name := host.Addr(fmt.Sprintf("c%d", i+1))
		m, err := c.network.attach(name, clientsFrom+i)
		if err != nil {
			return nil, err
		}
		c.clients = append(c.clients, client{name, m})
	}
	if c.scout, err = c.network.attach(scoutName, clientsFrom+clients); err != nil {
		return nil, err
	}
	c.versions = c.askVersions()
	return c, p.checkVersions(c.versions)
}

// addServers makes the servers' machines, and furnishes those that are there from the beginning. Their texts know
// nothing of the spare ones.
func (c *cluster) addServers(program string, nodes, spares int) error {
	all, err := c.network.places(c.product, program, c.dir, nodes+spares)
	if err != nil {
		return err
	}
	for i, place := range all {
		place.Servers, place.Reconfig = place.Servers[:nodes], c.reconfig
		s := &server{name: serverName(place.N), place: place, ended: c.endedByItself}
		if s.machine, err = c.network.attach(s.name, place.N); err != nil {
			return err
		}
		if i >= nodes {
			c.spares = append(c.spares, s)
			continue
		}
		c.servers = append(c.servers, s)
		if err := c.furnish(s); err != nil {
			return err
		}
	}
	return nil
}

// all are the servers, spare ones too.
func (c *cluster) all() []*server { return slices.Concat(c.servers, c.spares) }

// askVersions is what the product's programs say of their versions.
func (c *cluster) askVersions() (said []string) {
	place := c.servers[0].place
	for i := range max(1, len(c.product.programs)) {
		if len(c.product.programs) > 0 {
			place.Binary = c.product.programs[i]
		}
		args, err := fillAll(c.product.Version, place)
		if err != nil {
			args = nil
		}
		said = append(said, build.Says(args))
	}
	return said
}

// Start starts all servers, and waits until each takes connections of clients and one of them leads, where that can be
// told.
func (c *cluster) Start(ctx context.Context) error {
	for _, s := range c.servers {
		if err := s.start(); err != nil {
			if missing(err) {
				return fmt.Errorf("%s: the program %s is not there", c.product.Name, s.args[0])
			}
			return err
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.product.Ready, errors.New("its time for that is over"))
	defer cancel()
	for _, s := range c.servers {
		for !c.serves(ctx, s) {
			switch {
			case !s.up():
				return s.endedEarly()
			case ctx.Err() != nil:
				return fmt.Errorf("%s does not serve within %v (%w); the last that it said: %s", s.name, c.product.Ready,
					context.Cause(ctx), s.lastWords(3))
			}
			select {
			case <-ctx.Done():
			case <-time.After(lookEvery):
			}
		}
	}
	if c.product.Leader == "" {
		// What took the connections may have been there before, at a port that was taken.
		time.Sleep(lookEvery)
	}
	for _, s := range c.servers {
		if !s.up() {
			return s.endedEarly()
		}
	}
	return nil
}

// endedEarly is the error of a server that does not run any more when it is to serve.
func (s *server) endedEarly() error {
	return fmt.Errorf("%s ended right behind its start; the last that it said: %s", s.name, s.lastWords(3))
}

// lookEvery is how often servers are asked, in their beginnings and for who leads.
const lookEvery = 100 * time.Millisecond

// serves says whether a server takes clients, and knows its role if it can be asked for that.
func (c *cluster) serves(ctx context.Context, s *server) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if c.product.Leader != "" {
		return slices.Contains([]string{"leader", "follower", "standalone"}, c.role(ctx, s))
	}
	conn, err := c.scout.Dial(ctx, c.address(s))
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// address is where clients connect.
func (c *cluster) address(s *server) string {
	return net.JoinHostPort(s.place.Address, strconv.Itoa(s.place.Port))
}

// Servers are the addresses at which clients connect.
func (c *cluster) Servers() (all []string) {
	for _, s := range c.servers {
		all = append(all, c.address(s))
	}
	return all
}

// Dial connects a client to an address; who is no client of the cluster's looks around, and connects from the scout's
// machine.
func (c *cluster) Dial(ctx context.Context, client host.Addr, address string) (net.Conn, error) {
	address = c.where(address)
	for _, m := range c.clients {
		if m.name == client {
			return m.Dial(ctx, address)
		}
	}
	return c.scout.Dial(ctx, address)
}

// server is the one of a name, nil for a client.
func (c *cluster) server(name host.Addr) *server {
	for _, s := range c.all() {
		if s.name == name {
			return s
		}
	}
	return nil
}

// endedByItself notes that a server has ended that was not told to.
func (c *cluster) endedByItself(s *server, how string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, fmt.Sprintf("%s ended by itself (%s); the last that it said: %s", s.name, how,
		s.lastWords(3)))
}

// endedByThemselves says which servers have ended though nothing had told them to.
func (c *cluster) endedByThemselves() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.notes)
}

// Close ends all servers and takes the network away. What they wrote stays in their folders. It may be called again.
func (c *cluster) Close() { c.closing.Do(c.close) }

func (c *cluster) close() {
	for _, s := range c.all() {
		s.kill()
		if s.log != nil {
			s.log.Close()
		}
	}
	for _, s := range c.all() {
		_ = s.takeDisk() // the verdict does not hang on what is kept
		s.machine.Close()
	}
	for _, m := range c.clients {
		m.Close()
	}
	if c.scout != nil {
		c.scout.Close()
	}
	c.network.Close()
}

// streams are those of chance, by the direction of a link.
func streams(seed uint64) func(w nemesis.Way) *rand.Rand {
	return func(w nemesis.Way) *rand.Rand { return sim.Stream(seed, "link "+w.String()) }
}
