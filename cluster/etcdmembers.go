package cluster

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/tracker"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
	"ordeal/cluster/zoocfg"
)

// How clients of etcd's API change the members. A request is an entry about keys, and is judged where it is applied, as
// those are; if it is good it becomes the ensemble's change that is under way (reconfig.go), and is answered when that
// is done. Numbers are given out once: the next is behind all that there ever were.
//
// A member that is added need not be there yet. So whoever it is it is a learner first, who costs no majority anything;
// and if it was to vote, the leader has it promoted as soon as it has caught up. It is shown as what it is to be.

// memberActions are what the methods about one member do.
var memberActions = map[string]etcdwire.MemberAction{
	etcdwire.MethodMemberRemove: etcdwire.MemberRemove, etcdwire.MethodMemberUpdate: etcdwire.MemberUpdate,
	etcdwire.MethodMemberPromote: etcdwire.MemberPromote,
}

// healthyFor is for how long a server must have known a leader before members are changed through it. With etcd it is a
// second more, by a clock that does not stand still between two ticks.
const healthyFor = 4 * time.Second

// learnersMax is how many learners there may be that clients have added.
const learnersMax = 1

func (c *EtcdCall) changeMembers(who kv.Who, r *etcdwire.MemberChange) {
	if status := c.n.mayChangeMembers(r); status.Code != etcdwire.OK && !c.n.config.Etcd.LaxReconfig {
		c.fail(status)
		return
	}
	r.ClusterID = c.n.clusterID()
	c.n.enter(c, kv.Entry{User: who.User, AuthRevision: who.Revision, Request: r})
}

// peerURLs are the URLs of a member, in their order.
func peerURLs(list []string) ([]string, etcdwire.Status) {
	var sorted []string
	for _, text := range list {
		u, err := url.Parse(strings.TrimSpace(text))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.Hostname() == "" {
			return nil, etcdwire.ErrMemberBadURLs
		}
		if _, err := strconv.ParseUint(u.Port(), 10, 16); err != nil {
			return nil, etcdwire.ErrMemberBadURLs
		}
		sorted = append(sorted, u.String())
	}
	if len(sorted) == 0 {
		return nil, etcdwire.ErrMemberBadURLs
	}
	slices.Sort(sorted)
	return sorted, etcdwire.Status{}
}

// mayChangeMembers says why the members may not be changed, as far as this server can see: because too few of the
// voters have ever come up, or because it knows the leader for too short a time.
func (n *Node) mayChangeMembers(r *etcdwire.MemberChange) etcdwire.Status {
	voters, started, learner := 0, 0, false
	all := n.etcdMembers()
	for _, m := range all {
		switch {
		case m.ID == r.ID && r.Action == etcdwire.MemberRemove:
			learner = m.IsLearner
		case m.IsLearner:
		case m.Name != "":
			started++
			fallthrough
		default:
			voters++
		}
	}
	healthy := len(all) == 1 ||
		n.role.leader != 0 && n.ticks-n.etcd.leaderSince >= uint64(healthyFor/n.tick)
	switch {
	case r.Action == etcdwire.MemberAdd && !r.IsLearner && (voters != 1 || started != 1) && started < (voters+1)/2+1,
		r.Action == etcdwire.MemberRemove && !learner && started < voters/2+1,
		r.Action == etcdwire.MemberPromote && started+1 < (voters+1)/2+1:
		return etcdwire.ErrMemberNotStarted
	case r.Action == etcdwire.MemberAdd && !healthy, r.Action == etcdwire.MemberRemove && !learner && !healthy:
		return etcdwire.ErrUnhealthy
	}
	return etcdwire.Status{}
}

// applyMemberChange judges a request that is applied, and lets its change begin.
func (n *Node) applyMemberChange(c command, e kv.Entry, r *etcdwire.MemberChange, own bool) {
	servers, member, status := n.considerMembers(e, r)
	if status.Code == etcdwire.OK {
		n.state.next = &change{
			server: c.server, incarnation: c.incarnation, seq: c.seq, servers: formatServers(servers),
			member: etcdwire.Append(nil, &member),
		}
		n.changing = changing{since: n.ticks}
		n.refreshMembers()
	}
	if !own {
		return
	}
	n.outbox.sentAt = n.ticks
	asked := n.outbox.pop(c.seq)
	switch {
	case asked.etcd == nil:
	case status.Code != etcdwire.OK:
		asked.etcd.fail(status)
	default:
		n.changing.waiting = asked
	}
}

// considerMembers is the ensemble that a request asks for, and what is known of the member then.
func (n *Node) considerMembers(e kv.Entry, r *etcdwire.MemberChange) (
	servers []zoocfg.Server, member etcdwire.Member, status etcdwire.Status,
) {
	now, err := parseEnsemble(n.state.text())
	switch {
	case err != nil || len(now.Servers) == 0:
		status.Code, status.Text = etcdwire.Unavailable, "ordeal: the ensemble has not said yet who is in it"
		return nil, member, status
	case n.state.next != nil:
		return nil, member, etcdwire.ErrTooManyRequests
	}
	servers = slices.Clone(now.Servers)
	if r.Action == etcdwire.MemberAdd {
		return n.withMember(servers, r)
	}
	at := slices.IndexFunc(servers, func(s zoocfg.Server) bool { return s.ID == r.ID })
	if at < 0 {
		return nil, member, etcdwire.ErrMemberNotFound
	}
	member = n.state.kv.Member(r.ID)
	switch r.Action {
	case etcdwire.MemberRemove:
		voters := slices.DeleteFunc(slices.Clone(servers), func(s zoocfg.Server) bool { return s.Observer || s.ID == r.ID })
		if len(voters) == 0 {
			return nil, member, etcdwire.ErrMemberNotStarted
		}
		member.Standing = etcdwire.MemberRemoved
		return slices.Delete(servers, at, at+1), member, status
	case etcdwire.MemberUpdate:
		if member.PeerURLs, status = peerURLs(r.PeerURLs); status.Code != etcdwire.OK {
			return nil, member, status
		}
		if n.taken(r.ID, servers, member.PeerURLs) {
			return nil, member, etcdwire.ErrPeerURLExist
		}
		status = place(&servers[at], member.PeerURLs)
		return servers, member, status
	}
	if bendPromoted(!servers[at].Observer || !e.Service && !n.isLearner(servers[at])) {
		return nil, member, etcdwire.ErrMemberNotLearner
	}
	servers[at].Observer, member.IsLearner, member.Standing = false, false, etcdwire.MemberFounded
	return servers, member, status
}

// withMember adds a member, with the next number.
func (n *Node) withMember(servers []zoocfg.Server, r *etcdwire.MemberChange) (
	[]zoocfg.Server, etcdwire.Member, etcdwire.Status,
) {
	one := etcdwire.Member{PeerURLs: r.PeerURLs, IsLearner: r.IsLearner, Standing: etcdwire.MemberAdded,
		ClusterID: r.ClusterID}
	learners := 0
	for _, s := range servers {
		one.ID = max(one.ID, s.ID)
		if n.isLearner(s) {
			learners++
		}
	}
	for _, m := range n.state.kv.Members() {
		one.ID = bendNumber(max(one.ID, m.ID), one.ID)
	}
	one.ID++
	server := zoocfg.Server{ID: one.ID, Observer: true}
	status := place(&server, r.PeerURLs)
	switch {
	case n.taken(0, servers, r.PeerURLs):
		status = etcdwire.ErrPeerURLExist
	case r.IsLearner && bendLearnerCount(learners) >= learnersMax:
		status = etcdwire.ErrTooManyLearners
	case one.ID >= idMax:
		status = etcdwire.Status{Code: etcdwire.ResourceExhausted, Text: "ordeal: all numbers of servers were given out"}
	}
	return append(servers, server), one, status
}

// place says where a server is found: at the first of its URLs.
func place(s *zoocfg.Server, urls []string) etcdwire.Status {
	u, err := url.Parse(urls[0])
	if err != nil {
		return etcdwire.ErrMemberBadURLs
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return etcdwire.ErrMemberBadURLs
	}
	s.Addr, s.ElectionPort = u.Host, uint16(port)
	if _, err := parseEnsemble(formatServers([]zoocfg.Server{*s})); err != nil {
		return etcdwire.ErrMemberBadURLs
	}
	return etcdwire.Status{}
}

// taken says whether another member has one of these URLs.
func (n *Node) taken(id uint64, servers []zoocfg.Server, urls []string) bool {
	for _, s := range servers {
		for _, text := range urls {
			u, err := url.Parse(text)
			if s.ID != id && (err == nil && u.Host == s.Addr || slices.Contains(n.state.kv.Member(s.ID).PeerURLs, text)) {
				return true
			}
		}
	}
	return false
}

// isLearner says whether a member is a learner, and stays one until it is promoted.
func (n *Node) isLearner(s zoocfg.Server) bool {
	m := n.keys().Member(s.ID)
	return s.Observer && (m.IsLearner || m.Standing != etcdwire.MemberAdded)
}

// endMemberChange notes what is known of the member from now on, and answers whoever asked.
func (n *Node) endMemberChange(next *change, waiting *request) {
	if next.session != 0 || n.state.kv == nil {
		return
	}
	var member etcdwire.Member
	if err := etcdwire.Decode(next.member, &member); err != nil {
		panic(fmt.Sprintf("cluster: what is known of a member can't be read: %v", err))
	}
	if known := n.state.kv.Member(member.ID); member.Name == "" { // it may have said so meanwhile
		member.Name, member.ClientURLs = known.Name, known.ClientURLs
	}
	n.state.kv.SetMember(member)
	if waiting == nil || waiting.etcd == nil {
		return
	}
	h, all := n.memberHeader(), n.etcdMembers()
	if waiting.etcd.head.Method == etcdwire.MethodMemberAdd {
		member.Standing, member.ClusterID = etcdwire.MemberFounded, 0
		waiting.etcd.answer(&etcdwire.MemberAddResponse{Header: h, Member: &member, Members: all})
		return
	}
	waiting.etcd.answer(&etcdwire.MemberListResponse{Header: h, Members: all})
}

// abandonMemberChange answers whoever asked for a change that came to nothing.
func (n *Node) abandonMemberChange(next *change, waiting *request) {
	if waiting == nil || waiting.etcd == nil {
		return
	}
	if waiting.etcd.head.Method == etcdwire.MethodMemberPromote {
		waiting.etcd.fail(etcdwire.ErrLearnerNotReady)
		return
	}
	waiting.etcd.fail(etcdwire.ErrUnhealthy)
}

// tickMembers notes for how long there is a leader; and has the leader promote who is to vote and has caught up.
func (n *Node) tickMembers() {
	if n.role.leader == 0 {
		n.etcd.leaderSince = n.ticks
	}
	if !n.isLeader() || n.state.next != nil || n.ticks%raftTicksPerTick != 0 || n.state.kv == nil {
		return
	}
	caughtUp := map[uint64]bool{}
	n.raft.WithProgress(func(id uint64, kind raft.ProgressType, p tracker.Progress) {
		caughtUp[id] = kind == raft.ProgressTypeLearner && n.caughtUp(id, p)
	})
	for _, m := range n.members.observers() {
		known := n.state.kv.Member(m.ID)
		if known.Standing == etcdwire.MemberAdded && !known.IsLearner && caughtUp[m.ID] {
			n.enter(nil, kv.Entry{Service: true, Request: &etcdwire.MemberChange{
				Action: etcdwire.MemberPromote, ID: m.ID,
			}})
			return
		}
	}
}

// clusterID is the number of the cluster, which a server that was added has from the others.
func (n *Node) clusterID() uint64 {
	if id := n.config.Etcd.ClusterID; id != 0 {
		return id
	}
	return n.keys().Member(n.config.ID).ClusterID
}

// memberHeader is the header of the service Cluster, which says no revision.
func (n *Node) memberHeader() *etcdwire.ResponseHeader {
	h := n.header()
	h.Revision = 0
	return h
}

// etcdMembers are the servers of the ensemble, with what they have said of themselves.
func (n *Node) etcdMembers() (list []etcdwire.Member) {
	for _, m := range n.membersInForce() {
		one := n.keys().Member(m.ID)
		switch {
		case one.Standing == etcdwire.MemberFounded:
			one.IsLearner = m.Observer
		case one.Standing == etcdwire.MemberAdded && !m.Observer:
			one.IsLearner = false
		}
		if at := slices.IndexFunc(n.config.Etcd.Founders, func(f etcdwire.Member) bool { return f.ID == m.ID }); at >= 0 {
			if f := n.config.Etcd.Founders[at]; len(one.PeerURLs) == 0 && one.Standing == etcdwire.MemberFounded {
				one.Name, one.PeerURLs = f.Name, f.PeerURLs
			}
		}
		one.Standing, one.ClusterID = etcdwire.MemberFounded, 0
		list = append(list, one)
	}
	return list
}

// membersInForce are the servers without those that a change which is under way adds.
func (n *Node) membersInForce() members {
	if text := n.state.text(); n.state.changed() && len(text) > 0 && !bendInForce() {
		return n.membersOf(text)
	}
	return n.members
}

// EnsembleOf are the lines of an ensemble's founding, for Config.Announce: where its servers are as host:port, by their
// numbers from 1.
func EnsembleOf(addrs []string) ([]byte, error) {
	var servers []zoocfg.Server
	for i, addr := range addrs {
		s := zoocfg.Server{ID: uint64(i + 1)}
		if status := place(&s, []string{"http://" + addr}); status.Code != etcdwire.OK {
			return nil, fmt.Errorf("%q is not host:port", addr)
		}
		servers = append(servers, s)
	}
	return fmt.Append(formatServers(servers), "version=0"), nil
}
