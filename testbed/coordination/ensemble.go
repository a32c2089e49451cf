package coordination

import (
	"fmt"
	"iter"
	"slices"

	"ordeal/cluster"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/coordination/operators"
	"ordeal/workloads/etcd"
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
	moved func([]zoocfg.Server)
	// joined is the highest number that was ever a member's.
	joined uint64
	// keys are the clients by whose API operators change the members, if they speak etcd's.
	keys *etcd.Env
}

// Members are the servers of the newest configuration, and Observers those of them that do not vote.
func (o *operator) Members() []host.Addr { return o.ensemble.members }

// Observers is described at Members.
func (o *operator) Observers() []host.Addr { return o.ensemble.observers }

// Core takes servers from the front of an order until they are a majority of the voters, whatever becomes of the
// changes that may be under way.
func (o *operator) Core(order []host.Addr) []host.Addr { return o.ensemble.core(order) }

// Newcomer is the name that the next new server will have. By etcd's API a number is given to whoever joins next: one
// that came to nothing may join yet.
func (o *operator) Newcomer() host.Addr {
	if o.ensemble.keys != nil {
		return cluster.ServerName(o.ensemble.joined + 1)
	}
	return cluster.ServerName(uint64(len(o.stage.Machines.Servers()) + 1))
}

// changed is called by a server when the ensemble's configuration has changed, in its state.
func (o *operator) changed(text []byte) {
	c, err := operators.Read(text)
	if err != nil {
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
		name := cluster.ServerName(s.ID)
		e.members, e.joined = append(e.members, name), max(e.joined, s.ID)
		if s.Observer {
			e.observers = append(e.observers, name)
		}
		if s.ID > uint64(len(o.stage.Machines.Servers())) { // no operator meant it to come now
			o.addServer(name)
		}
	}
	e.asked = slices.DeleteFunc(e.asked, e.has)
	e.moved(c.Servers)
}

// has reports whether a change has come about.
func (e *ensemble) has(c nemesis.Change) bool {
	in := func(a host.Addr) bool { return slices.Contains(e.members, a) }
	observes := func(a host.Addr) bool { return slices.Contains(e.observers, a) }
	return (c.Join == "" || in(c.Join) && !observes(c.Join)) && (c.Leave == "" || !in(c.Leave)) &&
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
	if c.Join != "" && !slices.Contains(o.stage.Machines.Servers(), c.Join) {
		o.addServer(c.Join)
	}
	steps := []nemesis.Change{c}
	if e.keys != nil {
		steps = operators.Steps(c)
	}
	e.asked, e.asking = append(e.asked, steps...), append(e.asking, c)
	e.operators++
	known := operators.Ensemble{
		Members: o.Members, Has: e.has, Resolved: o.resolved,
		Left: func(a host.Addr) bool {
			return operators.ServerID(a) <= e.joined && !slices.Contains(e.members, a)
		},
		Voters: func() int { return len(slices.Collect(e.votersAfter(nemesis.Change{}))) },
		Insist: func() bool { return o.stage.World.Now() > o.stage.Trial.Length },
	}
	o.stage.World.Spawn(host.Addr(fmt.Sprintf("op%d", e.operators)), func(p host.Process) {
		if e.keys != nil {
			operators.ByEtcd(p, known, steps, e.keys)
		} else {
			operators.ByZooKeeper(p, known, c, sessionTimeout)
		}
		e.asking = without(e.asking, c)
	})
}

// addServer boots a server with an empty disk. It knows those that are there, and itself as one of them.
func (o *operator) addServer(name host.Addr) {
	id := uint64(len(o.stage.Machines.Servers()) + 1)
	members := []cluster.Member{{ID: id, Addr: name}}
	for _, m := range without(o.ensemble.members, name) {
		members = append(members, cluster.Member{ID: operators.ServerID(m), Addr: m,
			Observer: slices.Contains(o.ensemble.observers, m)})
	}
	o.stage.Machines.AddServer(name, o.ensemble.boot(id, members))
}

// resolved notes that a change was answered or given up.
func (o *operator) resolved(change nemesis.Change) {
	o.ensemble.asked = without(o.ensemble.asked, change)
}

func without[T comparable](list []T, one T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(c T) bool { return c == one })
}
