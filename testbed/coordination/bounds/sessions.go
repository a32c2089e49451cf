package bounds

import (
	"fmt"
	"time"

	"ordeal/cluster/tree"
	"ordeal/host"
)

// How long sessions live. A server tells the leader twice in a TickTime whom it has heard from, and the leader looks as
// often who is overdue, whom it gives half a TickTime besides: so a session ends within a TickTime and a half of its
// timeout, and whatever it takes to apply that. It ends no sooner than its timeout after its client was last heard, nor
// than that after its leader began.

// silence is since when nothing was heard of a session.
type silence struct {
	owner tree.Owner
	// attached is when the leader was seen to give it that owner, negative if that was not seen.
	attached time.Duration
	// heard is when the service last heard of the session, or what counts for that: at the latest.
	heard time.Duration
	// connected says that a server had a connection of it at the last look, and was that one had at the look before.
	connected, was bool
	// sure is a contact of which the leader must know, and newer a later one of which it may not know yet.
	sure, newer contact
}

// contact is when a session was heard of at a server that was able, while so many faults had begun or ended.
type contact struct {
	when  time.Duration // negative if it never was
	at    host.Addr
	stirs int
}

// endMax is how much longer than its timeout a session may live that is not heard of, in TickTimes: the one and a half,
// what it takes to apply the end, and what a client may have sent that was held up by a fault.
const endMax = 5

// early is how much sooner than its timeout a session may seem to end: ticks and samples are coarse.
func (b *Bounds) early() time.Duration { return b.service.Tick / 2 }

// told is how long it may take until the leader knows whom a server has heard of: it is told twice in a TickTime. A
// server that was cut off until a moment before may tell it too late.
func (b *Bounds) told() time.Duration { return b.service.Tick * 3 / 4 }

// lookAtSessions holds: a session ends when nothing is heard of it for its timeout, and a while.
func (b *Bounds) lookAtSessions(now time.Duration) {
	if b.leader == "" {
		return
	}
	live := b.older
	clear(live)
	if b.changes != b.calm.Changes() {
		b.changes = b.calm.Changes()
		b.resume(now)
	}
	seen := b.looked >= b.led && now-b.looked <= 2*coarseEvery
	b.looked = now
	b.service.Sessions(b.leader, func(s tree.Session) bool {
		q := b.silences[s.ID]
		if q == nil || q.owner != s.Owner {
			q = &silence{owner: s.Owner, attached: -1, heard: now, sure: contact{when: -1}, newer: contact{when: -1}}
			if seen {
				q.attached = now
			}
		}
		q.was, q.connected = q.connected, false
		live[s.ID] = q
		return true
	})
	b.silences, b.older = live, b.silences
	b.listen(now)
	b.service.Sessions(b.leader, func(s tree.Session) bool {
		q := live[s.ID]
		if q.was && !q.connected {
			q.heard = now
		}
		timeout := time.Duration(s.TimeoutMs) * time.Millisecond
		since := max(q.heard, b.led)
		if bound := timeout + endMax*b.service.Tick; now-since > bound {
			b.breaches.Add("a session ends when its time is up", fmt.Sprintf(
				"session %#x lives, with a timeout of %v, at %s, which leads since %v; no server has heard of it since %v",
				uint64(s.ID), timeout, b.leader, b.led, q.heard))
		}
		return true
	})
}

// resume counts every session as heard of: when a fault ends that was on its client, what that has sent may come in
// on a connection that it closes at once, between two looks at it.
func (b *Bounds) resume(now time.Duration) {
	for _, q := range b.silences { //house:unordered each is treated alike
		q.heard = now
	}
}

// listen finds out when each session was last heard. No server says what came in on a connection just before it closed,
// if that was since the last look: then the session counts as heard of at this one.
func (b *Bounds) listen(now time.Duration) {
	for i := range b.servers {
		s := &b.servers[i]
		if !s.up {
			continue
		}
		b.service.Attached(s.name, func(id int64, ago time.Duration) {
			q := b.silences[id]
			if q == nil {
				return
			}
			q.connected = true
			q.heard = max(q.heard, now-ago)
			if s.standing != nil && s.able >= 0 && now-ago >= s.able {
				b.hear(q, contact{now - ago, s.name, b.stirs}, now)
			}
		})
	}
}

// hear takes a contact, of which the leader knows when it is old enough; until then none takes its place.
func (b *Bounds) hear(q *silence, c contact, now time.Duration) {
	b.ripen(q, now)
	if q.newer.when < 0 {
		q.newer = c
	}
}

// ripen makes a contact sure that is old enough.
func (b *Bounds) ripen(q *silence, now time.Duration) {
	if q.newer.when >= 0 && now-q.newer.when > b.told() {
		q.sure, q.newer.when = q.newer, -1
	}
}

// Expired is to be called when a session has expired, with the timeout that it had and since when the leader led that
// decided it. It holds: neither before that has led for the timeout, nor before its client was silent for so long.
func (b *Bounds) Expired(session int64, led, timeout time.Duration) {
	now, q := b.service.Now(), b.silences[session]
	if !b.drifted && now-led < timeout-b.early() {
		b.breaches.Add("a session lives for its timeout", fmt.Sprintf(
			"session %#x expired, with a timeout of %v, and its leader leads since %v", uint64(session), timeout, led))
	}
	if q == nil || b.leader == "" {
		return
	}
	if q.attached >= 0 && q.attached >= b.led && !b.drifted && now-q.attached < timeout-b.early() {
		b.breaches.Add("a session lives for its timeout", fmt.Sprintf(
			"session %#x expired, with a timeout of %v, and was attached at %v; %s leads since %v", uint64(session), timeout,
			q.attached, b.leader, b.led))
	}
	b.ripen(q, now)
	if s := q.sure; s.when >= b.led && s.stirs == b.calm.Stirs() && b.serves(s.at) && now-s.when < timeout-b.early() {
		b.breaches.Add("a session lives for its timeout", fmt.Sprintf(
			"session %#x expired, with a timeout of %v, and %s heard of it at %v; %s leads since %v, and no fault came",
			uint64(session), timeout, q.sure.at, q.sure.when, b.leader, b.led))
	}
}
