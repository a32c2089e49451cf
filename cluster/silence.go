package cluster

import "time"

// Silence is how long ago, by this node's ticks, something last came in from a session that is attached here; ok is
// false for a session that is not.
func (n *Node) Silence(session int64) (ago time.Duration, ok bool) {
	c := n.conns.attached(session)
	if c == nil {
		return 0, false
	}
	return time.Duration(n.ticks-c.heardAt) * n.tick, true
}

// EachAttached visits the sessions that are attached here, each with its Silence, by the age of their connections.
func (n *Node) EachAttached(visit func(session int64, ago time.Duration)) {
	for _, c := range n.conns.list {
		if c.phase == phaseAttached {
			visit(c.session, time.Duration(n.ticks-c.heardAt)*n.tick)
		}
	}
}

// Due lists containers and znodes with a time to live that are to be removed now, by this node's time of day: a few of
// them, in the order of their names. A leader looks for them once in Config.ReapEvery.
func (n *Node) Due() []string {
	return n.state.tree.Reapable(n.wallMs(), int64(n.config.ContainerUnusedMax/time.Millisecond), n.config.Limits.Reaped)
}

// Clients counts the clients here that have been promised more than reads, and have a session for it.
func (n *Node) Clients() (count int) {
	for _, c := range n.conns.list {
		if !c.readOnly && c.etcd == nil {
			count++
		}
	}
	return count
}
