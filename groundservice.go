package ordeal

import (
	"errors"
	"slices"
	"strings"

	"ordeal/cluster"
	"ordeal/cluster/wal"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// What the nemesis sees and does of the service itself, rather than of the machines under it.

// Damage makes bytes wrong that lie on a disk.
func (g *ground) Damage(m host.Addr, d nemesis.Damage) string {
	kind := sim.BitRot
	if d.Misdirected {
		kind = sim.Misdirected
	}
	g.lastHit[m] = g.lastHit[m] || d.Last
	what, err := g.World.Damage(m, kind, d.Last)
	g.do(err)
	return what
}

// Repair makes them right again.
func (g *ground) Repair(m host.Addr) {
	delete(g.lastHit, m)
	g.do(g.World.Repair(m))
}

// Remember makes a copy of a disk, GoBack puts it in the place of what is there now, and Wipe leaves nothing.
func (g *ground) Remember(m host.Addr) { g.do(g.World.Remember(m)) }

func (g *ground) GoBack(m host.Addr) {
	g.forget(m, "its disk went back to what it had been")
	g.do(g.World.GoBack(m))
}

func (g *ground) Wipe(m host.Addr) {
	g.forget(m, "its disk was emptied")
	g.do(g.World.Wipe(m))
}

func (g *ground) forget(m host.Addr, how string) {
	if len(g.forgot) == 0 {
		g.forgotAt = g.World.Now()
	}
	if g.forgot[m] == "" {
		g.forgot[m] = how
	}
}

// started is called when another program runs on a machine than before. A server that starts although what it had synced
// last may be damaged has perhaps taken the damage for a write that a crash had torn.
func (g *ground) started(m host.Addr) {
	if g.lastHit[m] && g.World.Damaged(m) {
		g.forget(m, "it was started from a damaged disk")
	}
}

// gone is called when an event has left a server down. One that would not start on a damaged disk did as it should.
func (g *ground) gone(m host.Addr) {
	if p := g.present[m]; p != nil {
		p.up = false
	}
	last := len(g.World.Stops()) - 1
	if last < 0 || !g.World.Damaged(m) {
		return
	}
	var found *wal.Damage
	if s := g.World.Stops()[last]; s.Machine == m && s.At == g.World.Now() && s.Boot && errors.As(s.Reason, &found) {
		g.detected[last] = true
	}
}

// Transfer is an operator who asks the leader to hand over.
func (g *ground) Transfer(to host.Addr) {
	leader, ok := g.Leader()
	heir := g.node(to)
	if !ok || heir == nil {
		return
	}
	id := heir.Status().ID
	g.do(g.World.Do(leader, func(p host.Program) {
		// It may lead no more by now, or another change of leaders is under way: then nothing comes of it.
		_ = p.(*cluster.Node).HandOver(id)
	}))
}

// Snapshot is an operator who asks for a snapshot.
func (g *ground) Snapshot(m host.Addr) {
	g.do(g.World.Do(m, func(p host.Program) { p.(*cluster.Node).SaveSnapshot() }))
}

// Holders are the servers to which those are attached who hold a lock or an office, as the server knows that has applied
// most.
func (g *ground) Holders() []host.Addr {
	var newest *cluster.Node
	for _, s := range g.servers {
		if n := g.node(s); n != nil && (newest == nil || n.Status().Applied > newest.Status().Applied) {
			newest = n
		}
	}
	if newest == nil {
		return nil
	}
	var holders []host.Addr
	tree := newest.Tree()
	for _, path := range holdings(newest) {
		r, _ := tree.Read(wire.ExistsRequest{Path: path})
		stat, ok := r.(wire.ExistsResponse)
		if !ok {
			continue
		}
		if session, alive := tree.Session(stat.Stat.EphemeralOwner); alive {
			holders = append(holders, cluster.ServerName(session.Owner.Server))
		}
	}
	slices.Sort(holders)
	return slices.Compact(holders)
}

// holdings are the znodes that say who holds something: the first in each line.
func holdings(n *cluster.Node) (paths []string) {
	for _, root := range []string{"/lock", "/election"} {
		for _, object := range children(n, root) {
			line := children(n, root+"/"+object)
			slices.SortFunc(line, func(a, b string) int { return strings.Compare(sequence(a), sequence(b)) })
			if len(line) > 0 {
				paths = append(paths, root+"/"+object+"/"+line[0])
			}
		}
	}
	return paths
}

func children(n *cluster.Node, path string) []string {
	r, _ := n.Tree().Read(wire.GetChildrenRequest{Path: path})
	listed, _ := r.(wire.GetChildrenResponse)
	return slices.Clone(listed.Names)
}

// sequence is the number at the end of a sequential znode's name.
func sequence(name string) string { return name[max(0, len(name)-10):] }
