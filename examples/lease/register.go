package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/testbed"
)

// A server promises for leaseTime that it gives no lease to another; a primary renews its lease with every tick.
const tick, leaseTime = 20 * time.Millisecond, 500 * time.Millisecond

// state is what the register has after a write, as the primary of an epoch has numbered it. A primary begins with a
// write of what there is, which makes no version.
type state struct {
	Epoch, Number  uint64
	Value, Version int64
}

func (s state) newer(t state) bool {
	return s.Epoch > t.Epoch || s.Epoch == t.Epoch && s.Number > t.Number
}

// message is what servers send each other. One that asks wants a lease, or its renewal, and has the sender's newest
// state. The answer repeats Asked and has the state that the server now has, or it is refused.
type message struct {
	Kind   string // "ask", "granted" or "refused"
	Epoch  uint64
	Asked  time.Duration // by the clock of the server that asked
	Newest state
}

// write is one that is under way, of a client or, when a primary begins, of none.
type write struct {
	state
	client host.Conn
}

// node is one server: a backup, a candidate that wants a first lease, or a primary. Everything is in memory.
type node struct {
	host.Host
	servers []host.Addr
	lease   time.Duration // as the primary counts it
	newest  state

	// What the server has promised: a lease to holder, in an epoch, until a time.
	promised uint64
	holder   host.Addr
	until    time.Duration

	// Of a candidate or primary: its epoch, else 0. It is primary once a majority has a state of the epoch.
	epoch     uint64
	asked     map[host.Addr]time.Duration // when those were asked last that have given a lease
	has       map[host.Addr]uint64        // the number that each has stored
	writes    []write
	committed state
}

func boot(h host.Host, servers []host.Addr, lease time.Duration) *node {
	h.Clock().SetAlarm(h.Clock().Now() + tick)
	return &node{Host: h, servers: servers, lease: lease}
}

// left is how much is left of the primary's lease, which began when a majority was asked last.
func (n *node) left() time.Duration { return majority(n, n.asked) + n.lease - n.Clock().Now() }

// majority is the most that a majority of the servers has reached.
func majority[T cmp.Ordered](n *node, reached map[host.Addr]T) T {
	var all []T
	for _, s := range n.servers {
		all = append(all, reached[s])
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}

func (n *node) primary() bool { return n.epoch > 0 && n.committed.Epoch == n.epoch && n.left() > 0 }

// Wake implements host.Program, as the methods below do. A primary renews its lease; a backup that has promised none to
// another becomes a candidate.
func (n *node) Wake() {
	n.Clock().SetAlarm(n.Clock().Now() + tick)
	if n.epoch == 0 && n.Clock().Now() >= n.until && n.Rand().IntN(4) == 0 {
		n.epoch = (n.promised/10+1)*10 + uint64(slices.Index(n.servers, n.Self()))
		n.asked, n.has = make(map[host.Addr]time.Duration), make(map[host.Addr]uint64)
	}
	n.ask()
}

// ask asks all servers for the lease, and to store the newest version.
func (n *node) ask() {
	for _, s := range n.servers {
		if n.epoch > 0 {
			n.send(s, message{"ask", n.epoch, n.Clock().Now(), n.newest})
		}
	}
}

// send hands a message over, to the server itself too.
func (n *node) send(to host.Addr, m message) {
	payload, _ := json.Marshal(m) // plain data
	if to == n.Self() {
		n.Receive(to, payload)
	} else {
		n.Send(to, payload)
	}
}

// resign ends the server's part as a candidate or primary, and its promise to itself.
func (n *node) resign() {
	for _, w := range n.writes {
		if w.client != nil {
			w.client.Close() // it may be carried out yet
		}
	}
	n.epoch, n.writes, n.until = 0, nil, n.Clock().Now()
}

func (n *node) Receive(from host.Addr, payload []byte) {
	var m message
	_ = json.Unmarshal(payload, &m) // a message that arrives is whole
	switch {
	case m.Kind == "ask":
		n.promise(from, m)
	case m.Kind == "granted" && m.Epoch == n.epoch:
		n.granted(from, m)
	case m.Kind == "refused" && n.epoch > 0 && (m.Epoch > n.epoch || n.committed.Epoch < n.epoch):
		n.resign()
		n.promised = max(n.promised, m.Epoch)
	}
}

// promise gives a lease, unless another server has one.
func (n *node) promise(to host.Addr, m message) {
	if m.Epoch < n.promised || to != n.holder && n.Clock().Now() < n.until {
		n.send(to, message{Kind: "refused", Epoch: n.promised})
		return
	}
	if n.epoch > 0 && n.epoch < m.Epoch {
		n.resign()
	}
	n.promised, n.holder, n.until = m.Epoch, to, n.Clock().Now()+leaseTime
	if m.Newest.newer(n.newest) {
		n.newest = m.Newest
	}
	n.send(to, message{"granted", m.Epoch, m.Asked, n.newest})
}

// granted is told of a lease and of what the server has stored.
func (n *node) granted(by host.Addr, m message) {
	n.asked[by] = max(n.asked[by], m.Asked)
	if m.Newest.Epoch == n.epoch {
		n.has[by] = max(n.has[by], m.Newest.Number)
	} else if m.Newest.newer(n.newest) {
		n.newest = m.Newest // a candidate goes on from the newest that a majority has
	}
	if n.newest.Epoch < n.epoch && len(n.asked) > len(n.servers)/2 {
		n.write(nil, n.newest.Value, n.newest.Version)
	}
	for stored := majority(n, n.has); len(n.writes) > 0 && n.writes[0].Number <= stored; n.writes = n.writes[1:] {
		w := n.writes[0]
		if n.committed = w.state; w.client != nil {
			n.answer(w.client)
		}
	}
}

// write begins a write.
func (n *node) write(client host.Conn, value, version int64) {
	n.newest = state{n.epoch, n.newest.Number + 1, value, version}
	n.writes = append(n.writes, write{n.newest, client})
	n.ask()
}

// Frame takes "get" or "put VERSION VALUE", which writes over that version and no other. The answer is the value and
// the version that the register then has, or "ask n2" of a server that is not the primary. A write that is refused is
// answered once what refuses it is there to stay.
func (n *node) Frame(c host.Conn, payload []byte) {
	var expected, value int64
	put, _ := fmt.Sscanf(string(payload), "put %d %d", &expected, &value)
	switch {
	case !n.primary():
		c.Send([]byte("ask " + n.holder))
	case put == 0:
		n.answer(c)
	case expected == n.newest.Version:
		n.write(c, value, expected+1)
	default:
		n.write(c, n.newest.Value, n.newest.Version)
	}
}

// answer tells a client what the register has.
func (n *node) answer(c host.Conn) {
	c.Send(fmt.Append(nil, n.committed.Value, " ", n.committed.Version))
}

func (n *node) Accept(host.Conn) {}
func (n *node) Closed(host.Conn) {}

// status is what a running server says of itself.
func status(p host.Program) testbed.Status {
	n := p.(*node)
	s := testbed.Status{Leads: n.primary(), Epoch: n.promised, Progress: n.newest.Number}
	if left := max(0, n.until-n.Clock().Now()); s.Leads {
		s.Text = fmt.Sprintf("counts %v of its lease left", n.left().Round(time.Millisecond))
	} else {
		s.Text = fmt.Sprintf("counts %v left of a lease for %s", left.Round(time.Millisecond), n.holder)
	}
	return s
}
