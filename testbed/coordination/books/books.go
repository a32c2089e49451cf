// Package books holds servers to it that what they keep twice agrees: lists, counts and tables with the state that they
// follow from, the log in memory with what a power loss would leave on the disk, the state with its own snapshot. What
// is left behind in one of them shows to no client for long, and is a leak, or a wrong answer one day.
package books

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/testbed/trial"
)

// Books looks at the servers in turn.
type Books struct {
	service  Service
	breaches *trial.Breaches
	next     time.Duration
	turn     int
	// doubts is what a server's books had at the look before, which the next will show to be wrong.
	doubts *doubt
	// lists is when the lists of all servers are looked at next, and listed what those had that are in doubt.
	lists  time.Duration
	listed map[host.Addr]*listed
	// read is the newest snapshot that was looked at, of each server.
	read map[host.Addr]cluster.SavedSnapshot
	// side is when a client is looked at next, and sideTurn which.
	side     time.Duration
	sideTurn int
}

// doubt are contradictions that may be so for a moment.
type doubt struct {
	server host.Addr
	node   *cluster.Node
	lines  []string
}

// listed are contradictions in a server's lists, by their kinds: since when they are there at every look.
type listed struct {
	node  *cluster.Node
	since map[string]time.Duration
}

// Service is what has to be known of the service on trial, and of its world.
type Service struct {
	Now func() time.Duration
	// Servers are those that there are, in the ensemble or not. Node is a server's program, nil while it is down or stands
	// still.
	Servers func() []host.Addr
	Node    func(server host.Addr) *cluster.Node
	// Synced is a server's disk as a power loss would leave it.
	Synced func(server host.Addr) (host.Disk, error)
	// State is the hash of the state at an entry, if any server was seen there.
	State func(index uint64) (hash uint64, seen bool)
	// Client is what one of the clients keeps that use the service, one after the other; ok is false if it has no server.
	Client func(turn int) (k client.Kept, ok bool)
}

// audit is what contradicts itself in a server's books.
func (s Service) audit(server host.Addr, n *cluster.Node) []string { return n.Audit(s.synced(server)) }

func (s Service) synced(server host.Addr) host.Disk {
	disk, err := s.Synced(server)
	if err != nil {
		panic("books: " + err.Error())
	}
	return disk
}

// Between two looks at one server or the next lookEvery passes; and doubtFor until one is looked at again whose books
// have a contradiction: what is under way is done by then, or the server has stopped. At the lists of all servers,
// which takes little time, it looks every listsEvery.
const (
	lookEvery  = 2 * time.Second
	doubtFor   = time.Second
	listsEvery = 500 * time.Millisecond
)

// New begins to look.
func New(service Service, breaches *trial.Breaches) *Books {
	return &Books{service: service, breaches: breaches, next: lookEvery, listed: make(map[host.Addr]*listed),
		read: make(map[host.Addr]cluster.SavedSnapshot)}
}

// Sample looks at a server, if it is time to.
func (b *Books) Sample() {
	now := b.service.Now()
	b.sides(now)
	b.sends()
	if now >= b.lists {
		b.lists = now + listsEvery
		for _, server := range b.service.Servers() {
			b.list(server, now)
		}
	}
	if now < b.next {
		return
	}
	b.next = now + lookEvery
	if d := b.doubts; d != nil {
		b.doubts = nil
		b.again(d)
		return
	}
	servers := b.service.Servers()
	b.turn++
	server := servers[b.turn%len(servers)]
	if n := b.service.Node(server); n != nil {
		if lines := b.service.audit(server, n); len(lines) > 0 {
			b.doubts, b.next = &doubt{server, n, lines}, now+doubtFor
		}
		b.snapshot(server, n)
	}
}

// sends holds: a snapshot stays for as long as it is sent.
func (b *Books) sends() {
	for _, server := range b.service.Servers() {
		if n := b.service.Node(server); n != nil && n.SendsGone() > 0 {
			b.breaches.Add("a snapshot that is sent stays", fmt.Sprintf(
				"%s sends snapshot %d, and has removed its file", server, n.SendsGone()))
		}
	}
}

// snapshot holds: the newest snapshot on a server's disk is the state at its entry. No server may start from it for
// long, nor be sent it.
func (b *Books) snapshot(server host.Addr, n *cluster.Node) {
	newest := n.NewestSnapshot()
	if newest == b.read[server] {
		return
	}
	b.read[server] = newest
	index, hash, err := n.SnapshotOn(b.service.synced(server))
	if err != nil {
		return // Audit says what is wrong with a disk
	}
	if want, seen := b.service.State(index); seen && hash != want {
		b.breaches.Add("a snapshot is the state at its entry", fmt.Sprintf(
			"the snapshot that %s has at entry %d is another state than the one that servers had there", server, index))
	}
}

// list holds: what contradicts itself in a server's lists does not at one of the next looks.
func (b *Books) list(server host.Addr, now time.Duration) {
	n, was := b.service.Node(server), b.listed[server]
	var lines []string
	if n != nil {
		lines = n.AuditLists()
	}
	if len(lines) == 0 {
		delete(b.listed, server)
		return
	}
	next := &listed{node: n, since: make(map[string]time.Duration)}
	for _, line := range lines {
		kind, since := kindOf(line), now
		if was != nil && was.node == n {
			if at, there := was.since[kind]; there {
				since = at
			}
		}
		if next.since[kind] = since; now-since >= doubtFor {
			b.breaches.Add("a server's books agree", fmt.Sprintf("of %s, for %v: %s", server, now-since, line))
		}
	}
	b.listed[server] = next
}

// kindOf is a line without its numbers.
func kindOf(line string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, line)
}

// again holds: what contradicted itself a while ago does no longer.
func (b *Books) again(d *doubt) {
	if b.service.Node(d.server) != d.node {
		return
	}
	for _, line := range b.service.audit(d.server, d.node) {
		if slices.ContainsFunc(d.lines, func(before string) bool { return kindOf(before) == kindOf(line) }) {
			b.breaches.Add("a server's books agree", fmt.Sprintf("of %s, for %v: %s", d.server, doubtFor, line))
		}
	}
}
