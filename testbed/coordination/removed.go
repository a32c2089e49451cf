package coordination

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/testbed/coordination/setup"
)

// removed holds: a server that knows that it was taken out of the ensemble serves no client. What they would be told
// there grows old, and no server would tell it anything new.
type removed map[host.Addr]time.Duration // since when clients are there, of servers that were taken out

// look looks at the servers that are in the ensemble no more.
func (r removed) look(i *instance) {
	members := i.operator.Members()
	if len(r) == 0 && len(members) == len(i.stage.Machines.Servers()) {
		return // all are
	}
	now := i.stage.World.Now()
	for _, s := range i.stage.Machines.Servers() {
		n := i.operator.node(s)
		if n == nil || slices.Contains(members, s) || i.stage.World.Paused(s) || in(n) || n.Clients() == 0 {
			delete(r, s)
			continue
		}
		since, known := r[s]
		if !known {
			since = now
			r[s] = now
		}
		if tick := i.setup.Time(setup.Tick); now-since > tick/2 {
			i.stage.Breaches.Add("a server that was taken out serves no client", fmt.Sprintf(
				"%s knows that it was taken out of the ensemble, and has %d clients, since %v", s, n.Clients(), since))
		}
	}
}

// in says whether a server takes itself for one of the ensemble's.
func in(n *cluster.Node) bool {
	return slices.ContainsFunc(n.Members(), func(m cluster.Member) bool { return m.ID == n.Status().ID })
}
