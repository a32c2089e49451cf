package workloads

import (
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Contact is how a client of Run stands with the service.
type Contact struct {
	Client host.Addr
	// Server is the one whose connection carries the client's session; "" while none does. The rest is then of no
	// meaning.
	Server host.Addr
	// Knows are the servers that it looks for.
	Knows []host.Addr
	// Connections counts those that the session has had, as far as this client knows.
	Connections int
	// Idle says that the client asks for nothing: it is not the one that takes turns.
	Idle    bool
	Session int64
	// Timeout is the session's, as it was granted last.
	Timeout time.Duration
	// Ago is how long ago, by the client's own clock, it sent the latest thing that was answered.
	Ago time.Duration
	// Silent is for how long, by that clock, nothing came on the connection that it has or tries, also without a Server.
	Silent time.Duration
	// Tries is how many servers it tries in turn.
	Tries int
}

// Contacts lists the clients of Run that have a session or want one, by their order. The list is good until the next
// call.
func (e *Env) Contacts() []Contact {
	e.contacts = e.contacts[:0]
	for w := range e.workers() {
		e.addContact(w, w.c, false)
		for _, c := range w.idle {
			e.addContact(w, c, true)
		}
	}
	return e.contacts
}

func (e *Env) addContact(w *worker, c *client.Client, idle bool) {
	if c == nil || !c.Alive() || c.ReadOnly() { // a server without a leader can tell none
		return
	}
	id, _ := c.Session()
	e.contacts = append(e.contacts, Contact{Client: w.p.Self(), Server: c.Server(), Knows: w.knows, Idle: idle,
		Session: id, Timeout: c.Timeout(), Ago: w.p.Now() - c.LastContact(), Connections: c.Connections(),
		Silent: c.Silence(), Tries: c.Servers()})
}

// Kept is what a client of Run keeps of its session: of each in turn. ok is false while it has no connection, and of
// clients that are no Env's.
func (e *Env) Kept(turn int) (k client.Kept, ok bool) {
	if e == nil {
		return k, false
	}
	if all := slices.Collect(e.workers()); len(all) > 0 && all[turn%len(all)].c != nil {
		return all[turn%len(all)].c.Kept()
	}
	return k, false
}
