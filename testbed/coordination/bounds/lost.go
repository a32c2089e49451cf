package bounds

import (
	"fmt"
	"time"

	"ordeal/host"
)

// lost is how a server stands that has clients and can tell them nothing new.
type lost struct {
	// leaderless is since it has known no leader, deaf since nothing reaches it from any other server.
	leaderless, deaf spell
	// owing is since something waits there which no other server has a part in.
	owing spell
}

// spell is how long something is so by now: since when, and how much of that has passed by the server's own clock at
// least.
type spell struct{ since, own time.Duration }

// begin begins it anew.
func (s *spell) begin(now time.Duration) { *s = spell{since: now} }

// What clients may stay with, in TickTimes of the server's own clock.
const (
	// leaderlessMax is for a server without a leader: it sends them away after one TickTime.
	leaderlessMax = 3
	// deafMax is for one that hears no other: within two TickTimes it gives its leader or its office up, and is without a
	// leader. What clients read until then is no older.
	deafMax = 5
)

// lookAtLost holds: a server that knows no leader, or hears no other, sends its clients away, but for those who have
// said that they make do with reads. This holds under all faults: nothing but the server itself is in its way.
func (b *Bounds) lookAtLost(s *server, now time.Duration) {
	l := b.lost[s.name]
	if l == nil {
		l = &lost{spell{since: now}, spell{since: now}, spell{since: now}}
		b.lost[s.name] = l
	}
	own := b.calm.Own(s.name, now-b.before)
	b.lookAtOwing(s, l, own, now)
	l.leaderless.own += own
	l.deaf.own += own
	if !s.up || s.paused || b.service.Served(s.name) == 0 {
		l.leaderless.begin(now)
		l.deaf.begin(now)
		return
	}
	if s.said.Leader != 0 {
		l.leaderless.begin(now)
	}
	if !b.deaf(s) {
		l.deaf.begin(now)
	}
	if l.leaderless.own > leaderlessMax*b.service.Tick {
		b.breaches.Add("a server without a leader sends its clients away", fmt.Sprintf(
			"%s has known no leader since %v, and has clients", s.name, l.leaderless.since))
	}
	if l.deaf.own > deafMax*b.service.Tick {
		b.breaches.Add("a server that hears no other sends its clients away", fmt.Sprintf(
			"nothing reaches %s from another server since %v, and it has clients", s.name, l.deaf.since))
	}
}

// owingMax is how long a server without a leader may leave a client without an answer that makes do with reads: it
// reads, or refuses. A read waits for what is committed to be on the disk for a fifth of a TickTime at most.
const owingMax = 1

// lookAtOwing holds: a server without a leader answers those who make do with reads, whatever they ask for. No other
// has a part in it.
func (b *Bounds) lookAtOwing(s *server, l *lost, own, now time.Duration) {
	l.owing.own += own
	if !s.up || s.paused || s.said.Leader != 0 {
		l.owing.begin(now)
		return
	}
	for _, w := range b.service.Waits(s.name, owingMax*b.service.Tick) {
		if w.Alone {
			if l.owing.own > owingMax*b.service.Tick {
				b.breaches.Add("a server without a leader answers who makes do with reads", fmt.Sprintf(
					"at %s there waits, for %v: %s", s.name, w.For, w.What))
			}
			return
		}
	}
	l.owing.begin(now)
}

// deaf says that nothing reaches a server from any other, which it needs: one that is a quorum by itself does not. What
// others sent before may still arrive where messages take longer than a TickTime.
func (b *Bounds) deaf(s *server) bool {
	if b.calm.Late(s.name) > b.service.Tick {
		return false
	}
	for i := range b.servers {
		if o := &b.servers[i]; o != s && o.up && !o.paused && !b.calm.Severed(o.name, s.name) {
			return false
		}
	}
	return len(b.members) > 1 && !b.service.Quorum([]host.Addr{s.name})
}
