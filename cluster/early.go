package cluster

// A client may send requests right behind its handshake, without waiting for the answer: ZooKeeper's own client over
// Netty does, with the watches that it sets again. They wait here until it has its session. The server stops reading
// from the connection meanwhile, so that they are few.

// earlyMax is how many frames may come behind a handshake before it is answered. A client that sends more is cut off.
const earlyMax = 1000

// early keeps a frame that came before the answer to the handshake.
func (n *Node) early(c *conn, frame []byte) {
	if len(c.early) == earlyMax {
		n.host.Log().Warn("connection refused: too much behind its handshake", "peer", c.host.Peer())
		n.conns.traffic.garbage++
		n.close(c)
		return
	}
	if c.early == nil {
		c.pause(true)
	}
	c.early = append(c.early, frame)
}

// takeEarly takes what waited for the session, in the order in which it came.
func (n *Node) takeEarly(c *conn) {
	if c.early == nil {
		return
	}
	n.did(TookEarly)
	waited := c.early
	c.early = nil
	for _, frame := range waited {
		if c.phase == phaseGone {
			return
		}
		n.request(c, frame)
	}
	if !c.paused && c.phase != phaseGone {
		c.pause(false)
	}
}
