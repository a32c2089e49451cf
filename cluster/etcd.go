package cluster

import (
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// Etcd says whether and how a node serves etcd's API. The keys of it are a state machine of their own beside the tree,
// which begins with the first entry of the log that is about them: so an ensemble that serves no such API has none.
type Etcd struct {
	On bool
	// ClusterID is shown in every answer; 0 for that of the ensemble which has added this server. Name, PeerURLs and
	// ClientURLs are this server's, as the others are shown them.
	ClusterID            uint64
	Name                 string
	PeerURLs, ClientURLs []string
	// Founders are what the others are shown of the servers of the founding until these have said it themselves.
	Founders []etcdwire.Member
	// LaxReconfig lets clients change the members although not enough servers are known to be there.
	LaxReconfig bool
	// Version is what this server calls itself: that of the etcd whose answers it gives.
	Version string
	// QuotaBytes is how large the store may get before puts are refused; default 2 GiB.
	QuotaBytes int64
	// RequestBytesMax is the largest request; default 1.5 MiB. TxnOpsMax is how many operations a transaction may have;
	// default 128.
	RequestBytesMax, TxnOpsMax int
	// ProgressEvery is how often watches that want it are told how far they are; default 10 min.
	ProgressEvery time.Duration
	// CheckpointEvery is how often the leader has the log remember what leases have left; default 5 min.
	CheckpointEvery time.Duration
	// TokenTTL is for how long a token that is not used is good; default 5 min.
	TokenTTL time.Duration
	// Assign makes a signed token (JWT), which says itself whose it is. nil for tokens that servers give out.
	Assign func(user string, revision uint64) (token string, err error)
	// CompactKeep is how many revisions the leader leaves when it compacts of its own accord, which it does once in
	// CompactEvery; or, if CompactAfter is set, it leaves what is no older than that. 0 for neither.
	CompactKeep                int64
	CompactEvery, CompactAfter time.Duration
}

func (c *Etcd) setDefaults() {
	setDefault(&c.QuotaBytes, 2<<30)
	setDefault(&c.RequestBytesMax, 3<<19)
	setDefault(&c.TxnOpsMax, kv.TxnOpsMax)
	setDefault(&c.ProgressEvery, 10*time.Minute)
	setDefault(&c.CheckpointEvery, 5*time.Minute)
	setDefault(&c.TokenTTL, 5*time.Minute)
	setDefault(&c.CompactEvery, 5*time.Minute)
}

// etcd is what this server keeps for the calls of etcd's API.
type etcd struct {
	empty *kv.Store // shown while the log has nothing of keys
	// calls are those that have no end, in the order in which they began. Those that have are taken out now and then.
	calls []*EtcdCall
	ended int // of calls
	// leasesMade counts those whose id this server chose in this boot.
	leasesMade uint64
	watching   watching
	lessor     lessor
	renewals   renewals
	tokens     map[string]*token
	compactor  compactor
	recent     keysRecent
	published  bool
	// leaderSince is the tick from which a leader has been known without a break.
	leaderSince uint64
}

func newEtcd() etcd {
	return etcd{empty: kv.New(), watching: newWatching(), tokens: map[string]*token{}}
}

// keys is the store, to be read only.
func (n *Node) keys() *kv.Store {
	if n.state.kv == nil {
		return n.etcd.empty
	}
	return n.state.kv
}

// EtcdSink is where the answers to a call go. The node calls it, and it must not wait.
type EtcdSink interface {
	// Send hands over a message. The node gives it away.
	Send(message []byte)
	// End is the last call.
	End(status etcdwire.Status)
	// Backlog is how many bytes were handed over and have not gone out.
	Backlog() int
}

// EtcdHead is what a call begins with.
type EtcdHead struct {
	Method string
	// Token is what the client sent as its authorization, User the name of the certificate that it has proved to own.
	Token, User string
	// Signed tells whose a signed token is, and as of which revision of users and roles, as long as its time is not over;
	// nil for a token that is none. That its signature is good was found out before: it takes long.
	Signed func() (user string, revision uint64, ok bool)
	// RequireLeader has the call fail while this server knows no leader.
	RequireLeader bool
}

// EtcdCall is a call under way.
type EtcdCall struct {
	n      *Node
	head   EtcdHead
	method etcdwire.Method
	sink   EtcdSink
	since  uint64 // tick
	ended  bool
	stream *watchStream // of a watch
	seq    uint64       // of its request in the outbox, 0 for none
	lasts  bool         // it has no end of its own: a stream
	asked  bool         // its one request has come
	// leaderlessFrom is the tick from which a stream that wants a leader has none, 0 while there is one.
	leaderlessFrom uint64
	alive          []*etcdwire.LeaseKeepAliveRequest // those of a stream that have no answer
	early          [][]byte                          // messages that came before the node served
	closing        bool                              // the client sends no more
	moving         uint64                            // the server that is to lead
	snapshot       *keysSnapshot                     // that is being sent, or nil
}

// requestPatience is how long a request may take: as etcd's, five seconds and two elections.
func (n *Node) requestPatience() uint64 {
	return uint64(5*time.Second/n.tick) + 2*raftTicksPerTick
}

// BeginEtcd begins a call. Whoever calls it, and the call's methods, does so between two calls of the node, and calls
// Settle behind one or more of them.
func (n *Node) BeginEtcd(head EtcdHead, sink EtcdSink) *EtcdCall {
	c := &EtcdCall{n: n, head: head, sink: sink, since: n.ticks}
	n.etcd.calls = append(n.etcd.calls, c)
	var known bool
	c.method, known = etcdwire.MethodOf(head.Method)
	switch {
	case !n.config.Etcd.On:
		c.fail(etcdwire.ErrStopped)
	case n.serving && !n.member():
		c.fail(etcdwire.ErrStopped)
	case !known:
		c.fail(etcdwire.Status{Code: etcdwire.Unimplemented, Text: "unknown method " + head.Method})
	case n.serving && head.RequireLeader && n.role.leader == 0:
		c.fail(etcdwire.ErrNoLeader)
	}
	c.lasts = head.Method == etcdwire.MethodWatch || head.Method == etcdwire.MethodKeepAlive
	return c
}

// Message takes one message of the client's. The node keeps b.
func (c *EtcdCall) Message(b []byte) {
	switch {
	case c.ended:
		return
	case !c.n.serving:
		c.early = append(c.early, b)
		return
	}
	request := c.method.Request()
	if err := etcdwire.Decode(b, request); err != nil {
		c.fail(etcdwire.Status{Code: etcdwire.Internal, Text: "grpc: error unmarshalling request: " + err.Error()})
		return
	}
	switch r := request.(type) {
	case *etcdwire.WatchRequest:
		c.watch(r)
		return
	case *etcdwire.LeaseKeepAliveRequest:
		c.keepAlive(r)
		return
	}
	if !c.asked {
		c.asked = true
		if status := c.check(request); status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
		c.authorized(func(who kv.Who) { c.serve(who, request, len(b)) })
	}
}

// serveEarly serves what came before this boot was counted on the disk.
func (n *Node) serveEarly() {
	for _, c := range append([]*EtcdCall(nil), n.etcd.calls...) {
		early := c.early
		c.early = nil
		for _, b := range early {
			c.Message(b)
		}
	}
}

// Cancel ends a call that its client has given up. What it has in the log stays there.
func (c *EtcdCall) Cancel() {
	if !c.ended {
		c.finish()
	}
}

// Refuse ends a call for a reason that the host has found out.
func (c *EtcdCall) Refuse(status etcdwire.Status) { c.fail(status) }

func (c *EtcdCall) fail(status etcdwire.Status) {
	if !c.ended {
		c.finish()
		c.sink.End(status)
	}
}

// answer ends a call with its one message.
func (c *EtcdCall) answer(m etcdwire.Message) {
	if !c.ended {
		c.finish()
		c.sink.Send(etcdwire.Append(nil, m))
		c.sink.End(etcdwire.Status{})
	}
}

// finish lets go of what is kept for a call.
func (c *EtcdCall) finish() {
	c.ended = true
	if c.stream != nil {
		c.stream.close()
	}
	if c.snapshot != nil {
		c.snapshot.drop()
	}
	e := &c.n.etcd
	if e.ended++; e.ended > 64 && e.ended > len(e.calls)/2 {
		// A list of its own: whoever goes through the old one may have ended the call.
		left := make([]*EtcdCall, 0, len(e.calls)-e.ended+1)
		for _, one := range e.calls {
			if !one.ended {
				left = append(left, one)
			}
		}
		e.calls, e.ended = left, 0
	}
}

// header is that of an answer now.
func (n *Node) header() *etcdwire.ResponseHeader {
	return &etcdwire.ResponseHeader{
		ClusterID: n.clusterID(), MemberID: n.config.ID, Revision: n.keys().Revision(), RaftTerm: n.role.term,
	}
}

// fill completes the header of an answer, whose revision the state machine may have said.
func (n *Node) fill(h **etcdwire.ResponseHeader) {
	full := n.header()
	if *h != nil && (*h).Revision != 0 {
		full.Revision = (*h).Revision
	}
	*h = full
}

// tickEtcd is called with every tick.
func (n *Node) tickEtcd() {
	if !n.config.Etcd.On {
		return
	}
	n.noticeTerm()
	patience := n.requestPatience()
	for _, c := range n.etcd.calls {
		switch {
		case c.ended || c.lasts && !c.head.RequireLeader:
		case c.lasts:
			c.tickLeaderless()
		case c.snapshot != nil:
			c.tickSnapshot()
		case n.ticks-c.since >= patience && c.asked:
			c.fail(etcdwire.ErrTimeout)
		default:
			c.tickMoving()
		}
	}
	if n.ticks%raftTicksPerTick == 0 {
		n.syncsApplied() // lets go of reads that were given up while no leader answered
	}
	n.tickLeases()
	n.tickTokens()
	n.tickWatches()
	n.tickRenewals()
	n.tickCompactor()
	n.tickMembers()
	n.publish()
}

// noticeTerm notes that an entry of the present term was applied before its leader was known: a server that has come
// back applies what it has, and while no client writes there is no other entry, which reads would wait for.
func (n *Node) noticeTerm() {
	if n.outbox.term == n.role.term || n.role.leader == 0 || !n.serving {
		return
	}
	if term, err := n.log.Term(n.state.index); err == nil && term == n.role.term {
		n.termBegan()
		n.pump()
	}
}

// tickLeaderless ends a stream that wants a leader when there has been none for three elections.
func (c *EtcdCall) tickLeaderless() {
	switch {
	case c.n.role.leader != 0:
		c.leaderlessFrom = 0
	case c.leaderlessFrom == 0:
		c.leaderlessFrom = c.n.ticks
	case c.n.ticks-c.leaderlessFrom >= 3*raftTicksPerTick:
		c.fail(etcdwire.ErrNoLeader)
	}
}

// publish has the log remember this server's name and where its clients find it, once a boot.
func (n *Node) publish() {
	if c := n.config.Etcd; !n.etcd.published && n.role.leader != 0 && n.outbox.term == n.role.term {
		n.etcd.published = true
		n.enter(nil, kv.Entry{Service: true, Request: &etcdwire.Member{
			ID: n.config.ID, Name: c.Name, PeerURLs: c.PeerURLs, ClientURLs: c.ClientURLs,
		}})
	}
}
