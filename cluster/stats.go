package cluster

import (
	"slices"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/tracker"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Stats is what operators are told of a running node, over the client port, HTTP and as metrics. Latencies are in ms.
type Stats struct {
	Status
	// State is leader, follower, observer, standalone, or read-only; "" while the node serves no client.
	State   string
	Figures tree.Figures
	// NodeCount is the number of znodes as ZooKeeper has it: it counts the root twice, as "/" and as "".
	NodeCount int
	Uptime    time.Duration
	// Received and Sent count frames of clients, Outstanding their requests that have no answer yet.
	Received, Sent uint64
	Outstanding    int
	All            Latency
	Reads, Writes  Latency
	Watches        int
	// Garbage counts connections that were closed for what they sent, Unfinished those that sent no whole handshake
	// in time.
	Garbage, Unfinished uint64
	// PeersCorrupt counts messages of other servers that were dropped for their checksum.
	PeersCorrupt uint64
	// Paused counts how often a connection was not read from for a while, since too many requests were outstanding.
	Paused uint64
	// LogBytes and SnapshotBytes are what the node has on its disk.
	LogBytes, SnapshotBytes int64
	// Followers counts the other voters that the leader hears from, and Synced those of them that have all of the log or
	// are being sent it as it comes.
	Followers, Synced int
	// LocalSessions counts the sessions that only this server knows.
	LocalSessions int
	// AuthFailed counts claims that did not hold. PlainNear and PlainFar count the connections without TLS that came
	// from this machine and from others.
	AuthFailed, PlainNear, PlainFar uint64
	// Proposals and Answers are the sizes of what this node proposed as leader, and of what it sent to clients.
	Proposals, Answers Sizes
	// LeadingFor is how long the leader has led.
	LeadingFor time.Duration
	// Observers and SyncedObservers count the observers in the same way.
	Observers, SyncedObservers int
	// Voters are the servers that vote.
	Voters []Member
}

// Latency is how long requests took, in ms. Mean is a decimal number.
type Latency struct {
	Count         uint64
	Min, Max, Sum int64
	Mean          string
}

func (l *latency) show() Latency {
	return Latency{Count: l.count, Min: l.min, Max: l.max, Sum: l.sum, Mean: l.mean()}
}

// modes of a server, as ZooKeeper calls them.
const (
	modeLeader     = "leader"
	modeFollower   = "follower"
	modeObserver   = "observer"
	ModeStandalone = "standalone"
	// ModeReadOnly is that of a node without a leader that serves reads; see Config.ReadOnly.
	ModeReadOnly = "read-only"
)

// answering reports whether this node has anything to tell clients.
func (n *Node) answering() bool { return n.serving && n.role.leader != 0 || n.readOnly() }

func (n *Node) mode() string {
	switch {
	case !n.answering():
		return ""
	case n.role.leader == 0:
		return ModeReadOnly
	case len(n.members) == 1 && n.config.Settings&tree.OneVoter == 0:
		return ModeStandalone
	case n.isLeader():
		return modeLeader
	case n.observing():
		return modeObserver
	}
	return modeFollower
}

// Stats counts what there is to tell. It takes as long as there are connections and sessions.
func (n *Node) Stats() Stats {
	t := &n.conns.traffic
	s := Stats{
		Status: n.Status(), State: n.mode(), Figures: n.state.tree.Figures(), Uptime: n.host.Clock().Now() - n.bootedAt,
		Received: t.received, Sent: t.sent, Garbage: t.garbage, Unfinished: t.unfinished, Paused: t.paused,
		PeersCorrupt: n.peersCorrupt, AuthFailed: t.authFailed, PlainNear: t.plainNear, PlainFar: t.plainFar,
		Proposals: t.proposals.show(), Answers: t.answers.show(),
		All: t.all.show(), Reads: t.reads.show(), Writes: t.writes.show(),
		Watches: n.watches.Count(), LocalSessions: len(n.locals),
		Voters: n.members.voters(),
	}
	s.NodeCount = s.Figures.Znodes + 1
	s.LogBytes, s.SnapshotBytes = n.log.Sizes()
	s.Outstanding = n.conns.outstanding
	if n.isLeader() {
		n.countLearners(&s)
		s.LeadingFor = time.Duration(n.ticks-n.termSince) * n.tick
	}
	return s
}

// learnerTicks is how long a server that is silent still counts as one that follows: two TickTimes.
const learnerTicks = 2 * raftTicksPerTick

// countLearners counts the other servers that are heard from, and those of them that have everything or are being sent
// it as it comes. Raft's own RecentActive does not say who is heard from: raft forgets it whenever it looks for a
// quorum.
func (n *Node) countLearners(s *Stats) {
	n.raft.WithProgress(func(id uint64, kind raft.ProgressType, p tracker.Progress) {
		if _, in := n.members.find(id); !in || id == n.config.ID || !n.heardWithin(id, learnerTicks) {
			return
		}
		all, synced := &s.Followers, &s.Synced
		if kind == raft.ProgressTypeLearner {
			all, synced = &s.Observers, &s.SyncedObservers
		}
		*all++
		if p.State == tracker.StateReplicate || p.Match >= n.state.index {
			*synced++
		}
	})
}

// ConnStats is what operators are told of one connection. Latencies are in ms.
type ConnStats struct {
	Peer           string
	Encrypted      bool
	Queued         int
	Received, Sent uint64
	// Session is 0 for a connection that has none; the rest is then empty.
	Session       int64
	LastOp        string
	EstablishedMs int64 // time of day, since 1970
	TimeoutMs     int32
	LastXid       int32
	LastZxid      int64
	LastAtMs      int64 // on the monotonic clock
	LastLatency   int64
	Latency       Latency
}

// Connections tells of every connection, oldest first.
func (n *Node) Connections() []ConnStats {
	var list []ConnStats
	for _, c := range n.conns.list {
		u := &c.usage
		over, _ := c.host.(host.Encrypted)
		s := ConnStats{Peer: c.host.Peer(), Encrypted: over != nil && over.Encrypted(), Queued: len(c.calls),
			Received: u.received, Sent: u.sent}
		if c.phase == phaseAttached {
			s.Session, s.LastOp, s.EstablishedMs, s.TimeoutMs = c.session, shortOp(u.lastOp), u.establishedMs, u.timeoutMs
			s.LastXid, s.LastZxid, s.LastAtMs = u.lastXid, u.lastZxid, u.lastAt.Milliseconds()
			s.LastLatency, s.Latency = u.latency.last, u.latency.show()
		}
		list = append(list, s)
	}
	return list
}

// ResetStats forgets what was counted of all requests.
func (n *Node) ResetStats() { n.conns.traffic.reset() }

// ResetConnectionStats forgets what was counted of each connection's requests.
func (n *Node) ResetConnectionStats() {
	for _, c := range n.conns.list {
		c.usage.received, c.usage.sent, c.usage.latency = 0, 0, latency{}
		c.usage.lastOp, c.usage.lastXid, c.usage.lastZxid = wire.OpNotification, 0, 0
	}
}

// SessionWatches are the paths that a session watches, sorted.
type SessionWatches struct {
	Session int64
	Paths   []string
}

// PathWatches are the sessions that watch a path, in the order of their connections.
type PathWatches struct {
	Path     string
	Sessions []int64
}

// WatchesByPath lists the watches of data, and those that stay, as ZooKeeper's own list has them: those of children are
// not among them.
func (n *Node) WatchesByPath() []PathWatches {
	var list []PathWatches
	n.watches.Each(func(one tree.Watch, watcher uint64) {
		c := n.conns.byID(watcher)
		if one.Kind == tree.Child || c == nil {
			return
		}
		if k := len(list); k == 0 || list[k-1].Path != one.Path {
			list = append(list, PathWatches{Path: one.Path})
		}
		last := &list[len(list)-1]
		if !slices.Contains(last.Sessions, c.session) {
			last.Sessions = append(last.Sessions, c.session)
		}
	})
	return list
}

// WatchesBySession lists the same watches by session, in the order of the connections.
func (n *Node) WatchesBySession() []SessionWatches {
	paths := make(map[int64][]string)
	for _, p := range n.WatchesByPath() {
		for _, s := range p.Sessions {
			paths[s] = append(paths[s], p.Path)
		}
	}
	var list []SessionWatches
	for _, c := range n.conns.list {
		if own := paths[c.session]; len(own) > 0 {
			list = append(list, SessionWatches{Session: c.session, Paths: own})
		}
	}
	return list
}
