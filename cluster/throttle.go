package cluster

import "ordeal/host"

// A server that has more requests to answer than its configuration allows stops reading from the connections that go on
// to send some, until it has caught up: clients then wait in their sockets, and not in this server's memory. A
// connection that has nothing outstanding is read from in any case.

// pause stops or resumes reading from a connection, and says whether this host can do that.
func (c *conn) pause(stop bool) bool {
	p, ok := c.host.(host.Pauser)
	if ok {
		p.Pause(stop)
	}
	return ok
}

// throttle stops reading from a connection with requests outstanding, if there are too many on all of them.
func (n *Node) throttle(c *conn) {
	most := n.config.OutstandingMax
	if most == 0 || n.conns.outstanding <= most || c.paused || len(c.calls) == 0 {
		return
	}
	if c.pause(true) {
		c.paused = true
		n.conns.paused = append(n.conns.paused, c)
		n.conns.traffic.paused++
		n.did(StoppedReading)
	}
}

// settled notes that so many requests are no longer outstanding, and reads again from those that had to wait.
func (n *Node) settled(requests int) {
	n.conns.outstanding -= requests
	if n.conns.outstanding > max(0, n.config.OutstandingMax) || len(n.conns.paused) == 0 {
		return
	}
	list := n.conns.paused
	n.conns.paused = nil
	for _, c := range list {
		c.paused = false
		if c.phase != phaseGone {
			c.pause(false)
		}
	}
}
