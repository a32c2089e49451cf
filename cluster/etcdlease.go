package cluster

import (
	"cmp"
	"slices"
	"time"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// Who decides that a lease is over: as with sessions, the leader, which counts in ticks that it handled, and whose
// proposal names its term and is dropped in an entry of another one. A new leader gives every lease the time that it
// had at its last checkpoint, or all of it. That a lease is kept alive is no entry of the log: the server that is asked
// asks the leader, which answers when it is sure, as for a read, that no other could lead by then and count from
// before.

// lessor is the leader's memory of leases.
type lessor struct {
	running bool
	term    uint64
	// deadlines are ticks, by lease; expiring are those whose end is proposed.
	deadlines map[int64]uint64
	expiring  map[int64]bool
	// turns are how many deadlines had been set when a lease was given its own: of those of one tick, the lesser is first.
	turns        map[int64]uint64
	turn         uint64
	checkpointAt uint64 // tick
	// refused are those whose end was applied and came to nothing, for an alarm: it is proposed again at the tick
	// againAt.
	refused []int64
	againAt uint64
}

// count sets the tick at which a lease is over.
func (l *lessor) count(id int64, deadline uint64) {
	l.turn++
	l.deadlines[id], l.turns[id] = deadline, l.turn
}

// forget is for a lease that is no more.
func (l *lessor) forget(id int64) {
	delete(l.deadlines, id)
	delete(l.turns, id)
	delete(l.expiring, id)
}

// first says which of two leases is over first, as cmp.Compare does.
func (l *lessor) first(a, b kv.Lease) int {
	return cmp.Or(cmp.Compare(l.deadlines[a.ID], l.deadlines[b.ID]), cmp.Compare(l.turns[a.ID], l.turns[b.ID]))
}

// expireAgain is how long the leader waits before it proposes an end anew that was refused, as etcd's does.
const expireAgain = 3 * time.Second

// expireMax is how many leases are ended in one go. The rest waits for the next.
const expireMax = 500

// checkpointMax is how many leases are in one entry.
const checkpointMax = 1000

// leaseTicks is how many ticks so many seconds are, at least: the tick that is under way has begun already, behind a
// pause another follows it at once, and what is left of a second may be less than the last one.
func (n *Node) leaseTicks(seconds int64) uint64 {
	return (uint64(seconds)*uint64(time.Second)+uint64(n.tick)-1)/uint64(n.tick) + 2
}

// beginLeases is called when this node begins to lead.
func (n *Node) beginLeases() {
	n.etcd.lessor = lessor{
		running: true, term: n.role.term, deadlines: map[int64]uint64{}, expiring: map[int64]bool{},
		turns: map[int64]uint64{}, checkpointAt: n.ticks + uint64(n.config.Etcd.CheckpointEvery/n.tick),
	}
	for _, l := range n.keys().Leases() {
		if left, counted := bendInherited(cmp.Or(l.Remaining, l.TTL)); counted {
			n.etcd.lessor.count(l.ID, n.ticks+n.leaseTicks(left)+raftTicksPerTick)
		}
	}
}

// noteLease notes what an entry did to a lease.
func (n *Node) noteLease(request etcdwire.Message, result kv.Result) {
	l := &n.etcd.lessor
	if !l.running {
		return
	}
	if r, ends := request.(*etcdwire.LeaseRevokeRequest); ends && result.Status.Code != etcdwire.OK && l.expiring[r.ID] &&
		!bendRefusedEnd() {
		l.refused, l.againAt = append(l.refused, r.ID), n.ticks+uint64(expireAgain/n.tick)
	}
	if result.Status.Code != etcdwire.OK {
		return
	}
	switch r := request.(type) {
	case *etcdwire.LeaseGrantRequest:
		l.count(r.ID, n.ticks+n.leaseTicks(bendLeaseTime(r)))
	case *etcdwire.LeaseRevokeRequest:
		l.forget(r.ID)
	}
}

// tickLeases ends the leases that are overdue, and has the log remember now and then what the others have left.
func (n *Node) tickLeases() {
	l := &n.etcd.lessor
	if !l.running || n.ticks%touchTicks != 0 {
		return
	}
	if n.ticks >= l.againAt {
		for _, id := range l.refused { // those that have ended meanwhile are not there
			delete(l.expiring, id)
		}
		l.refused = nil
	}
	var overdue []int64
	for id, at := range l.deadlines { //house:unordered sorted below
		if n.ticks >= at && !l.expiring[id] {
			overdue = append(overdue, id)
		}
	}
	slices.Sort(overdue)
	var entries []*raftpb.Entry
	for _, id := range overdue[:min(len(overdue), expireMax)] {
		c := command{kind: commandLeaseExpire, term: l.term, session: id}
		entries = append(entries, &raftpb.Entry{Data: c.encode()})
	}
	if len(entries) > 0 && n.propose(entries) {
		for _, id := range overdue[:len(entries)] {
			l.expiring[id] = true
		}
	}
	if n.ticks >= l.checkpointAt {
		n.checkpoint()
	}
}

// checkpoint has the log remember what the leases have left whose time is longer than that between two checkpoints.
func (n *Node) checkpoint() {
	l := &n.etcd.lessor
	every := n.config.Etcd.CheckpointEvery
	l.checkpointAt = n.ticks + uint64(every/n.tick)
	var list []etcdwire.LeaseCheckpoint
	for _, one := range n.keys().Leases() {
		// Rounded up, as a leader that goes by it must not end the lease early.
		if left := n.secondsLeft(one.ID) + 1; time.Duration(one.TTL)*time.Second > every && left < one.TTL {
			list = append(list, etcdwire.LeaseCheckpoint{ID: one.ID, RemainingTTL: left})
		}
	}
	for part := range slices.Chunk(list, checkpointMax) {
		n.enter(nil, kv.Entry{Service: true, Request: &etcdwire.LeaseCheckpointRequest{Checkpoints: part}})
	}
}

// secondsLeft is what a lease has left, rounded down.
func (n *Node) secondsLeft(id int64) int64 {
	at := n.etcd.lessor.deadlines[id]
	if at <= n.ticks {
		return 0
	}
	return int64(time.Duration(at-n.ticks) * n.tick / time.Second)
}

// applyLeaseExpire applies a leader's decision that a lease is over, if it was leader still when its decision took its
// place in the log.
func (n *Node) applyLeaseExpire(term uint64, c command) {
	if (c.term == term || bendExpireTerm()) && n.state.kv != nil {
		n.etcd.recent.note(KeysApplied{Index: n.state.index, Expired: c.session})
		n.applyEntryOfKeys(kv.Entry{Service: true, Request: &etcdwire.LeaseRevokeRequest{ID: c.session}})
		n.etcd.recent.made(n.state.kv.Revision())
	}
}

func (c *EtcdCall) serveLease(who kv.Who, request etcdwire.Message, size int) {
	n := c.n
	switch r := request.(type) {
	case *etcdwire.LeaseGrantRequest:
		if r.ID == 0 {
			r.ID = n.newLeaseID()
			n.bendGrant(r)
		}
		if n.anonymous(who) {
			c.fail(etcdwire.ErrUserEmpty)
			return
		}
		// One that is shorter could end while its leader is elected anew.
		r.TTL = max(r.TTL, int64((3*n.config.TickTime/2+time.Second-1)/time.Second))
		c.write(who, r, size)
	case *etcdwire.LeaseRevokeRequest:
		if n.anonymous(who) {
			c.fail(etcdwire.ErrUserEmpty)
			return
		}
		c.write(who, r, size)
	case *etcdwire.LeaseTimeToLiveRequest:
		c.timeToLive(who, r)
	case *etcdwire.LeaseLeasesRequest:
		c.leases(who)
	}
}

// newLeaseID makes an id that no server made before: server, boot, count.
func (n *Node) newLeaseID() int64 {
	n.etcd.leasesMade++
	return int64(n.config.ID<<54 | n.outbox.incarnation&0x3f_ffff<<32 | n.etcd.leasesMade&0xffff_ffff)
}

// leases lists the leases, the first to end first; a server that does not lead knows them by their ids only.
func (c *EtcdCall) leases(who kv.Who) {
	n := c.n
	if n.anonymous(who) {
		c.fail(etcdwire.ErrUserEmpty)
		return
	}
	all := n.keys().Leases()
	for _, l := range all {
		if status := n.keys().MayReadKeysOf(who, l.ID); status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
	}
	slices.SortStableFunc(all, n.etcd.lessor.first)
	response := &etcdwire.LeaseLeasesResponse{Header: n.header()}
	for _, l := range all {
		response.Leases = append(response.Leases, etcdwire.LeaseStatus{ID: l.ID})
	}
	c.answer(response)
}

func (c *EtcdCall) timeToLive(who kv.Who, r *etcdwire.LeaseTimeToLiveRequest) {
	n := c.n
	if n.anonymous(who) {
		c.fail(etcdwire.ErrUserEmpty)
		return
	}
	if r.Keys {
		if status := n.keys().MayReadKeysOf(who, r.ID); status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
	}
	n.askLease(&renewal{call: c, id: r.ID, answer: func(granted, left int64, index uint64) {
		if !r.Keys || granted == 0 || bendKeysOfLease() {
			index = 0
		}
		c.awaitEntry(index, func() { c.answer(n.timeLeft(r, granted, left)) })
	}})
}

// timeLeft is what a lease has left, and which keys as far as this server knows.
func (n *Node) timeLeft(r *etcdwire.LeaseTimeToLiveRequest, granted, left int64) etcdwire.Message {
	response := &etcdwire.LeaseTimeToLiveResponse{Header: n.header(), ID: r.ID, TTL: left, GrantedTTL: granted}
	if r.Keys && granted > 0 {
		for _, key := range n.keys().LeaseKeys(r.ID) {
			response.Keys = append(response.Keys, []byte(key))
		}
	}
	return response
}

// keepAlivesMax is how many a stream may have unanswered.
const keepAlivesMax = 10_000

// keepAlive gives a lease its whole time again. Those of a stream are answered in order.
func (c *EtcdCall) keepAlive(r *etcdwire.LeaseKeepAliveRequest) {
	c.alive = append(c.alive, r)
	switch {
	case len(c.alive) > keepAlivesMax:
		c.fail(etcdwire.ErrTooManyRequests)
	case len(c.alive) == 1:
		c.nextKeepAlive()
	}
}

// CloseSend says that the client sends no more. A stream of keep-alives ends when all of them are answered; one of
// watches goes on.
func (c *EtcdCall) CloseSend() {
	if c.ended || c.head.Method != etcdwire.MethodKeepAlive {
		return
	}
	if c.closing = true; len(c.alive) == 0 {
		c.finish()
		c.sink.End(etcdwire.Status{})
	}
}

func (c *EtcdCall) nextKeepAlive() {
	n, r := c.n, c.alive[0]
	response := &etcdwire.LeaseKeepAliveResponse{Header: n.header(), ID: r.ID}
	c.authorized(func(who kv.Who) {
		status := n.keys().MayRenew(who, r.ID)
		if n.anonymous(who) {
			status = etcdwire.ErrUserEmpty
		}
		if status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
		n.askLease(&renewal{call: c, id: r.ID, renew: true, answer: func(granted, _ int64, _ uint64) {
			response.TTL = granted
			c.sink.Send(etcdwire.Append(nil, response))
			if c.alive = c.alive[1:]; len(c.alive) > 0 {
				c.nextKeepAlive()
			} else if c.closing {
				c.CloseSend()
			}
		}})
	})
}
