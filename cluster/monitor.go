package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Monitor is what the word mntr tells, and the command monitor of HTTP, under the names that ZooKeeper gives them, with
// "zk_" in front. asking is how many connections there are to be counted that the node does not know: the one that
// asks.
func (n *Node) Monitor(asking int) []Fact {
	s := n.Stats()
	facts := []Fact{{"zk_version", n.config.Operator.Version}, {"zk_server_state", s.State}}
	if s.State != ModeStandalone && s.State != "" {
		facts = append(facts, Fact{"zk_peer_state", peerState(s.State)})
	}
	number := func(key string, v int64) { facts = append(facts, Fact{"zk_" + key, strconv.FormatInt(v, 10)}) }
	facts = append(facts, Fact{"zk_avg_latency", s.All.Mean})
	number("min_latency", s.All.Min)
	number("max_latency", s.All.Max)
	number("packets_received", int64(s.Received))
	number("packets_sent", int64(s.Sent))
	number("num_alive_connections", int64(s.Connections+asking))
	number("outstanding_requests", int64(s.Outstanding))
	number("uptime", s.Uptime.Milliseconds())
	number("znode_count", int64(s.NodeCount))
	number("watch_count", int64(s.Watches))
	number("ephemerals_count", int64(s.Figures.Ephemerals))
	number("approximate_data_size", s.Figures.Bytes)
	number("global_sessions", int64(s.Figures.Sessions))
	number("local_sessions", int64(s.LocalSessions))
	number("auth_failed_count", int64(s.AuthFailed))
	number("non_mtls_local_conn_count", int64(s.PlainNear))
	number("non_mtls_remote_conn_count", int64(s.PlainFar))
	sizes := func(kind string, one Sizes) {
		number("last_"+kind+"_size", int64(one.Last))
		number("min_"+kind+"_size", int64(one.Min))
		number("max_"+kind+"_size", int64(one.Max))
	}
	sizes("client_response", s.Answers)
	number("quorum_size", int64(len(s.Voters)))
	if s.State == modeLeader {
		number("followers", int64(s.Followers))
		number("learners", int64(s.Followers+s.Observers))
		number("synced_followers", int64(s.Synced))
		number("synced_observers", int64(s.SyncedObservers))
		number("pending_syncs", int64(len(n.syncs.waiting)))
		number("leader_uptime", s.LeadingFor.Milliseconds())
		sizes("proposal", s.Proposals)
	}
	for _, l := range []struct {
		name string
		Latency
	}{{"readlatency", s.Reads}, {"updatelatency", s.Writes}} {
		facts = append(facts, Fact{"zk_avg_" + l.name, l.Mean})
		number("min_"+l.name, l.Min)
		number("max_"+l.name, l.Max)
		number("cnt_"+l.name, int64(l.Count))
		number("sum_"+l.name, l.Sum)
	}
	number("unrecognized_connections", int64(s.Garbage))
	number("unfinished_connections", int64(s.Unfinished))
	number("connection_paused", int64(s.Paused))
	if machine := n.config.Operator.Machine; machine != nil {
		facts = append(facts, machine()...)
	}
	return facts
}

// peerState is the detailed state of a server of an ensemble.
func peerState(mode string) string {
	switch mode {
	case modeLeader:
		return "leading - broadcast"
	case modeObserver:
		return "observing - broadcast"
	case ModeReadOnly:
		return "looking - election"
	}
	return "following - broadcast"
}

// Deadline is when sessions end if nothing is heard from them until then, as the leader counts.
type Deadline struct {
	AtMs     int64 // time of day, since 1970, if the leader is not held up
	Sessions []int64
}

// Deadlines lists when sessions end, the next first. Only the leader knows; elsewhere it is empty.
func (n *Node) Deadlines() []Deadline {
	byTick := make(map[uint64][]int64)
	var ticks []uint64
	for _, s := range n.state.tree.Sessions() {
		at, ok := n.expirer.deadlines[s.ID]
		if !ok {
			continue
		}
		if byTick[at] == nil {
			ticks = append(ticks, at)
		}
		byTick[at] = append(byTick[at], s.ID)
	}
	slices.SortFunc(ticks, cmp.Compare)
	var list []Deadline
	now := n.wallMs()
	for _, at := range ticks {
		left := time.Duration(at-min(at, n.ticks)) * n.tick
		list = append(list, Deadline{AtMs: now + left.Milliseconds(), Sessions: byTick[at]})
	}
	return list
}

// SessionEphemerals are the ephemeral znodes of one session, sorted.
type SessionEphemerals struct {
	Session int64
	Paths   []string
}

// Ephemerals lists the sessions that have ephemeral znodes, by id.
func (n *Node) Ephemerals() []SessionEphemerals {
	var list []SessionEphemerals
	for _, s := range n.state.tree.Sessions() {
		if paths := n.state.tree.Ephemerals(s.ID); len(paths) > 0 {
			list = append(list, SessionEphemerals{s.ID, paths})
		}
	}
	return list
}

func (n *Node) textDump(q question) string {
	var b strings.Builder
	b.WriteString("SessionTracker dump:\n")
	if n.expirer.running {
		deadlines := n.Deadlines()
		sessions := 0
		for _, d := range deadlines {
			sessions += len(d.Sessions)
		}
		fmt.Fprintf(&b, "Session Sets (%d)/(%d):\n", len(deadlines), sessions)
		for _, d := range deadlines {
			at := time.UnixMilli(d.AtMs).UTC().Format(time.UnixDate)
			fmt.Fprintf(&b, "%d expire at %s:\n", len(d.Sessions), at)
			for _, id := range d.Sessions {
				fmt.Fprintf(&b, "\t0x%x\n", uint64(id))
			}
		}
	} else {
		sessions := n.state.tree.Sessions()
		fmt.Fprintf(&b, "Global Sessions(%d):\n", len(sessions))
		for _, s := range sessions {
			fmt.Fprintf(&b, "0x%x\t%dms\n", uint64(s.ID), s.TimeoutMs)
		}
	}
	b.WriteString("ephemeral nodes dump:\n")
	ephemerals := n.Ephemerals()
	fmt.Fprintf(&b, "Sessions with Ephemerals (%d):\n", len(ephemerals))
	for _, e := range ephemerals {
		fmt.Fprintf(&b, "0x%x:\n", uint64(e.Session))
		for _, p := range e.Paths {
			fmt.Fprintf(&b, "\t%s\n", p)
		}
	}
	connections := n.Connections()
	fmt.Fprintf(&b, "Connections dump:\nConnections Sets (1)/(%d):\n%d expire with their sessions:\n", len(connections)+1,
		len(connections)+1)
	fmt.Fprintf(&b, "\tip: /%s sessionId: 0x0\n", q.peer)
	for _, c := range connections {
		fmt.Fprintf(&b, "\tip: /%s sessionId: 0x%x\n", c.Peer, uint64(c.Session))
	}
	return b.String()
}
