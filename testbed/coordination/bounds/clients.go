package bounds

import (
	"fmt"
	"time"

	"ordeal/host"
	"ordeal/workloads"
)

// patron is how a client of the trial stands on whom no fault is, nor on its ways to the servers.
type patron struct {
	name host.Addr
	// well is since when; seeking is since when it has had no server that serves it, while there was one to be found.
	well, seeking time.Duration
	// kept is since when its connections are counted, and links how many its session had had by then.
	kept    time.Duration
	session int64
	links   int
	// seen is when it was looked at last: at every sample, but for those at which it had no session and wanted none.
	seen time.Duration
}

// patron is how a client stood at the last look. Clients are looked at in their order: mostly it is the one behind that
// which was asked about before.
func (b *Bounds) patron(name host.Addr) *patron {
	for range b.clients {
		b.patronAt = (b.patronAt + 1) % len(b.clients)
		if c := b.clients[b.patronAt]; c.name == name {
			return c
		}
	}
	c := &patron{name: name, seen: -1}
	b.patronAt, b.clients = len(b.clients), append(b.clients, c)
	return c
}

// reach says of servers that a client knows whether any of them serves, and whether all do.
type reach struct {
	knows    []host.Addr
	any, all bool
}

// reach is asked at every look of every client, most of which know the same list: it is gone through once.
func (b *Bounds) reach(knows []host.Addr) reach {
	if len(knows) == 0 {
		return reach{all: true}
	}
	if r := b.reached; len(r.knows) == len(knows) && &r.knows[0] == &knows[0] {
		return r
	}
	r := reach{knows: knows, all: true}
	for _, server := range knows {
		serves := b.serves(server)
		r.any, r.all = r.any || serves, r.all && serves
	}
	b.reached = r
	return r
}

// seekMax is how many TickTimes a client may look for a server that serves it: others may not answer, and it waits a
// while between them.
const seekMax = 20

// lookAtClients holds: a client that is connected to a server which is able is answered, at the latest when it has
// asked with a ping; and one that is not finds such a server.
func (b *Bounds) lookAtClients(contacts []workloads.Contact, now time.Duration) {
	b.reached = reach{}
	for i := range contacts {
		at := &contacts[i]
		if at.Idle {
			continue
		}
		c := b.patron(at.Client)
		if c.seen != b.before {
			*c = patron{name: at.Client, well: now, seeking: now}
		}
		c.seen = now
		if !b.calm.Free(at.Client) {
			c.well, c.seeking = now, now
		}
		if at.Server != "" || !b.reach(at.Knows).any {
			c.seeking = now
		}
		if bound := seekMax * b.service.Tick; now-c.seeking > bound {
			b.breaches.Add("a client that is well is served", fmt.Sprintf(
				"%s has found no server that serves it, since %v; %v are well, and %s leads", at.Client, c.seeking, b.well,
				b.leader))
		}
		b.lookAtConnections(at, c, now)
		b.lookAtSilence(at, c, now)
		able, is := b.able(at.Server)
		if !is {
			continue
		}
		b.lookAtTimeout(at)
		since := max(able, c.well, b.stirred)
		if bound := at.Timeout/3 + b.service.waitMax(); now-since > bound && at.Ago > bound {
			b.breaches.Add("a client that is well is served", fmt.Sprintf(
				"%s, connected to %s, was answered last what it had sent %v before, which is more than a third of its "+
					"session's timeout of %v and %v; no fault is on them since %v", at.Client, at.Server, at.Ago, at.Timeout,
				b.service.waitMax(), since))
		}
	}
}

// lookAtSilence holds: a client leaves a server that says nothing for two thirds of its session's timeout, and one that
// does not take its session so soon that it can try every server before that timeout has passed. Nothing but the client
// itself is in its way, whatever becomes of the servers; and who stays has lost the session before it has tried
// another.
func (b *Bounds) lookAtSilence(at *workloads.Contact, c *patron, now time.Duration) {
	bound := at.Timeout * 2 / 3
	if at.Server == "" {
		bound = max(attemptMin, at.Timeout/time.Duration(max(1, at.Tries)))
	}
	if slack := b.service.Tick / 2; now-c.well > slack && at.Silent > bound+slack {
		b.breaches.Add("a client leaves a server that is silent", fmt.Sprintf(
			"%s has heard nothing for %v on a connection that it keeps (its session is served by %q), and its timeout is %v",
			at.Client, at.Silent, at.Server, at.Timeout))
	}
}

// attemptMin is how long a client tries a server at least.
const attemptMin = 100 * time.Millisecond

// lookAtConnections holds: a client whose servers are all able keeps its connection. It may break one itself now and
// then, and a session that moves to and fro may lose some.
func (b *Bounds) lookAtConnections(at *workloads.Contact, c *patron, now time.Duration) {
	calm := b.calm.Free(at.Client) && b.stirred < c.kept && at.Session == c.session && b.reach(at.Knows).all
	if !calm || now-c.kept > seekMax*b.service.Tick {
		c.kept, c.session, c.links = now, at.Session, at.Connections
	}
	if n := at.Connections - c.links; n > linksMax {
		b.breaches.Add("a client that is well is served", fmt.Sprintf(
			"%s has had %d connections since %v, and lost them; all servers that it knows are able, and no fault came",
			at.Client, n, c.kept))
	}
}

// linksMax is how many connections a client may have within seekMax.
const linksMax = 20

// lookAtContacts holds: a client takes no later time for that of its last contact than the server, which heard of it at
// that time or later. Whoever holds a lock goes by it.
func (b *Bounds) lookAtContacts(contacts []workloads.Contact) {
	if b.drifted {
		return
	}
	for i := range contacts {
		at := &contacts[i]
		if at.Server == "" {
			continue
		}
		ago, attached := b.service.Silence(at.Server, at.Session)
		if attached && at.Ago < ago-b.service.Tick/4 {
			b.breaches.Add("a client counts from when it asked", fmt.Sprintf(
				"%s says of session %#x that what it sent %v ago was answered, and %s has heard nothing of it for %v", at.Client,
				uint64(at.Session), at.Ago, at.Server, ago))
		}
	}
}

// lookAtTimeout holds: the timeout that a client was told is in its bounds.
func (b *Bounds) lookAtTimeout(at *workloads.Contact) {
	if at.Timeout < b.service.TimeoutMin || at.Timeout > b.service.TimeoutMax {
		b.breaches.Add("a session's timeout is what was agreed", fmt.Sprintf(
			"%s has session %#x with a timeout of %v, where it may be from %v to %v", at.Client, uint64(at.Session),
			at.Timeout, b.service.TimeoutMin, b.service.TimeoutMax))
	}
}
