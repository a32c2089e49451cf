package cluster

import (
	"fmt"
	"time"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
	"ordeal/cluster/tree"
	"ordeal/cluster/wal"
	"ordeal/host"
)

// Node is one server of the service. Make one with Boot.
type Node struct {
	host   host.Host
	config Config
	// members are the servers of the ensemble, this one among them.
	members members

	log   *wal.Log
	raft  consensus
	hard  raftpb.HardState // for hardStateOf
	state *state
	// role is what raft said last; see noteRole.
	role role
	// serving is false until this boot is counted on disk: before that its requests can't be told from an earlier
	// boot's.
	serving bool

	tick     time.Duration // of raft
	nextTick time.Duration // when the next one is due, on the monotonic clock
	bootedAt time.Duration // on the monotonic clock
	// ticks counts the ticks that this node handled. A pause stops it, as it stops the node.
	ticks uint64
	// termSince is the tick at which this node began to lead.
	termSince uint64
	// reapAt is the tick at which the leader looks again for znodes whose time is over.
	reapAt uint64

	outbox     outbox  // requests of this server's clients on their way into the log
	intake     intake  // as leader: what is next of each server
	expirer    expirer // as leader: who was heard from when
	lastExpiry expiry  // the last one applied in this boot
	recent     recent  // the newest transactions
	syncs      syncs   // reads that wait for the leader's word
	awaiting   awaiting
	rounds     rounds // as leader: the questions under way
	vouched    Vouch  // the word that it gave a leader last
	told       told   // the newest answer to a leader's append
	decoder    raftwire.Decoder
	snapshots  snapshots // what was saved
	transfers  transfers // as leader: what is sent
	receiving  *receiving
	changing   changing // the ensemble
	neighbours neighbours
	leaving    leaving // how this node's end goes
	conns      conns
	locals     locals // sessions that only this server knows
	// peersCorrupt counts the messages of other nodes that came in with a wrong checksum.
	peersCorrupt uint64
	watches      *tree.Watches
	etcd         etcd  // calls of etcd's API
	deeds        Deeds // of this boot
	deedCounts   deedCounts
	deedsDone    uint64  // the sum of these
	planted      planted // what only planted bugs need
	// traceMask is what the word stmk set; see fourletter.go.
	traceMask *int64
}

// role is this node's place in the ensemble.
type role struct {
	state raft.StateType
	term  uint64
	// commit is how far raft's log is committed: this node may not have applied it all.
	commit uint64
	// leader is 0 when none is known, and leaderlessSince the tick from which that holds.
	leader          uint64
	leaderlessSince uint64
	// named is the leader that raft names; an observer that does not hear from it has none. See observe.go.
	named   uint64
	heardAt uint64 // tick
}

// Boot makes a program of a configuration. Booting fails if the configuration is wrong, or if the disk holds a log that
// can't be trusted.
func Boot(config Config) host.Boot {
	return func(h host.Host) (host.Program, error) {
		n, err := boot(h, config.withDefaults())
		if err != nil {
			return nil, err
		}
		return n, nil
	}
}

func boot(h host.Host, config Config) (*Node, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	log, err := wal.Open(h.Disk(), wal.Options{SegmentBytes: config.SegmentBytes,
		ReadBytes: config.Limits.ReadBytes, Self: h.Self()})
	if err != nil {
		return nil, err
	}
	if r := log.Recovery(); r.BytesCut > 0 {
		h.Log().Warn("the log ended in the midst of a write: that was cut off", "file", r.CutFile, "offset", r.CutOffset,
			"bytes", r.BytesCut)
	}
	n := &Node{
		host: h, config: config, members: config.Members, log: log,
		tick:    config.TickTime / raftTicksPerTick,
		conns:   newConns(),
		locals:  make(locals),
		watches: tree.NewWatches(),
		etcd:    newEtcd(),
	}
	if err := n.restore(); err != nil {
		return nil, err
	}
	if n.raft, err = newConsensus(n.raftConfig()); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	n.planted.begin()
	now := n.raft.BasicStatus()
	n.role.state, n.role.term, n.role.leader, n.role.named = now.RaftState, now.HardState.GetTerm(), now.Lead, now.Lead
	n.role.commit = now.HardState.GetCommit()
	n.noteStart()
	log.Begin(n.begin)
	n.bootedAt = h.Clock().Now()
	n.nextTick = n.bootedAt + n.tick
	h.Clock().SetAlarm(n.nextTick)
	return n, nil
}

// restore brings the state back from the newest snapshot; raft hands over the entries behind it again.
func (n *Node) restore() error {
	if n.log.Empty() {
		n.log.Bootstrap(n.members.voters().ids(), n.members.observers().ids())
	}
	snap, err := n.log.Snapshot()
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	var l stateLoader
	if err := n.log.LoadSnapshot(l.add); err != nil {
		return err
	}
	if n.state, err = l.end(snap.GetMetadata()); err != nil {
		return err
	}
	n.bendApplied()
	n.refreshMembers()
	n.tellOperator()
	n.setSnapshot(n.state.index)
	n.recent.from, n.recent.most = n.state.tree.Zxid(), n.config.Remembers
	n.snapshots.shown = SavedSnapshot{Zxid: n.recent.from, SavedMs: -1}
	n.etcd.recent.skipped(n.state.index)
	return nil
}

func (n *Node) raftConfig() *raft.Config {
	return &raft.Config{
		ID:                        n.config.ID,
		ElectionTick:              raftTicksPerTick,
		HeartbeatTick:             raftTicksPerTick / 5,
		Storage:                   raftStorage{n.log, n},
		Applied:                   n.state.index,
		AsyncStorageWrites:        true,
		PreVote:                   true,
		CheckQuorum:               true,
		StepDownOnRemoval:         true,
		MaxSizePerMsg:             n.config.Limits.AppendBytes,
		MaxCommittedSizePerReady:  n.config.Limits.ApplyBytes,
		MaxUncommittedEntriesSize: n.config.Limits.UncommittedBytes,
		MaxInflightMsgs:           n.config.Limits.AppendsInFlight,
		Logger:                    raftLogger{n.host.Log()},
	}
}

// begin is called when this boot is counted on disk.
func (n *Node) begin(err error) {
	if n.mustPersist(err); err != nil {
		return
	}
	n.serving = true
	n.outbox.incarnation = n.log.Incarnation()
	if conf := n.confState(); len(conf.GetVoters()) == 1 && conf.GetVoters()[0] == n.config.ID &&
		len(conf.GetVotersOutgoing()) == 0 {
		n.mustLead()
	}
	n.serveEarly()
	n.host.Log().Info("serving", "incarnation", n.outbox.incarnation, "zxid", n.state.tree.Zxid())
	n.pump()
}

// mustLead lets the only voter there is lead at once: there is no other to wait for.
func (n *Node) mustLead() {
	if err := n.raft.Campaign(); err != nil {
		n.host.Log().Warn("the only server that votes can't stand for election yet", "err", err)
	}
}

// Receive implements host.Program.
func (n *Node) Receive(from host.Addr, payload []byte) {
	if !n.serving {
		return
	}
	n.receive(from, payload)
	n.pump()
}

// Accept implements host.Program.
func (n *Node) Accept(c host.Conn) {
	readOnly := n.readOnly()
	leaderless := n.role.leader == 0 && !readOnly
	if !n.serving || leaderless && !n.config.Etcd.On || !n.member() || n.bendAccept() {
		// Nothing can be promised to this client here: it had better try another server.
		c.Close()
		return
	}
	cn := n.conns.add(c, n.ticks)
	cn.leaderless = leaderless
	cn.countPlain()
	cn.usage.establishedMs, cn.readOnly = n.wallMs(), readOnly
}

// Frame implements host.Program.
func (n *Node) Frame(c host.Conn, payload []byte) {
	if cn := n.conns.of(c); cn != nil {
		n.frame(cn, payload)
	}
}

// Settle implements host.Settler. What frames ask of raft, proposals and questions how far to read, changes neither
// term nor role, so it can wait for the frames behind: they share their messages and their sync.
func (n *Node) Settle() { n.pump() }

// Closed implements host.Program.
func (n *Node) Closed(c host.Conn) {
	if cn := n.conns.of(c); cn != nil {
		n.forget(cn)
	}
}

// Wake implements host.Program: a tick of raft, and what is done once in so many ticks.
func (n *Node) Wake() {
	now := n.host.Clock().Now()
	// After a pause there is one tick, not one for each that was missed: no other server is late because this node was.
	n.nextTick = max(n.nextTick, now-n.tick) + n.tick
	n.host.Clock().SetAlarm(n.nextTick)
	n.ticks++
	n.raft.Tick()
	if n.serving {
		n.pump()
		n.tickLocals()
		n.tickSessions()
		n.tickOutbox()
		n.tickSyncs()
		n.answerAwaiting()
		n.bendGoOn()
		n.tickRounds()
		n.tickTransfers()
		n.tickReceiving()
		n.tickObserver()
		n.carryOn()
		n.tickNeighbours()
		n.tickLeaderless()
		n.tickLeaving()
		n.tickReaper()
		n.tickEtcd()
		n.tickStrangers()
		n.bendTick()
		n.tickCommit()
	}
	n.pump()
}

// tickLeaderless sends the clients away from a server that has had no leader for a TickTime: it can't tell them
// anything new, and another server may.
func (n *Node) tickLeaderless() {
	if n.role.leader == 0 && n.ticks-n.role.leaderlessSince >= raftTicksPerTick && !bendKept() {
		if n.closeThose("no leader", func(c *conn) bool { return !c.readOnly && c.etcd == nil }) > 0 {
			n.did(SentClientsAway)
			n.bendLeaderless()
		}
	}
}

// noteRole takes over what raft says of terms and leaders, and does what a change asks for. Ready tells every change,
// and HasReady is true until it has: so between two calls of the node, and at every Ready, the role is raft's own. To
// ask raft would cost an allocation each time.
func (n *Node) noteRole(rd raft.Ready) {
	if rd.SoftState == nil && raft.IsEmptyHardState(rd.HardState) {
		return
	}
	was := n.role
	if rd.SoftState != nil {
		n.role.state, n.role.leader = rd.SoftState.RaftState, rd.SoftState.Lead
		n.role.named, n.role.heardAt = rd.SoftState.Lead, n.ticks
	}
	if !raft.IsEmptyHardState(rd.HardState) {
		n.role.term, n.role.commit = rd.HardState.GetTerm(), rd.HardState.GetCommit()
	}
	if n.role.state == was.state && n.role.term == was.term && n.role.leader == was.leader {
		return
	}
	if n.role.leader == 0 && was.leader != 0 {
		n.role.leaderlessSince = n.ticks
	}
	if n.role.leader != 0 && was.leader == 0 {
		n.endReadOnly()
	}
	if n.role.state != raft.StateLeader || n.role.term != was.term {
		n.intake.close()
		n.rounds.waiting = nil
		if !bendDeposed() {
			n.expirer.stop()
		}
		n.etcd.renewals.held = nil
		if !bendExpireTerm() {
			n.etcd.lessor = lessor{}
		}
	}
	if n.role.state == raft.StateLeader {
		n.bendElected()
	}
	n.tickLeaving()
	n.host.Log().Info("role", "state", n.role.state.String(), "term", n.role.term, "leader", n.role.leader)
}

// mustPersist ends the node when its disk has failed it. It is not known then what the disk holds, and to go on could
// break a promise that was made to another node.
func (n *Node) mustPersist(err error) {
	if err == nil {
		return
	}
	failpoint.Inject("bugDiskErrorSurvived", func(_ failpoint.Value) { err = nil })
	if err != nil {
		n.host.Stop(fmt.Errorf("cluster: the log could not be written: %w", err))
	}
}
