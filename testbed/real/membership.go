package real

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/host"
	"ordeal/nemesis"
)

// ofMembership are the kinds of fault by which an operator changes who is in the cluster.
var ofMembership = []nemesis.Kind{nemesis.Add, nemesis.Demote, nemesis.Promote, nemesis.Remove, nemesis.Replace}

// How an operator asks a product's servers: by ZooKeeper's request reconfig, or by etcd's own.
const (
	reconfigByZooKeeper = "zookeeper"
	reconfigByEtcd      = "etcd"
)

// requests are the kinds of fault for which a product's servers can be asked; or why there is none.
func requests(network string, p *Product) (kinds []nemesis.Kind, why string) {
	switch {
	case p.Reconfig == "":
		return nil, "the description of " + p.Name + " does not say how its ensemble is changed"
	case network != formRouter:
		return nil, fmt.Sprintf("on the network %s no two servers reach a third at the same port, and an ensemble that "+
			"changes tells its servers of one: it needs --network %s", formProxy, formRouter)
	case p.Reconfig == reconfigByEtcd:
		return ofEtcd, ""
	}
	return ofMembership, ""
}

// joins is how many servers a plan has join.
func joins(plan nemesis.Plan) (n int) {
	for _, s := range plan {
		if s.Fault.Kind == nemesis.Add || s.Fault.Kind == nemesis.Replace {
			n++
		}
	}
	return n
}

// ensemble is who is in the cluster, as far as the nemesis knows. All of it is the loop's.
type ensemble struct {
	members, observers []host.Addr
	joined             int // of the spare servers
	// changing is held while etcd is asked for a change: it carries out one at a time. ids are what it calls servers.
	changing sync.Mutex
	ids      map[host.Addr]string
}

// Members are the servers that are in the cluster, and Observers those of them that do not vote.
func (w *world) Members() []host.Addr { return slices.Clone(w.ensemble.members) }

// Observers is described at Members.
func (w *world) Observers() []host.Addr { return slices.Clone(w.ensemble.observers) }

// Newcomer is the name that the next new server will have.
func (w *world) Newcomer() host.Addr {
	return serverName(len(w.cluster.servers) + w.ensemble.joined + 1)
}

// How long an operator asks for a change, and rests between two requests.
const (
	operatorPatience = 10 * time.Second
	operatorRest     = 200 * time.Millisecond
	operatorSession  = 4 * time.Second
	// downgradePatience is how long etcd may take to make of what is on its disks what an older release reads.
	downgradePatience = 30 * time.Second
)

// operatorSecret is that of ZooKeeper's user super, as the built-in descriptions have it. Clients must not claim it:
// who judges them knows of no user who may do everything.
const operatorSecret = "super:operator"

// Reconfig starts a server that is to join, and sends an operator for the change.
func (w *world) Reconfig(c nemesis.Change) {
	if c.Join != "" {
		w.ensemble.joined++
	}
	if w.cluster.product.Reconfig == reconfigByEtcd {
		w.operators.Go(func() { w.changeEtcd(c) })
		return
	}
	if c.Join != "" {
		if err := w.join(c.Join, w.ensemble.members); err != nil {
			w.refuse(fmt.Sprintf("a start of %s: %v", c.Join, err))
			return
		}
	}
	var addresses []string
	for _, m := range w.ensemble.members {
		addresses = append(addresses, w.cluster.address(w.cluster.server(m)))
	}
	w.operators.Go(func() { w.operate(c, addresses) })
}

// join starts a spare server. It knows those that are there, and itself.
func (w *world) join(name host.Addr, there []host.Addr) error {
	s := w.cluster.server(name)
	if s == nil {
		return errors.New("there is no spare machine")
	}
	s.place.Servers, s.place.Joins = nil, true
	for _, m := range there {
		s.place.Servers = append(s.place.Servers, w.cluster.server(m).place)
	}
	s.place.Servers = append(s.place.Servers, s.place)
	if err := w.cluster.furnish(s); err != nil {
		return err
	}
	return s.start()
}

// operate asks for a change until it is answered, or for so long; and then looks what has become of it.
func (w *world) operate(change nemesis.Change, addresses []string) {
	ctx, cancel := context.WithTimeout(w.ctx, operatorPatience)
	defer cancel()
	conn, _, err := zk.Connect(addresses, operatorSession, zk.WithLogger(silent{}), zk.WithDialer(
		func(_, address string, limit time.Duration) (net.Conn, error) {
			dialling, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			return w.cluster.scout.Dial(dialling, address)
		}))
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, conn.Close)() // else a request waits for as long as there is no server
	if err = conn.AddAuth("digest", []byte(operatorSecret)); err == nil {
		joining, leaving := w.lines(change)
		for err = zk.ErrNoServer; err != nil && ctx.Err() == nil; {
			if _, err = conn.IncrementalReconfig(joining, leaving, -1); errors.Is(err, zk.ErrBadArguments) {
				break
			}
			sleep(ctx, operatorRest)
		}
	}
	text, _, lost := conn.Get("/zookeeper/config")
	w.loop.Do(func() {
		if err != nil {
			w.refuse(fmt.Sprintf("%s: %v", changeText(change), err))
		}
		if lost == nil {
			w.changed(string(text))
		}
	})
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// lines are a change as ZooKeeper's servers are asked for it.
func (w *world) lines(c nemesis.Change) (joining, leaving []string) {
	line := func(name host.Addr, role string) {
		p := w.cluster.server(name).place
		joining = append(joining, fmt.Sprintf("server.%d=%s:%d:%d:%s;%s:%d", p.N, p.Address, p.Peers[0], p.Peers[1], role,
			p.Address, p.Port))
	}
	switch {
	case c.Demote != "":
		line(c.Demote, "observer")
	case c.Promote != "":
		line(c.Promote, "participant")
	case c.Join != "":
		line(c.Join, "participant")
	}
	if c.Leave != "" {
		leaving = []string{fmt.Sprint(w.cluster.server(c.Leave).place.N)}
	}
	return joining, leaving
}

func changeText(c nemesis.Change) string {
	var words []string
	for _, one := range []struct {
		what string
		who  host.Addr
	}{{"join of", c.Join}, {"leave of", c.Leave}, {"promotion of", c.Promote}, {"demotion of", c.Demote}} {
		if one.who != "" {
			words = append(words, one.what+" "+string(one.who))
		}
	}
	return strings.Join(words, ", ")
}

// changed takes a configuration as ZooKeeper's servers tell it. One that was never changed tells nothing.
func (w *world) changed(text string) {
	var members, observers []host.Addr
	for line := range strings.Lines(text) {
		var n int
		if _, err := fmt.Sscanf(line, "server.%d=", &n); err != nil {
			continue
		}
		members = append(members, serverName(n))
		if strings.Contains(line, ":observer") {
			observers = append(observers, serverName(n))
		}
	}
	if len(members) > 0 {
		w.became(members, observers, members)
	}
}

// became notes who is in the cluster. Who is not any more is shut down, as an operator would, and clients that look for
// it are sent to another that serves them.
func (w *world) became(members, observers, serve []host.Addr) {
	e := &w.ensemble
	before := e.members
	e.members, e.observers = members, observers
	for _, m := range before {
		if slices.Contains(e.members, m) {
			continue
		}
		s := w.cluster.server(m)
		s.retire()
		w.operators.Go(func() { s.stop(w.cluster.product.Stop) })
	}
	w.cluster.move(members, serve)
}

// furnish writes what a server is to find, and gives it its disk.
func (c *cluster) furnish(s *server) error {
	if err := os.MkdirAll(s.place.Dir, 0o750); err != nil {
		return err
	}
	if err := s.prepare(c.product); err != nil || c.noDisk != "" {
		return err
	}
	return s.giveDisk(c.product, c.seed)
}

// move sends clients that look for a server that is not among the members to one of those that serve.
func (c *cluster) move(members, serve []host.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = make(map[string]string)
	for i, s := range c.servers {
		if !slices.Contains(members, s.name) {
			c.moved[c.address(s)] = c.address(c.server(serve[i%len(serve)]))
		}
	}
}

// where is where a client finds who had an address.
func (c *cluster) where(address string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to, ok := c.moved[address]; ok {
		return to
	}
	return address
}

// silent logs nothing.
type silent struct{}

// Printf implements zk.Logger.
func (silent) Printf(string, ...any) {}
