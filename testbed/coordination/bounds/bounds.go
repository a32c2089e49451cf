package bounds

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/monitor"
	"ordeal/testbed/trial"
	"ordeal/workloads"
)

// Bounds holds the service to what has to be done by when, while faults happen. It looks at the world every few
// milliseconds, and demands nothing of whom a fault is on. A server is well when none is, nor on its ways to the other
// well ones; it is able when it is well and has caught up with a leader that is well and has a quorum of well servers.
type Bounds struct {
	service  Service
	breaches *trial.Breaches
	calm     *monitor.Calm
	// sampled is when the world was looked at last, and before the time before that.
	sampled, before time.Duration

	// well are those of the members that are well, and enough says that they are enough to serve: since stirred, when a
	// fault last began or ended, or the members changed.
	members, well []host.Addr
	servers       []server // the members, as they are at this look
	enough        bool
	stirred       time.Duration
	stirs         int
	// leader leads term since led. While none does, "", unled is since when one is due.
	leader     host.Addr
	term       uint64
	led, unled time.Duration
	// handed is when a leader was last asked to let another lead. It takes no requests until that leads, or has not begun
	// to within a TickTime.
	handed time.Duration
	// clients are those that there were, and patronAt is which of them was asked about last; reached is of the last list
	// that was asked about at this look.
	clients  []*patron
	patronAt int
	reached  reach
	silences map[int64]*silence       // of the sessions that there are
	older    map[int64]*silence       // the memory of the next
	due      map[string]time.Duration // since when, by path
	// coarse is when it was last looked at what is looked at less often.
	coarse time.Duration
	// looked is when it was looked at the sessions.
	looked time.Duration
	// drifted says that clocks have run at wrong rates.
	drifted bool
	lost    map[host.Addr]*lost
	changes int         // of faults, when the sessions were last looked at
	running []host.Addr // the memory of a list
}

// Service is what the bounds have to know of the service on trial, and of its world.
type Service struct {
	// Tick is the unit of its timeouts, and Clients are the machines of its clients.
	Tick    time.Duration
	Clients []host.Addr
	Now     func() time.Duration
	// Status is what a server says of itself; ok is false while it is down. Waits is what has waited there for so long.
	Status func(server host.Addr) (st cluster.Status, ok bool)
	Waits  func(server host.Addr, least time.Duration) []cluster.Wait
	Paused func(server host.Addr) bool
	// Served is how many clients a server has that want more of it than reads.
	Served func(server host.Addr) int
	// Sessions visits those that a server knows. Silence is how long ago it heard of one that is attached there, and
	// Attached visits all that are, of a server that is up; Due is what is to be removed by its time of day.
	Sessions func(server host.Addr, visit func(tree.Session) bool)
	Silence  func(server host.Addr, session int64) (ago time.Duration, attached bool)
	Attached func(server host.Addr, visit func(session int64, ago time.Duration))
	Due      func(server host.Addr) []string
	// ReapEvery is how often the leader looks for what is due. Sessions have at least TimeoutMin and at most TimeoutMax.
	ReapEvery, TimeoutMin, TimeoutMax time.Duration
	// Pieces is in how many pieces a server sends its newest snapshot.
	Pieces func(server host.Addr) int
	// Members are the servers of the ensemble.
	Members func() []host.Addr
	// Quorum says whether some servers are enough for the service to serve, whatever change of them is under way.
	Quorum func(servers []host.Addr) bool
}

// sampleEvery is about how often the world is looked at, and coarseEvery how often at what there is more of.
const (
	sampleEvery = 50 * time.Millisecond
	coarseEvery = 100 * time.Millisecond
)

// What may take how long, in TickTimes.
const (
	// leaderMax is for an election: a follower waits one to two for a leader, and votes may be split.
	leaderMax = 8
	// catchUpMax is for what a server has missed, which may be a whole snapshot: one of few pieces, see pieceMax.
	catchUpMax = 6
	// changeMax is for a step of a change of the ensemble: newcomers may be waited for that are heard of and are far
	// behind.
	changeMax = 64
)

// pieceMax is how long a piece of a snapshot takes to be asked for, to come, and to be written down, of one that has
// many.
const pieceMax = 3 * time.Millisecond

// waitMax is how long anything may wait at a server that is able. What was lost is sent again after less than a
// TickTime.
func (s Service) waitMax() time.Duration { return s.Tick * 8 / 5 }

// New begins to hold a service to its bounds.
func New(service Service, breaches *trial.Breaches) *Bounds {
	return &Bounds{
		service: service, breaches: breaches, calm: monitor.NewCalm(service.Clients),
		lost:     make(map[host.Addr]*lost),
		silences: make(map[int64]*silence), older: make(map[int64]*silence),
	}
}

// Fault is to be called with what the nemesis does.
func (b *Bounds) Fault(e nemesis.Event) {
	b.calm.Fault(e)
	if e.Kind == nemesis.Transfer && e.Type == nemesis.Fired {
		b.handed = b.service.Now()
	}
	b.drifted = b.drifted || e.Kind == nemesis.Drift && e.Type == nemesis.Fired
}

// Sample looks at the world, if it is time to; contacts are how the clients stand.
func (b *Bounds) Sample(contacts []workloads.Contact) {
	now := b.service.Now()
	if now < b.sampled+sampleEvery {
		return
	}
	b.before, b.sampled = b.sampled, now
	b.calm.Pass(now)
	b.lookAtFaults(now)
	b.askServers()
	b.lookForLeader(now)
	for i := range b.servers {
		b.lookAt(&b.servers[i], now)
		b.lookAtLost(&b.servers[i], now)
	}
	b.lookAtClients(contacts, now)
	if now >= b.coarse+coarseEvery {
		b.coarse = now
		b.lookAtSessions(now)
		b.lookAtContacts(contacts)
		b.lookAtDue(now)
	}
}

// lookAtFaults takes the faults into account that have begun and ended.
func (b *Bounds) lookAtFaults(now time.Duration) {
	members := b.service.Members()
	if same := slices.Equal(members, b.members); same && b.stirs == b.calm.Stirs() {
		return
	} else if !same {
		b.servers = newServers(members)
	}
	b.stirred, b.stirs = now, b.calm.Stirs()
	b.members, b.well = members, b.calm.Well(members)
	b.enough = b.service.Quorum(b.well)
}

// lookForLeader finds out who leads those that are well. If none does, one of them has to before long; unless a server
// leads that is not well and hinders them.
func (b *Bounds) lookForLeader(now time.Duration) {
	leader, term, excused := host.Addr(""), uint64(0), !b.enough || !b.service.Quorum(b.wellRunning())
	for i := range b.servers {
		switch s := &b.servers[i]; {
		case !s.up || !s.said.Leading:
		case !s.well:
			excused = excused || !s.paused && !b.calm.Cut(s.name, b.well)
		case s.said.AppliedTerm == s.said.Term && s.said.Term > term:
			leader, term = s.name, s.said.Term
		}
	}
	if excused {
		leader, b.unled = "", now
	}
	if leader != b.leader || term != b.term {
		b.leader, b.term, b.led = leader, term, now
		for i := range b.servers {
			b.servers[i].standing = nil
		}
	}
	if leader != "" {
		b.unled = now
	}
	since := max(b.unled, b.stirred)
	if bound := leaderMax * b.service.Tick; now-since > bound {
		b.breaches.Add("a majority that is well has a leader", fmt.Sprintf(
			"%v are well since %v, and none of them has begun to lead the others within %v", b.well, since, bound))
	}
}

// lookAt looks at a server.
func (b *Bounds) lookAt(s *server, now time.Duration) {
	if b.leader == "" || !s.up || !s.well {
		s.standing = nil
		return
	}
	if s.standing == nil {
		s.standing = &standing{since: now, able: -1}
	}
	b.catchesUp(s, now)
	if s.able < 0 {
		return
	}
	since := s.able
	if b.handed > 0 {
		since = max(since, b.handed+b.service.Tick)
	}
	if now-since <= b.service.waitMax() {
		return
	}
	for _, w := range b.service.Waits(s.name, b.service.waitMax()) {
		if w.Change && w.For < changeMax*b.service.Tick {
			continue
		}
		if manned, enough := b.manned(); !enough || now-manned <= b.service.waitMax() {
			return
		}
		b.breaches.Add("what is asked is answered", fmt.Sprintf(
			"at %s there waits, for %v: %s. It has a leader and has caught up with it since %v, and no fault is on them "+
				"nor on a quorum", s.name, w.For, w.What, s.able))
	}
}

// catchUpWithin is how long a server may take to catch up. It may be sent a snapshot, of which it asks for one piece
// after the other.
func (b *Bounds) catchUpWithin() time.Duration {
	return catchUpMax*b.service.Tick + time.Duration(b.service.Pieces(b.leader))*pieceMax
}

// catchesUp notes whether a server has caught up with the leader, which it has to before long.
func (b *Bounds) catchesUp(s *server, now time.Duration) {
	st := &s.said
	has := st.Serving && st.Leader != 0 && st.Term == b.term && st.Applied >= s.goal
	switch {
	case has && s.able < 0:
		s.able = now
	case !has && s.able >= 0:
		s.since, s.able = now, -1
	}
	since := max(s.since, b.stirred)
	if s.able < 0 && now-since > b.catchUpWithin() {
		b.breaches.Add("a server that is well catches up", fmt.Sprintf(
			"%s has applied %d entries, in term %d, where %s, the leader of term %d, had applied %d before; it is "+
				"well since %v", s.name, st.Applied, st.Term, b.leader, b.term, s.goal, since))
	}
	s.goal = b.server(b.leader).said.Applied
}
