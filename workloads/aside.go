package workloads

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/workloads/clients"
	"ordeal/workloads/strangers"
)

// aside does at times what the turn is not about.
func (w *worker) aside() {
	h := w.e.cfg.Habits
	w.keepIdle(h.Idle)
	if !h.Rude && !h.Piles && !h.Strangers && !h.ReadOnly && !h.Known && h.Watches == 0 {
		return
	}
	rng := w.p.Aside(asideTurn).Rand()
	n := rng.IntN(1000)
	isTree := w.tree != nil
	switch {
	case h.Rude && n < 6, n < 30 && w.c != nil && w.c.ReadOnly():
		w.intrude()
	case h.Rude && isTree && n < 20:
		w.takeOver(1 + rng.IntN(treeSlots))
	case isTree && n >= 40 && n < 42:
		w.crowd(h.Watches)
	case h.Known && n >= 90 && n < 94:
		w.demand(strangers.Unknown, "who has to say who it is is served behind that", SawUnknown)
	case h.Strangers && n >= 100 && n < 130:
		w.stranger(n)
	case h.Piles && isTree && n >= 985:
		w.pile(2 + rng.IntN(pileMost-1))
	case h.Piles && !isTree && n >= 985 && w.tap != nil:
		w.tap.breakOff()
		w.claimAway()
	}
}

// intrude tries to take over a session of any client with a password that is not the session's. That has to be refused,
// and must change nothing.
func (w *worker) intrude() {
	p := w.p.Aside(asideIntruder)
	all := slices.Collect(w.e.workers())
	victim := all[p.Rand().IntN(len(all))]
	if victim.c == nil {
		return
	}
	own := victim.c.Credentials()
	if own.ID == 0 {
		return
	}
	wrong := slices.Clone(own.Passwd)
	switch p.Rand().IntN(4) {
	case 0:
		clear(wrong)
	case 1:
		wrong = wrong[:len(wrong)-1]
	case 2:
		wrong = nil
	default:
		wrong[p.Rand().IntN(len(wrong))] ^= 1
	}
	c := client.New(p, client.Config{Servers: w.e.cfg.Servers, SessionTimeout: w.e.cfg.SessionTimeout,
		Session: client.Credentials{ID: own.ID, Passwd: wrong}, ReadOnly: w.e.cfg.Habits.ReadOnly,
		Claims: w.e.known()})
	if err := c.Sync("/"); (err == nil || c.Connected()) && w.e.cfg.Breach != nil {
		w.e.cfg.Breach("a session is for who has its password", fmt.Sprintf(
			"session 0x%x was given to a client that has the password %x, and %x is the session's", uint64(own.ID), wrong,
			own.Passwd))
	}
	if c.Expired() {
		w.e.saw(SawIntruder)
	}
	c.Abandon()
}

// takeOver has another client take the worker's session over while requests of the first are under way, at most so
// many. What is not answered by then stays unknown.
func (w *worker) takeOver(requests int) {
	if !w.c.Connected() {
		return
	}
	profile := w.e.drawTreeProfile()
	var pending []*client.Pending
	for slot := range requests {
		if p := w.treeRequest(slot, w.drawTreeOp(profile).draw(w, profile)); p != nil {
			pending = append(pending, p)
		}
	}
	if old := w.c; old.Connected() {
		// The one that loses it may have it back for a moment, and with it the timeout that it asks for.
		w.e.mayAsk(old)
		c := w.newClient(w.p.NextSession(), client.Config{SessionTimeout: w.e.cfg.SessionTimeout, Xid: old.LastXid(),
			Session: old.Credentials()})
		if err := c.Sync("/"); err != nil && w.c != c {
			c.Abandon() // it never had the session
		}
	}
	for _, p := range pending {
		if err := p.Wait(); err != nil {
			w.p.Log().Debug("workloads: a request of a session that was taken over", "error", err)
		}
	}
	w.reconnect()
}

// replace has a client take the place of the one whose session it has taken over.
func (w *worker) replace(t *treeClient) {
	old := w.c
	w.c, w.treeClient, w.tap = t.c, t, t.tap
	old.Abandon()
	w.e.saw(SawTakeover)
}

// pileMost is how many requests may wait for a connection.
const pileMost = 40

// pile breaks the connection, and asks for much before there is another.
func (w *worker) pile(requests int) {
	profile := w.e.drawTreeProfile()
	t := w.treeState()
	for len(t.slots) < requests {
		t.slots = append(t.slots, w.p.NewProcess())
	}
	if w.tap != nil {
		w.tap.breakOff()
	}
	w.piles = true
	var pending []*client.Pending
	for slot := range requests {
		if p := w.treeRequest(slot, w.drawTreeOp(profile).draw(w, profile)); p != nil {
			pending = append(pending, p)
		}
	}
	w.claimAway()
	w.piles = false
	if len(pending) > treeSlots {
		w.e.saw(SawPile)
	}
	for _, p := range pending {
		if err := p.Wait(); err != nil {
			w.p.Log().Debug("workloads: a request that waited for a connection", "error", err)
		}
	}
	w.reconnect()
}

// claimAway has a client whose connection has just broken say who it is: before it dials, while it is being given
// another connection, or right behind that.
func (w *worker) claimAway() {
	p := w.p.Aside(asideClaim)
	if p.Rand().IntN(2) == 0 {
		return
	}
	w.p.Sleep(time.Duration(p.Rand().Int64N(int64(awayMost))))
	if w.c == nil {
		return // one of its requests closed the session
	}
	w.claim(treeClaim{"digest", treeUsers[p.Rand().IntN(len(treeUsers))]})
}

// awayMost is about how long it takes to have another connection where nothing is in the way.
const awayMost = 30 * time.Millisecond

// crowd sets many watches on one connection, and breaks it: so all of them are set again.
func (w *worker) crowd(watches int) {
	t := w.treeState()
	for len(t.slots) < pileMost {
		t.slots = append(t.slots, w.p.NewProcess())
	}
	for set := 0; set < watches && w.c.Connected(); set += pileMost {
		var pending []*client.Pending
		for slot := range pileMost {
			path := fmt.Sprintf("%s/a/%0*d", treeRoot, crowdedName, set+slot)
			if p := w.treeRequest(slot, wire.ExistsRequest{Path: path, Watch: true}); p != nil {
				pending = append(pending, p)
			}
		}
		for _, p := range pending {
			if err := p.Wait(); err != nil {
				w.p.Log().Debug("workloads: a watch of many", "error", err)
			}
		}
	}
	if watches > 0 && w.tap != nil {
		w.e.saw(SawCrowd)
		w.tap.breakOff()
		w.reconnect()
	}
}

// crowdedName is so long that some hundreds of such names are more than one request to set watches again has room for.
const crowdedName = 200

// keepIdle sees to it that the first client of Run has so many sessions besides, on the first server.
func (w *worker) keepIdle(sessions int) {
	if sessions == 0 || w.index() != 0 || w.p.Role() != clients.Running || len(w.idle) > 0 {
		return
	}
	w.e.saw(SawIdle)
	for range sessions {
		w.idle = append(w.idle, client.New(w.p.Aside(asideIdle), client.Config{Servers: w.e.cfg.Servers[:1],
			SessionTimeout: idleTimeout, Claims: w.e.known()}))
	}
}

// idleTimeout is what idle sessions ask for: their clients say seldom that they are there.
const idleTimeout = 10 * time.Second
