package main

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

// Timing of the service. An election takes about a second; a read that nobody has confirmed is asked for again after half
// of one, as etcd does.
const (
	tickTime       = 20 * time.Millisecond
	heartbeatTicks = 2
	electionTicks  = 10
	retryTicks     = 10
)

// node is one server of a replicated register. Reads are linearizable by raft's ReadIndex: the leader makes sure of
// its office by a round of heartbeats, and the server answers when it has applied what was committed before that.
//
// What it promises: writes take effect exactly once, in the order of the log; a read shows every write that was answered
// before it began. The log is in memory: power losses are not among the faults that it stands, and are not tried.
type node struct {
	host    host.Host
	id      uint64
	addrs   map[uint64]host.Addr
	raft    *raft.RawNode
	storage *raft.MemoryStorage
	// retry is how a read that is not confirmed in time is asked for again.
	retry   retry
	nextID  uint64
	applied uint64
	writes  map[uint64]request // of clients of this server, until they are applied
	reads   []*read            // in the order in which they were asked for
	done    map[uint64]bool    // writes that were applied
	value   string
	version int
}

// retry says what a read is called when it is asked for again.
type retry int

const (
	// sameContext keeps the name that it had, as etcd did before etcd 20418.
	sameContext retry = iota
	// freshContext gives it a new one.
	freshContext
)

// request is what a client waits for.
type request struct {
	conn host.Conn
	id   string // the client's own name for it
}

// read is a request to read the register.
type read struct {
	request
	context   uint64
	waited    int    // ticks since it was last asked for
	confirmed bool   // whether index is known
	index     uint64 // what has to be applied before it is answered
}

// boot starts a server from nothing.
func boot(id uint64, addrs map[uint64]host.Addr, how retry) host.Boot {
	return func(h host.Host) (host.Program, error) {
		n := &node{
			host: h, id: id, addrs: addrs, storage: raft.NewMemoryStorage(), retry: how,
			writes: make(map[uint64]request), done: make(map[uint64]bool),
		}
		if err := found(n.storage, addrs); err != nil {
			return nil, err
		}
		raw, err := raft.NewRawNode(&raft.Config{
			ID: id, ElectionTick: electionTicks, HeartbeatTick: heartbeatTicks, Storage: n.storage, Applied: 1,
			MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 64, PreVote: true,
			ReadOnlyOption: raft.ReadOnlySafe, Logger: silence(),
		})
		n.raft, n.applied = raw, 1
		h.Clock().SetAlarm(h.Clock().Now() + tickTime)
		return n, err
	}
}

// Receive implements host.Program.
func (n *node) Receive(_ host.Addr, payload []byte) {
	m, err := decode(payload)
	if err != nil {
		return
	}
	// An error says that raft has no use for the message, as for one of an old term: it is dropped.
	_ = n.raft.Step(m)
	n.work()
}

// Wake implements host.Program: time has gone on by a tick.
func (n *node) Wake() {
	n.host.Clock().SetAlarm(n.host.Clock().Now() + tickTime)
	n.raft.Tick()
	for _, r := range n.reads {
		if r.waited++; !r.confirmed && r.waited >= retryTicks {
			if n.retry == freshContext {
				r.context = n.newID()
			}
			n.ask(r)
		}
	}
	n.work()
}

// Accept implements host.Program.
func (n *node) Accept(host.Conn) {}

// Frame implements host.Program: "get ID" or "put ID VALUE".
func (n *node) Frame(c host.Conn, payload []byte) {
	words := strings.Fields(string(payload))
	switch {
	case len(words) == 2 && words[0] == "get":
		r := &read{request: request{c, words[1]}, context: n.newID()}
		n.reads = append(n.reads, r)
		n.ask(r)
	case len(words) == 3 && words[0] == "put":
		id := n.newID()
		n.writes[id] = request{c, words[1]}
		// A proposal that is dropped is never answered: the client does not know what became of it either way.
		_ = n.raft.Propose(append(binary.BigEndian.AppendUint64(nil, id), words[2]...))
	default:
		c.Close()
		return
	}
	n.work()
}

// Closed implements host.Program.
func (n *node) Closed(host.Conn) {}

// newID is a number that no server gives twice.
func (n *node) newID() uint64 {
	n.nextID++
	return n.id<<48 | n.nextID
}

// ask has raft confirm a read.
func (n *node) ask(r *read) {
	r.waited = 0
	n.raft.ReadIndex(binary.BigEndian.AppendUint64(nil, r.context))
}

// work does what raft has made ready: keep, then send, then apply.
func (n *node) work() {
	for n.raft.HasReady() {
		ready := n.raft.Ready()
		if err := keep(n.storage, ready); err != nil {
			n.host.Stop(err)
		}
		for _, m := range ready.Messages {
			if to, payload := encode(m); n.addrs[to] != "" {
				n.host.Send(n.addrs[to], payload)
			}
		}
		for _, s := range ready.ReadStates {
			n.confirm(binary.BigEndian.Uint64(s.RequestCtx), s.Index)
		}
		for _, e := range ready.CommittedEntries {
			n.apply(entry(e))
		}
		n.raft.Advance(ready)
		n.answerReads()
	}
}

// confirm takes raft's word that whatever is committed up to index is all that a read has to show.
func (n *node) confirm(context, index uint64) {
	for _, r := range n.reads {
		if r.context == context && !r.confirmed {
			r.confirmed, r.index = true, index
		}
	}
}

// apply carries out one entry of the log. A proposal that the network has doubled is in the log twice.
func (n *node) apply(index uint64, kind raftpb.EntryType, data []byte) {
	n.applied = index
	if kind != raftpb.EntryNormal || len(data) < 8 {
		return
	}
	id := binary.BigEndian.Uint64(data)
	if n.done[id] {
		return
	}
	n.done[id] = true
	n.value, n.version = string(data[8:]), n.version+1
	if w, ok := n.writes[id]; ok {
		delete(n.writes, id)
		n.answer(w)
	}
}

// answerReads answers what is confirmed and applied.
func (n *node) answerReads() {
	waiting := n.reads[:0]
	for _, r := range n.reads {
		if r.confirmed && r.index <= n.applied {
			n.answer(r.request)
		} else {
			waiting = append(waiting, r)
		}
	}
	n.reads = waiting
}

// answer tells a client the register's value and version: "ID VERSION VALUE".
func (n *node) answer(r request) {
	r.conn.Send(fmt.Appendf(nil, "%s %d %s", r.id, n.version, n.value))
}

// leads says whether the server believes itself to lead, and the term it is in.
func (n *node) leads() (bool, uint64) {
	st := n.raft.BasicStatus()
	return st.RaftState == raft.StateLeader, term(st)
}

// sortedIDs are the servers' numbers, in order.
func sortedIDs(servers map[uint64]host.Addr) []uint64 { return slices.Sorted(maps.Keys(servers)) }
