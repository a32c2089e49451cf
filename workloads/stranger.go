package workloads

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/workloads/strangers"
)

// What others do to the service that is no part of what the workload is about: programs that have znodes of their own
// where a recipe has its members, connections that say nothing, or say it late, and an operator who hides who is in the
// ensemble.

// stranger does one of these things at times; n is of a thousand.
func (w *worker) stranger(n int) {
	switch {
	case n >= 100 && n < 102:
		w.demand(func(p host.Process, servers []host.Addr, _ string) (bool, string) {
			return strangers.Loiter(p, servers, w.e.cfg.SessionTimeout, w.e.known())
		}, "who is late with a handshake is served as anyone", SawLate)
	case n >= 102 && n < 105 && w.e.cfg.Habits.Super:
		w.demand(strangers.Pose, "who may do everything has that one's password", SawImpostor)
	case w.tree == nil && n >= 110 && n < 116:
		w.litter()
	case w.tree == nil && n == 116 && w.e.cfg.Habits.Reconfigures:
		w.demand(strangers.Overreach, "an ensemble that has no majority does not come about", SawOverreach)
	case w.tree == nil && n >= 117 && n < 120 && w.e.cfg.Habits.Reconfigures:
		w.demand(strangers.Double, "no two servers have one address", SawDouble)
	case w.tree != nil && n >= 110 && n < 118:
		w.hide()
	case w.tree != nil && n >= 118 && n < 124:
		w.edge()
	case w.tree != nil && n >= 124 && n < 130:
		w.asideOfTree(wire.AddWatchRequest{Path: "/", Mode: wire.WatchMode(n % 2)})
	}
}

// lined are the workloads whose objects are znodes with members, which no other program's must be taken for.
var lined = []string{"lock", "election", "queue", "rwlock", "semaphore", "reentrant", "priority", "work", "members"}

// litter has another program make a znode among the members of a recipe, under a name that no recipe gives.
func (w *worker) litter() {
	o := w.e.object(w.index())
	if !slices.Contains(lined, w.e.workload.Name) || o.ops == 0 {
		return
	}
	p := w.p.Aside(asideStranger)
	mark := fmt.Sprintf("%016x", p.Rand().Uint64())
	names := []string{
		"x-5", "item-0000000007", mark + "-7", mark + "-", strings.ToUpper("abcdef"+mark[6:]) + "-0000000003", "-0000000001",
		mark, mark[1:] + "-0000000002", mark + "_0000000001", mark + "!-0000000004", "ready-0000000001", "0000000001",
		"lock-0000000000", mark + "--1", mark + "-x000000001",
	}
	c := client.New(p, client.Config{Servers: w.e.cfg.Servers, SessionTimeout: w.e.cfg.SessionTimeout,
		Chroot: w.e.cfg.Chroot, Claims: w.e.known()})
	name := names[p.Rand().IntN(len(names))]
	if _, _, err := c.Create(o.path+"/"+name, []byte("another program's"), 0); err == nil {
		w.e.saw(SawForeign)
	}
	if err := c.Close(); err != nil {
		w.p.Log().Debug("workloads: a stranger's session was not closed", "error", err)
	}
}

// demand has another program do something, and says that it came about, or that a rule was broken.
func (w *worker) demand(f func(host.Process, []host.Addr, string) (bool, string), rule, item string) {
	came, wrong := f(w.p.Aside(asideStranger), w.e.cfg.Servers, Super)
	if came {
		w.e.saw(item)
	}
	if wrong != "" && w.e.cfg.Breach != nil {
		w.e.cfg.Breach(rule, wrong)
	}
}

// hide has the user who may do everything say that the ensemble's configuration is for no other to read, or for all.
func (w *worker) hide() {
	w.claim(treeClaim{"digest", Super})
	acl := []wire.ACL{{Perms: wire.PermAdmin, ID: wire.ID{Scheme: "digest", ID: Digest(Super)}}}
	if w.p.Aside(asideStranger).Rand().IntN(3) == 0 {
		acl = []wire.ACL{{Perms: wire.PermRead, ID: anybody}}
	}
	w.asideOfTree(wire.SetACLRequest{Path: wire.ConfigPath, ACL: acl, Version: wire.AnyVersion})
}

// edge breaks the connection of a client that has just seen the very change behind which it has set a watch: what it
// has seen it has not missed.
func (w *worker) edge() {
	rng, paths := w.p.Aside(asideStranger).Rand(), w.e.paths()
	path := paths[rng.IntN(len(paths))]
	requests := []wire.Request{wire.SetDataRequest{Path: path, Data: w.drawData(), Version: wire.AnyVersion},
		wire.GetDataRequest{Path: path, Watch: true}}
	if rng.IntN(2) == 0 {
		requests = []wire.Request{client.CreateRequest(join(path, "s"), w.drawData(), wire.FlagSequential),
			wire.GetChildrenRequest{Path: path, Watch: true}}
	}
	var pending []*client.Pending
	for slot, req := range requests {
		if p := w.treeRequest(slot, req); p != nil {
			pending = append(pending, p)
		}
	}
	for _, p := range pending {
		if err := p.Wait(); err != nil {
			w.p.Log().Debug("workloads: a request before a connection breaks", "error", err)
		}
	}
	if w.tap != nil {
		w.tap.breakOff()
	}
	w.reconnect()
}

// asideOfTree makes a request of the workload tree, and waits for its end.
func (w *worker) asideOfTree(req wire.Request) {
	if p := w.treeRequest(0, req); p != nil {
		if err := p.Wait(); err != nil {
			w.p.Log().Debug("workloads: a request aside", "error", err)
		}
	}
	w.reconnect()
}
