package coordination

import (
	"slices"
	"strings"

	"ordeal/cluster"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/testbed/trial"
)

// operator is what the service tells the nemesis of itself, and what it can be asked for. It implements
// machines.Operator.
type operator struct {
	stage    *trial.Stage
	ensemble ensemble
	// waiting are those that wait for a moment, in order.
	waiting []*waiting
}

// node is the service's program on a machine, or nil while it is down.
func (o *operator) node(machine host.Addr) *cluster.Node {
	n, _ := o.stage.World.Program(machine).(*cluster.Node)
	return n
}

// Leader is the leader of the newest term that any server believes itself to lead.
func (o *operator) Leader() (host.Addr, bool) {
	var leader host.Addr
	var term uint64
	for _, s := range o.stage.Machines.Servers() {
		if n := o.node(s); n != nil {
			if st := n.Status(); st.Leading && st.Term > term {
				leader, term = s, st.Term
			}
		}
	}
	return leader, term > 0
}

// do runs a function on a machine's program that is up.
func (o *operator) do(machine host.Addr, f func(n *cluster.Node)) {
	if err := o.stage.World.Do(machine, func(p host.Program) { f(p.(*cluster.Node)) }); err != nil {
		o.stage.Machines.Refuse(err)
	}
}

// Transfer is an operator who asks the leader to hand over.
func (o *operator) Transfer(to host.Addr) {
	leader, ok := o.Leader()
	next := o.node(to)
	if !ok || next == nil {
		return
	}
	id := next.Status().ID
	o.do(leader, func(n *cluster.Node) {
		// It may lead no more by now, or another change of leaders is under way: then it refuses.
		_ = n.HandOver(id)
	})
}

// Snapshot is an operator who asks for a snapshot.
func (o *operator) Snapshot(m host.Addr) {
	o.do(m, func(n *cluster.Node) { n.SaveSnapshot() })
}

// Holders are the servers to which those are attached who hold a lock or an office, as the server knows that has
// applied most.
func (o *operator) Holders() []host.Addr {
	var newest *cluster.Node
	for _, s := range o.stage.Machines.Servers() {
		if n := o.node(s); n != nil && (newest == nil || n.Status().Applied > newest.Status().Applied) {
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
			line := members(n, root+"/"+object)
			slices.SortFunc(line, func(a, b string) int { return strings.Compare(sequence(a), sequence(b)) })
			if len(line) > 0 {
				paths = append(paths, root+"/"+object+"/"+line[0])
			}
		}
	}
	return paths
}

// members are the znodes of a line without those of other programs.
func members(n *cluster.Node, path string) []string {
	list := children(n, path)
	foreign := recipes.Foreign(list)
	return slices.DeleteFunc(list, func(name string) bool { return slices.Contains(foreign, name) })
}

func children(n *cluster.Node, path string) []string {
	r, _ := n.Tree().Read(wire.GetChildrenRequest{Path: path})
	listed, _ := r.(wire.GetChildrenResponse)
	return slices.Clone(listed.Names)
}

// sequence is the number at the end of a sequential znode's name.
func sequence(name string) string { return name[max(0, len(name)-10):] }
