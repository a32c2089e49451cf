package cluster

import "fmt"

// Waits says which requests of clients this node has no answer to, the longest first, and what each waits for: at most
// so many. It is for people.
func (n *Node) Waits(most int) (list []string) {
	for _, r := range n.outbox.waiting {
		if len(list) == most {
			return list
		}
		list = append(list, fmt.Sprintf("%s waits to be applied: %s", asker(r.conn, r.etcd, r.call), n.whereIs(r)))
	}
	for _, w := range n.syncs.waiting {
		if len(list) == most {
			return list
		}
		list = append(list, asker(w.conn, w.etcd, w.call)+" waits "+n.awaited(w))
	}
	for _, a := range n.awaiting.reads {
		if len(list) == most {
			return list
		}
		if !a.over() {
			list = append(list, fmt.Sprintf("%s waits for entry %d, which is committed, to be on this disk",
				asker(a.conn, nil, a.call), a.call.index))
		}
	}
	return list
}

// awaited says what a read waits for.
func (n *Node) awaited(w *waitingSync) string {
	switch {
	case w.call.confirmed:
		return fmt.Sprintf("for entry %d to be applied", w.call.index)
	case w.question == 0:
		return "to be asked about: no entry of the term was applied here"
	}
	return fmt.Sprintf("for the leader to say how far it must see, since tick %d of %d", w.askedAt, n.ticks)
}

// whereIs says how far a request came.
func (n *Node) whereIs(r *request) string {
	switch {
	case n.role.leader == 0:
		return "no leader is known"
	case !r.sent:
		return "it was not sent to a leader yet"
	}
	return fmt.Sprintf("it was sent to the leader, at last in tick %d of %d", n.outbox.sentAt, n.ticks)
}

// asker is a request and whose it is: a call of etcd's API is no session's.
func asker(c *conn, e *EtcdCall, cl *call) string {
	switch {
	case e != nil:
		return e.head.Method
	case c == internal:
		return "a request of this server's own"
	case cl == nil:
		return fmt.Sprintf("the handshake of %s", c.host.Peer())
	}
	return fmt.Sprintf("%s %d of session 0x%x", cl.op, cl.xid, uint64(c.session))
}
