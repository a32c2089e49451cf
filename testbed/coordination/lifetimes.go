package coordination

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/workloads"
)

// lifetimes holds what clients are promised about how long their sessions live. A leader that has just been elected
// waits for every session's whole timeout before it ends one. And a client that the service hears of keeps its session:
// when a server has answered it, nothing stands in the way of that server to tell the leader, and the leader stays,
// then the session does not expire within half of its timeout. Times are the world's. Half, because clocks may be
// wrong: no drift that can be put on a machine makes half a timeout whole.
type lifetimes struct {
	now func() time.Duration
	// toldWithin is within what time a server tells the leader whom it has heard from, with room to spare: a tick.
	toldWithin time.Duration
	// zxid is the newest transaction that any server applied, and ended how many sessions had ended by then.
	zxid  int64
	ended uint64
	// heard is the last few contacts of each client that is connected, by session.
	heard map[int64]*heard
}

// heard are contacts of a session's client, oldest first.
type heard struct {
	timeout  time.Duration
	asked    time.Duration // the least that it was granted, or may have been when it came back; 0 if nothing is known
	contacts []contact
}

// contact is something that was sent at an instant and answered by another.
type contact struct{ sent, answered time.Duration }

// calmBefore is how long a fault may have its consequences: what it held up has gone through by then.
const calmBefore = 3 * time.Second

func newLifetimes(now func() time.Duration, tick time.Duration) *lifetimes {
	return &lifetimes{now: now, toldWithin: tick, heard: make(map[int64]*heard)}
}

// of is what is known of a session.
func (l *lifetimes) of(session int64) *heard {
	h := l.heard[session]
	if h == nil {
		h = &heard{}
		l.heard[session] = h
	}
	return h
}

// asked notes that a session began, or came back, or tried to, and what timeout it has if it could: that is so before
// its client hears of it, which may never be.
func (l *lifetimes) asked(session int64, timeout time.Duration) {
	h := l.of(session)
	if h.asked == 0 || timeout < h.asked {
		h.asked = timeout
	}
	h.timeout = min(cmp.Or(h.timeout, timeout), timeout)
}

// sample notes how the clients stand.
func (l *lifetimes) sample(clients []workloads.Contact) {
	now := l.now()
	for _, c := range clients {
		if c.Server == "" {
			continue
		}
		h := l.of(c.Session)
		if h.timeout = c.Timeout; h.asked > 0 {
			h.timeout = min(c.Timeout, h.asked)
		}
		sent := now - c.Ago
		if n := len(h.contacts); n > 0 && sent <= h.contacts[n-1].sent {
			continue
		}
		h.contacts = append(h.contacts[max(0, len(h.contacts)-contactsMax(c.Timeout)+1):], contact{sent, now})
	}
}

// contactsMax is how many contacts of a session are remembered: one each time that clients are looked at, over half of
// its timeout.
func contactsMax(timeout time.Duration) int { return int(timeout/2/sampleEvery) + 1 }

// ending is the end of a session that the service decided.
type ending struct {
	session int64
	term    uint64
}

// expired lists the sessions that have expired since the last call, if this server is the first that knows.
func (l *lifetimes) expired(n *cluster.Node, s *cluster.Status) (list []ending) {
	if s.Zxid <= l.zxid {
		return nil
	}
	if s.SessionsEnded > l.ended {
		applied, _ := n.AppliedSince(l.zxid)
		for _, a := range applied {
			if a.Op == wire.OpCloseSession && a.Xid == 0 && a.Err == wire.OK {
				list = append(list, ending{a.Session, a.Term})
			}
		}
	}
	l.zxid, l.ended = s.Zxid, s.SessionsEnded
	return list
}

// lives is called after every event of a server.
func (i *instance) lives(n *cluster.Node, s *cluster.Status) {
	for _, e := range i.lifetimes.expired(n, s) {
		h := i.lifetimes.heard[e.session]
		delete(i.lifetimes.heard, e.session)
		if h == nil {
			continue
		}
		now := i.stage.World.Now()
		led, seen := i.ledSince(e.term)
		if seen && !i.stage.Trial.Merciless() {
			i.bounds.Expired(e.session, led, h.timeout)
		}
		if seen && now-led < h.timeout/2 {
			i.stage.Breaches.Add("a new leader gives sessions their time", fmt.Sprintf(
				"session %s expired in term %d, whose leader was elected %v before, and its timeout is %v",
				sessionName(e.session), e.term, now-led, h.timeout))
		}
		troubled := func(since time.Duration) bool {
			return !seen || led > since || disturbed(i.stage.Faults(), i.stage.Machines.Servers(), since, now)
		}
		if c, ok := h.proof(now, i.lifetimes.toldWithin); ok && !troubled(c.sent-calmBefore) {
			i.stage.Breaches.Add("a client that is heard of keeps its session", fmt.Sprintf(
				"session %s expired, and its client was answered at %v what it had sent at %v; its timeout is %v, and no fault "+
					"was near",
				sessionName(e.session), c.answered, c.sent, h.timeout))
		}
	}
}

// proof is the latest contact that the leader must have been told of, if one is recent enough.
func (h *heard) proof(now, toldWithin time.Duration) (contact, bool) {
	for _, c := range slices.Backward(h.contacts) {
		if c.answered <= now-toldWithin {
			return c, c.sent > now-h.timeout/2
		}
	}
	return contact{}, false
}

// ledSince is when the leader of a term began to lead, if that was seen.
func (i *instance) ledSince(term uint64) (since time.Duration, seen bool) {
	for _, s := range i.invariants.leaderSpans {
		if s.Epoch == term {
			return s.From, true
		}
	}
	return 0, false
}

// disturbed says whether any fault was on that may keep servers from each other, or from their disks, between two
// instants. To set a clock is none: sessions may not be counted by it.
func disturbed(events []nemesis.Event, servers []host.Addr, from, to time.Duration) bool {
	var ends = make(map[int]time.Duration)
	for _, e := range events {
		if e.Type == nemesis.Ended {
			ends[e.Step] = e.Time
		}
	}
	return slices.ContainsFunc(events, func(e nemesis.Event) bool {
		aside := len(e.Machines) > 0 && len(e.Ways) == 0 &&
			!slices.ContainsFunc(e.Machines, func(a host.Addr) bool { return slices.Contains(servers, a) })
		if e.Type != nemesis.Fired || e.Kind == nemesis.Jump || aside || e.Time > to {
			return false
		}
		if e.For == 0 {
			return e.Time >= from
		}
		end, over := ends[e.Step]
		return !over || end >= from
	})
}
