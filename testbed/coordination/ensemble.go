package coordination

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/workloads"
)

// ensemble is who is in the service, as far as the nemesis knows.
type ensemble struct {
	// version is that of the newest configuration that any server had in force; members are its servers, and observers
	// those of them that do not vote.
	version            int64
	members, observers []host.Addr
	// asked are changes that may be under way, or may yet be.
	asked     []nemesis.Change
	asking    []nemesis.Change // those whose operators are at it still
	operators int              // so far
	changes   int              // of the configuration
	// boot is the program of a server that joins one with these members, and moved is told where clients find the
	// service.
	boot  func(id uint64, members []cluster.Member) host.Boot
	moved func([]host.Addr)
}

const (
	// operatorPatience is how long an operator asks for a change, and operatorRest the pause between two requests. When
	// the trial's length is over, an operator asks until there is an answer: then there has to be one.
	operatorPatience = 10 * time.Second
	operatorRest     = 200 * time.Millisecond
)

// Members are the servers of the newest configuration, and Observers those of them that do not vote.
func (o *operator) Members() []host.Addr { return o.ensemble.members }

// Observers is described at Members.
func (o *operator) Observers() []host.Addr { return o.ensemble.observers }

// Core takes servers from the front of an order until they are a majority of the voters, whatever becomes of the
// changes that may be under way.
func (o *operator) Core(order []host.Addr) []host.Addr { return o.ensemble.core(order) }

// Newcomer is the name that the next new server will have.
func (o *operator) Newcomer() host.Addr {
	return cluster.ServerName(uint64(len(o.stage.Machines.Servers()) + 1))
}

// changed is called by a server when the ensemble's configuration has changed, in its state.
func (o *operator) changed(text []byte) {
	c := zoocfg.Config{ClientAddr: "*"}
	if err := c.AddDynamic("the configuration", text); err != nil {
		o.stage.Machines.Refuse(err)
		return
	}
	e := &o.ensemble
	if c.Version <= e.version {
		return
	}
	e.version, e.members, e.observers = c.Version, nil, nil
	e.changes++
	for _, s := range c.Servers {
		e.members = append(e.members, cluster.ServerName(s.ID))
		if s.Observer {
			e.observers = append(e.observers, cluster.ServerName(s.ID))
		}
	}
	e.asked = slices.DeleteFunc(e.asked, e.has)
	e.moved(slices.Clone(e.members))
}

// has reports whether a change has come about.
func (e *ensemble) has(c nemesis.Change) bool {
	in := func(a host.Addr) bool { return slices.Contains(e.members, a) }
	observes := func(a host.Addr) bool { return slices.Contains(e.observers, a) }
	return (c.Join == "" || in(c.Join)) && (c.Leave == "" || !in(c.Leave)) &&
		(c.Promote == "" || !observes(c.Promote)) && (c.Demote == "" || !in(c.Demote) || observes(c.Demote))
}

// votersAfter visits those that vote after a change; the zero change is none.
func (e *ensemble) votersAfter(c nemesis.Change) iter.Seq[host.Addr] {
	return func(yield func(host.Addr) bool) {
		stays := func(a host.Addr) bool {
			return slices.Contains(e.members, a) && !slices.Contains(e.observers, a) && a != c.Leave && a != c.Demote
		}
		for _, a := range e.members {
			if stays(a) && !yield(a) {
				return
			}
		}
		for _, a := range [...]host.Addr{c.Join, c.Promote} {
			if a != "" && !stays(a) && !yield(a) {
				return
			}
		}
	}
}

// voters are those that vote, as things are and as they would be after each change that may be under way.
func (e *ensemble) voters() (sets [][]host.Addr) {
	sets = append(sets, slices.Collect(e.votersAfter(nemesis.Change{})))
	for _, c := range e.asked {
		sets = append(sets, slices.Collect(e.votersAfter(c)))
	}
	return sets
}

// quorum says whether some servers are a majority of the voters, whatever becomes of the changes that may be under way.
func (e *ensemble) quorum(servers []host.Addr) bool {
	lacks := func(c nemesis.Change) bool {
		all, have := 0, 0
		for a := range e.votersAfter(c) {
			if all++; slices.Contains(servers, a) {
				have++
			}
		}
		return have <= all/2
	}
	return !lacks(nemesis.Change{}) && !slices.ContainsFunc(e.asked, lacks)
}

// core takes servers from the front of an order until they are a majority of the voters, whatever becomes of the
// changes that may be under way.
func (e *ensemble) core(order []host.Addr) (core []host.Addr) {
	for _, set := range e.voters() {
		have := 0
		for _, a := range core {
			if slices.Contains(set, a) {
				have++
			}
		}
		for _, a := range order {
			if have <= len(set)/2 && slices.Contains(set, a) && !slices.Contains(core, a) {
				core = append(core, a)
				have++
			}
		}
	}
	return core
}

// Reconfig boots a server that is to join, and sends an operator for the change.
func (o *operator) Reconfig(c nemesis.Change) {
	e := &o.ensemble
	if c.Join != "" {
		o.addServer(c.Join)
	}
	e.asked, e.asking = append(e.asked, c), append(e.asking, c)
	e.operators++
	o.stage.World.Spawn(host.Addr(fmt.Sprintf("op%d", e.operators)), func(p host.Process) {
		o.operate(p, c)
		e.asking = without(e.asking, c)
	})
}

// addServer boots a server with an empty disk. It knows those that are there, and itself as one of them.
func (o *operator) addServer(name host.Addr) {
	id := uint64(len(o.stage.Machines.Servers()) + 1)
	members := []cluster.Member{{ID: id, Addr: name}}
	for _, m := range o.ensemble.members {
		members = append(members, cluster.Member{ID: serverID(m), Addr: m, Observer: slices.Contains(o.ensemble.observers,
			m)})
	}
	o.stage.Machines.AddServer(name, o.ensemble.boot(id, members))
}

func serverID(name host.Addr) (id uint64) {
	if _, err := fmt.Sscanf(string(name), "n%d", &id); err != nil {
		panic(fmt.Sprintf("coordination: %s is no name of a server: %v", name, err))
	}
	return id
}

// operate is an operator who asks for a change until it has come about or is refused, or for so long.
func (o *operator) operate(p host.Process, change nemesis.Change) {
	var c *client.Client
	until := p.Now() + operatorPatience
	for ; p.Now() < until || o.stage.World.Now() > o.stage.Trial.Length; p.Sleep(operatorRest) {
		if c == nil || !c.Alive() {
			c = client.New(p, client.Config{Servers: o.ensemble.members, SessionTimeout: sessionTimeout})
			if err := c.AddAuth("digest", []byte(workloads.Super)); err != nil {
				c.Abandon() // a claim that no server answered is not made again, and no one else may change the ensemble
				c = nil
				continue
			}
		}
		if o.ensemble.has(change) {
			break
		}
		_, _, err := c.Reconfig(request(change))
		if err == nil || errors.Is(err, wire.BadArguments) || errors.Is(err, wire.Unimplemented) {
			o.resolved(change)
			break
		}
	}
	if c != nil && c.Alive() {
		_ = c.Close() // the session ends either way
	}
}

// resolved notes that a change was answered or given up.
func (o *operator) resolved(change nemesis.Change) {
	o.ensemble.asked = without(o.ensemble.asked, change)
}

func without(list []nemesis.Change, change nemesis.Change) []nemesis.Change {
	return slices.DeleteFunc(list, func(c nemesis.Change) bool { return c == change })
}

// request is a change as the service is asked for it.
func request(c nemesis.Change) wire.ReconfigRequest {
	r := wire.ReconfigRequest{ConfigID: -1}
	switch {
	case c.Demote != "":
		r.Joining = []byte(configLine(c.Demote, true))
	case c.Promote != "":
		r.Joining = []byte(configLine(c.Promote, false))
	case c.Join != "":
		r.Joining = []byte(configLine(c.Join, false))
	}
	if c.Leave != "" {
		r.Leaving = fmt.Append(nil, serverID(c.Leave))
	}
	return r
}

// configLine is a server's line in the ensemble's configuration. Machines have no socket addresses here.
func configLine(name host.Addr, observer bool) string {
	role := "participant"
	if observer {
		role = "observer"
	}
	return fmt.Sprintf("server.%d=%s:2888:3888:%s;%s:2181", serverID(name), name, role, name)
}

// founding is the ensemble's configuration at its beginning.
func founding(servers, observers []host.Addr) []byte {
	var text []byte
	for _, s := range servers {
		text = append(append(text, configLine(s, slices.Contains(observers, s))...), '\n')
	}
	return append(text, "version=0"...)
}
