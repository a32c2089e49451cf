package workloads

import "time"

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
	for w := range e.workers() {
		if w.c == nil || !w.c.Connected() || w.c.ReadOnly() { // a server without a leader can tell none
			continue
		}
		id, _ := w.c.Session()
		list = append(list, Contact{Session: id, Timeout: w.c.Timeout(), Ago: w.p.Now() - w.c.LastContact()})
	}
	return list
}
