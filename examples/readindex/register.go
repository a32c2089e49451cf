package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"
	"time"

	"go.etcd.io/raft/v3"

	"ordeal/host"
	"ordeal/testbed"
)

// An election takes ten ticks or twenty. A read that is not confirmed is asked for again after half as long.
const tick, retry = 20 * time.Millisecond, 100 * time.Millisecond

// node is one server of a replicated register. Writes are carried out in the order of raft's log; a read shows every
// write that was answered before it began, by raft's ReadIndex. The log is in memory, which never fails.
type node struct {
	host.Host
	id     uint64
	fresh  bool // a read that is asked for again gets a context of its own
	raft   *raft.RawNode
	log    *raft.MemoryStorage
	newest uint64               // the last number that newID gave
	writes map[uint64]host.Conn // that clients of this server wait for
	reads  []*read              // in the order in which they were asked for

	value, version int64
}

// read is a client's request to read the register.
type read struct {
	conn    host.Conn
	context uint64        // its name to raft
	index   uint64        // what is to be applied before it is answered; 0 until raft has confirmed it
	asked   time.Duration // when raft was asked last
}

func boot(h host.Host, id uint64, servers []raft.Peer, fresh bool) (host.Program, error) {
	storage := raft.NewMemoryStorage()
	raw, err := raft.NewRawNode(&raft.Config{
		ID: id, ElectionTick: 10, HeartbeatTick: 2, Storage: storage, PreVote: true, MaxSizePerMsg: 1 << 20,
		MaxInflightMsgs: 64, Logger: &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
	})
	if err != nil {
		return nil, err
	}
	h.Clock().SetAlarm(h.Clock().Now() + tick)
	n := &node{Host: h, id: id, fresh: fresh, raft: raw, log: storage, writes: make(map[uint64]host.Conn)}
	return n, raw.Bootstrap(servers)
}

// Receive implements host.Program, as the methods below do.
func (n *node) Receive(_ host.Addr, payload []byte) {
	if m, err := decode(payload); err == nil {
		_ = n.raft.Step(m) // an error says that raft has no use for the message
		n.work()
	}
}

// Wake is a tick of raft's clock.
func (n *node) Wake() {
	n.Clock().SetAlarm(n.Clock().Now() + tick)
	n.raft.Tick()
	for _, r := range n.reads {
		if r.index == 0 && n.Clock().Now() >= r.asked+retry {
			if n.fresh {
				r.context = n.newID()
			}
			n.ask(r)
		}
	}
	n.work()
}

// Frame takes "get" or "put VERSION VALUE", which writes over that version and no other. The answer is the value and
// the version that the register then has. What raft drops is never answered.
func (n *node) Frame(c host.Conn, payload []byte) {
	id := n.newID()
	if put, isPut := strings.CutPrefix(string(payload), "put "); isPut {
		n.writes[id] = c
		_ = n.raft.Propose(append(binary.BigEndian.AppendUint64(nil, id), put...))
	} else {
		n.reads = append(n.reads, &read{conn: c, context: id})
		n.ask(n.reads[len(n.reads)-1])
	}
	n.work()
}

func (n *node) Accept(host.Conn) {}
func (n *node) Closed(host.Conn) {}

// newID is a number that no server gives twice.
func (n *node) newID() uint64 {
	n.newest++
	return n.id<<48 | n.newest
}

// ask has raft confirm a read.
func (n *node) ask(r *read) {
	r.asked = n.Clock().Now()
	n.raft.ReadIndex(binary.BigEndian.AppendUint64(nil, r.context))
}

// work does what raft has made ready: it stores, sends, applies and answers.
func (n *node) work() {
	for n.raft.HasReady() {
		ready := n.raft.Ready()
		if !raft.IsEmptyHardState(ready.HardState) {
			_ = n.log.SetHardState(ready.HardState)
		}
		_ = n.log.Append(ready.Entries)
		for _, m := range ready.Messages {
			to, payload := encode(m)
			n.Send(host.Addr(fmt.Sprintf("n%d", to)), payload)
		}
		for _, e := range ready.CommittedEntries {
			n.apply(e.Data)
		}
		for _, s := range ready.ReadStates {
			for _, r := range n.reads {
				if r.context == binary.BigEndian.Uint64(s.RequestCtx) && r.index == 0 {
					r.index = s.Index // what is committed up to here is all that the read has to show
				}
			}
		}
		n.raft.Advance(ready)
		n.reads = slices.DeleteFunc(n.reads, func(r *read) bool {
			ready := r.index > 0 && r.index <= n.raft.BasicStatus().Applied
			if ready {
				n.answer(r.conn)
			}
			return ready
		})
	}
}

// apply carries out an entry of the log, unless it is raft's own. A write that is there twice, since its client sent it
// again or the network did, finds another version the second time.
func (n *node) apply(data []byte) {
	if len(data) <= 8 {
		return
	}
	var expected, value int64
	_, _ = fmt.Sscan(string(data[8:]), &expected, &value)
	if expected == n.version {
		n.value, n.version = value, n.version+1
	}
	id := binary.BigEndian.Uint64(data)
	if n.writes[id] != nil {
		n.answer(n.writes[id])
		delete(n.writes, id)
	}
}

// answer tells a client what the register has. To send on a connection that is gone does nothing.
func (n *node) answer(c host.Conn) { c.Send(fmt.Append(nil, n.value, " ", n.version)) }

// status is what a running server says of itself.
func status(p host.Program) testbed.Status {
	n := p.(*node)
	st := n.raft.BasicStatus()
	last, _ := n.log.LastIndex()
	epoch, _ := n.log.Term(last) // a leader begins with an entry of its term
	text := fmt.Sprintf("has version %d, %d reads wait", n.version, len(n.reads))
	return testbed.Status{Leads: st.RaftState == raft.StateLeader, Epoch: epoch, Progress: st.Applied, Text: text}
}
