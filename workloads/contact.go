package workloads

import (
	"time"

	"ordeal/cluster/client"
)

// Contact is when a session's client last heard from the service.
type Contact struct {
	Session int64
	// Timeout is the session's, as it was granted last.
	Timeout time.Duration
	// Ago is how long ago, by the client's own clock, it sent the latest thing that was answered.
	Ago time.Duration
}

// Contacts lists the clients of Run that are connected, by their order.
func (e *Env) Contacts() []Contact {
	var list []Contact
	add := func(w *worker, c *client.Client) {
		if c == nil || !c.Connected() || c.ReadOnly() { // a server without a leader can tell none
			return
		}
		id, _ := c.Session()
		list = append(list, Contact{Session: id, Timeout: c.Timeout(), Ago: w.p.Now() - c.LastContact()})
	}
	for w := range e.workers() {
		add(w, w.c)
		for _, c := range w.idle {
			add(w, c)
		}
	}
	return list
}
