package bounds

import (
	"cmp"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/host"
)

// server is a member of the ensemble at a look at the world: what it says of itself is asked once.
type server struct {
	name host.Addr
	said cluster.Status // of no meaning while it is not up
	// up says that it runs, paused that it stands still, and well that no fault is on it.
	up, paused, well bool
	*standing        // nil unless it is up, is well and has a leader
}

// standing is how a server stands that is well and has a leader.
type standing struct {
	// since is since when it is to catch up, able since when it has; negative while it has not.
	since, able time.Duration
	// goal is what the leader had applied a sample ago.
	goal uint64
}

func newServers(members []host.Addr) []server {
	servers := make([]server, len(members))
	for i, m := range members {
		servers[i].name = m
	}
	return servers
}

// askServers asks all members how they are.
func (b *Bounds) askServers() {
	for i := range b.servers {
		s := &b.servers[i]
		s.said, s.up = b.service.Status(s.name)
		s.paused, s.well = b.service.Paused(s.name), slices.Contains(b.well, s.name)
	}
}

// server is a member by its name, nil if there is none of that name.
func (b *Bounds) server(name host.Addr) *server {
	for i := range b.servers {
		if b.servers[i].name == name {
			return &b.servers[i]
		}
	}
	return nil
}

// wellRunning are those of the servers that are well which run: one may have stopped for what a fault did that is over.
// The list is good until the next call.
func (b *Bounds) wellRunning() []host.Addr {
	b.running = b.running[:0]
	for i := range b.servers {
		if s := &b.servers[i]; s.well && s.up {
			b.running = append(b.running, s.name)
		}
	}
	return b.running
}

// able is since when a server has caught up with the leader; false if it has not, or is none of the members.
func (b *Bounds) able(name host.Addr) (since time.Duration, is bool) {
	if s := b.server(name); s != nil && s.standing != nil && s.able >= 0 {
		return s.able, true
	}
	return 0, false
}

// serves says that a server is able.
func (b *Bounds) serves(name host.Addr) bool {
	_, is := b.able(name)
	return is
}

// manned is since when so many servers have caught up that the service can serve: one that is sent a snapshot confirms
// nothing that is new. enough is false while there are too few.
func (b *Bounds) manned() (since time.Duration, enough bool) {
	var able []*server
	for i := range b.servers {
		if s := &b.servers[i]; s.standing != nil && s.able >= 0 {
			able = append(able, s)
		}
	}
	slices.SortFunc(able, func(x, y *server) int { return cmp.Compare(x.able, y.able) })
	var names []host.Addr
	for _, s := range able {
		if names = append(names, s.name); b.service.Quorum(names) {
			return s.able, true
		}
	}
	return 0, false
}
