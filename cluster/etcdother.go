package cluster

import (
	"strconv"
	"strings"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// serveOther serves the services Maintenance, Cluster and Auth.
func (c *EtcdCall) serveOther(who kv.Who, request etcdwire.Message, size int) {
	n := c.n
	switch r := request.(type) {
	case *etcdwire.StatusRequest:
		c.known(who, func() { c.answer(n.etcdStatus()) })
	case *etcdwire.AlarmRequest:
		c.serveAlarm(who, r, size)
	case *etcdwire.DefragmentRequest:
		c.administer(who, func() { c.answer(&etcdwire.DefragmentResponse{}) }) // there is no file to defragment
	case *etcdwire.HashRequest:
		c.administer(who, func() {
			c.answer(&etcdwire.HashResponse{Header: n.header(), Hash: uint32(n.keys().Hash())})
		})
	case *etcdwire.HashKVRequest:
		c.administer(who, func() { c.hashKV(r) })
	case *etcdwire.SnapshotRequest:
		c.administer(who, c.beginSnapshot)
	case *etcdwire.MoveLeaderRequest:
		c.administer(who, func() { c.moveLeader(r) })
	case *etcdwire.DowngradeRequest:
		c.administer(who, func() { c.downgrade(r) })
	case *etcdwire.MemberListRequest:
		c.read(bendMembers(r.Linearizable), func() {
			c.known(who, func() {
				c.answer(&etcdwire.MemberListResponse{Header: n.memberHeader(), Members: n.etcdMembers()})
			})
		})
	case *etcdwire.MemberAddRequest:
		c.administer(who, func() {
			c.changeMembers(who, &etcdwire.MemberChange{
				Action: etcdwire.MemberAdd, PeerURLs: r.PeerURLs, IsLearner: r.IsLearner,
			})
		})
	case *etcdwire.MemberRequest:
		c.administer(who, func() {
			c.changeMembers(who, &etcdwire.MemberChange{
				Action: memberActions[c.head.Method], ID: r.ID, PeerURLs: r.PeerURLs,
			})
		})
	default:
		c.serveAuth(who, request, size)
	}
}

// known goes on with then if it is known who asks, or no user has to say.
func (c *EtcdCall) known(who kv.Who, then func()) {
	if c.n.anonymous(who) {
		c.fail(etcdwire.ErrUserEmpty)
		return
	}
	then()
}

// anonymous says that someone has not said who it is, and must.
func (n *Node) anonymous(who kv.Who) bool { return who.User == "" && n.keys().AuthEnabled() }

func (c *EtcdCall) serveAlarm(who kv.Who, r *etcdwire.AlarmRequest, size int) {
	n := c.n
	if r.Action != etcdwire.AlarmGet {
		c.administer(who, func() { c.write(who, r, size) })
		return
	}
	c.known(who, func() {
		c.read(true, func() {
			c.answer(&etcdwire.AlarmResponse{Header: n.header(), Alarms: n.keys().Alarms(r.Alarm)})
		})
	})
}

func (n *Node) etcdStatus() *etcdwire.StatusResponse {
	_, learner := n.members.observers().find(n.config.ID)
	r := &etcdwire.StatusResponse{
		Header: n.header(), Version: n.config.Etcd.Version, DBSize: n.keys().Size() + emptyBytes,
		DBSizeInUse: n.keys().Size() + emptyBytes,
		Leader:      n.role.leader, RaftIndex: n.role.commit, RaftTerm: n.role.term, RaftAppliedIndex: n.state.index,
		IsLearner: learner, StorageVersion: storageVersion, DBSizeQuota: n.config.Etcd.QuotaBytes,
		DowngradeInfo: &etcdwire.DowngradeInfo{},
	}
	if r.Leader == 0 {
		r.Errors = append(r.Errors, etcdwire.ErrNoLeader.Text)
	}
	for _, a := range n.keys().Alarms(etcdwire.AlarmNone) {
		r.Errors = append(r.Errors, a.String())
	}
	return r
}

// emptyBytes is the size that is told of a store without keys: etcd's file is never empty, and tools take 0 for none.
const emptyBytes = 4096

// storageVersion is that of etcd's file whose contents this server could hold.
const storageVersion = "3.6.0"

func (c *EtcdCall) hashKV(r *etcdwire.HashKVRequest) {
	n := c.n
	hash, status := n.keys().HashKV(r.Revision)
	if status.Code != etcdwire.OK {
		c.fail(status)
		return
	}
	at := r.Revision
	if at == 0 {
		at = n.keys().Revision()
	}
	c.answer(&etcdwire.HashKVResponse{
		Header: n.header(), Hash: hash, CompactRevision: n.keys().Compacted(), HashRevision: at,
	})
}

// moveLeader hands the leadership over, and answers when another leads.
func (c *EtcdCall) moveLeader(r *etcdwire.MoveLeaderRequest) {
	n := c.n
	switch {
	case n.role.leader != n.config.ID:
		c.fail(etcdwire.ErrNotLeader)
	case r.TargetID == n.config.ID:
		c.answer(&etcdwire.MoveLeaderResponse{})
	case n.HandOver(r.TargetID) != nil:
		c.fail(etcdwire.ErrBadTransferee)
	default:
		c.moving = r.TargetID
	}
}

// tickMoving answers a call that waits for another leader.
func (c *EtcdCall) tickMoving() {
	if c.moving != 0 && c.n.role.leader == c.moving {
		c.answer(&etcdwire.MoveLeaderResponse{})
	}
}

// What a Downgrade is about.
const (
	downgradeValidate = 0
	downgradeCancel   = 2
	clusterVersion    = "3.6"
	olderVersion      = "3.5"
)

// downgrade answers what is about the format of an older etcd. That it could be gone back to is said as etcd says it;
// but this server has none of its own to go back to, so it does not begin to.
func (c *EtcdCall) downgrade(r *etcdwire.DowngradeRequest) {
	parts := strings.Split(r.Version, ".")
	sound := len(parts) == 2 || len(parts) == 3
	for _, part := range parts {
		_, err := strconv.ParseUint(part, 10, 31)
		sound = sound && err == nil
	}
	older := sound && parts[0]+"."+parts[1] == olderVersion
	switch {
	case r.Action == downgradeCancel, r.Action == downgradeValidate && older:
		c.answer(&etcdwire.DowngradeResponse{Header: c.n.header(), Version: clusterVersion})
	case !sound:
		c.fail(etcdwire.ErrDowngradeFormat)
	default:
		c.fail(etcdwire.ErrDowngradeTarget)
	}
}

// compactor is the leader's memory of how far it will compact.
type compactor struct {
	at      uint64 // tick
	samples []compactSample
}

// compactSample is the revision at a tick.
type compactSample struct {
	tick     uint64
	revision int64
}

// samplesPerPeriod is how often the revision is looked at in the time that a compaction leaves.
const samplesPerPeriod = 10

// tickCompactor compacts of the leader's own accord, if it is to.
func (n *Node) tickCompactor() {
	c, config := &n.etcd.compactor, &n.config.Etcd
	if !n.isLeader() || config.CompactKeep == 0 && config.CompactAfter == 0 || n.ticks < c.at {
		return
	}
	now := n.keys().Revision()
	to := now - config.CompactKeep
	if config.CompactAfter == 0 {
		c.at = n.ticks + uint64(config.CompactEvery/n.tick)
	} else {
		c.at = n.ticks + uint64(config.CompactAfter/n.tick)/samplesPerPeriod + 1
		c.samples = append(c.samples, compactSample{n.ticks, now})
		to = 0
		for len(c.samples) > 0 && n.ticks-c.samples[0].tick >= uint64(config.CompactAfter/n.tick) {
			to, c.samples = c.samples[0].revision, c.samples[1:]
		}
	}
	if to > max(n.keys().Compacted(), 0) {
		n.enter(nil, kv.Entry{Service: true, Request: &etcdwire.CompactionRequest{Revision: to}})
	}
}

// EtcdState is what operators are told of the keys, and of the server that has them.
type EtcdState struct {
	ID, Leader, Applied, Committed uint64
	Learner                        bool
	// Pending counts this server's requests that are not in the log.
	Pending                   int
	Revision, Compacted, Keys int64
	// Size and Quota are bytes.
	Size, Quota int64
	// Watchers counts the watches of this server, and Slow those of them that are told of the past.
	Watchers, Slow int
	Alarms         []etcdwire.AlarmMember
}

// EtcdState is to be called between two calls of the node.
func (n *Node) EtcdState() EtcdState {
	store := n.keys()
	_, learner := n.members.observers().find(n.config.ID)
	s := EtcdState{
		ID: n.config.ID, Leader: n.role.leader, Applied: n.state.index, Committed: n.role.commit, Learner: learner,
		Pending: len(n.outbox.waiting), Revision: store.Revision(), Compacted: store.Compacted(), Keys: store.Len(),
		Size: store.Size(), Quota: n.config.Etcd.QuotaBytes, Slow: len(n.etcd.watching.behind),
		Alarms: store.Alarms(etcdwire.AlarmNone),
	}
	for _, c := range n.etcd.calls {
		if c.stream != nil && !c.ended {
			s.Watchers += len(c.stream.order)
		}
	}
	return s
}
