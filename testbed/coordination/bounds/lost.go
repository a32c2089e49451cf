package bounds

import (
	"fmt"
	"time"

	"ordeal/host"
)

// lost is how a server stands that has clients and can tell them nothing new.
type lost struct {
	// leaderless is since when it has known no leader, deaf since when nothing reaches it from any other server.
	leaderless, deaf time.Duration
}

// What clients may stay with, in TickTimes.
const (
	// leaderlessMax is for a server without a leader: it sends them away after one TickTime.
	leaderlessMax = 3
	// deafMax is for one that hears no other: within two TickTimes it gives its leader or its office up, and is without a
	// leader. What clients read until then is no older.
	deafMax = 5
)

// lookAtLost holds: a server that knows no leader, or hears no other, sends its clients away, but for those who have
// said that they make do with reads. This holds under all faults: nothing but the server itself is in its way.
func (b *Bounds) lookAtLost(server host.Addr, now time.Duration) {
	l := b.lost[server]
	if l == nil {
		l = &lost{now, now}
		b.lost[server] = l
	}
	st, up := b.service.Status(server)
	if !up || b.service.Paused(server) || b.service.Served(server) == 0 {
		*l = lost{now, now}
		return
	}
	if st.Leader != 0 {
		l.leaderless = now
	}
	if !b.deaf(server) {
		l.deaf = now
	}
	if now-l.leaderless > leaderlessMax*b.service.Tick {
		b.breaches.Add("a server without a leader sends its clients away", fmt.Sprintf(
			"%s has known no leader since %v, and has clients", server, l.leaderless))
	}
	if now-l.deaf > deafMax*b.service.Tick {
		b.breaches.Add("a server that hears no other sends its clients away", fmt.Sprintf(
			"nothing reaches %s from another server since %v, and it has clients", server, l.deaf))
	}
}

// deaf says that nothing reaches a server from any other.
func (b *Bounds) deaf(server host.Addr) bool {
	for _, other := range b.members {
		if other == server || b.service.Paused(other) {
			continue
		}
		if _, up := b.service.Status(other); up && !b.calm.Severed(other, server) {
			return false
		}
	}
	return len(b.members) > 1
}
