package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

const (
	// ttl is for how long a lock is asked for, and drift what the algorithm leaves for clocks that run at different
	// rates.
	ttl, drift = time.Second, time.Second/100 + 2*time.Millisecond
	// askMax is how long one server may take.
	askMax = 50 * time.Millisecond
	// useMax is how long the longest piece of work takes for which the lock is held; holders look at the clock before
	// each.
	useMax = 100 * time.Millisecond
	// nodes is how many servers there are; locks is how many locks, and usesMax for how many pieces of work one is held.
	nodes, locks, usesMax = 5, 2, 4
)

// hold is a lock that a client has or may have, since an event of the history.
type hold struct {
	key, session string
	since        int
}

// holder is a client: the algorithm as Redis' documentation has it (the README has the address), and what locks are
// used for. Histories are those of the model lock. The algorithm gives no numbers that grow, so
// grants are numbered here, in the order in which clients heard of them.
type holder struct {
	servers []*clients.Asker
	record  *history.Recorder
	process int   // for releases
	held    *hold // outlives a crash of the client
}

func newHolder(c *clients.Client, servers []host.Addr, record *history.Recorder, held *hold) *holder {
	h := &holder{record: record, process: c.NewProcess(), held: held}
	for _, s := range servers {
		h.servers = append(h.servers, clients.NewAsker(c, []host.Addr{s}))
	}
	if held.session != "" {
		// The client before has crashed. When that ended its work is not known, but that it did.
		record.OK(history.Service, "end", held.key, []any{held.session, int64(held.since)})
		*held = hold{}
	}
	return h
}

// all asks all servers for something, one after the other, and counts those that did it.
func (h *holder) all(q request) (did int) {
	text, _ := json.Marshal(q) // plain data
	for _, s := range h.servers {
		if answer, err := s.Ask(text, askMax); err == nil && string(answer) == done {
			did++
		}
	}
	return did
}

// acquire takes a lock, and says until when it may be used by the client's clock.
func (h *holder) acquire(c *clients.Client, key, value string) (until time.Duration, ok bool) {
	began := c.Now()
	if len(h.servers) < nodes {
		return 0, false // with fewer it is not what is on trial, so no smaller trial has fewer
	}
	got := h.all(request{Set: true, Key: key, Value: value, TTL: ttl.Milliseconds()})
	until = began + ttl - drift
	if got > len(h.servers)/2 && c.Now() < until {
		return until, true
	}
	h.release(key, value)
	return 0, false
}

func (h *holder) release(key, value string) { h.all(request{Key: key, Value: value}) }

var errNotGot = errors.New("no majority in time")

// use takes a lock, works while it may, and gives the lock back. It reports whether it had the lock.
func (h *holder) use(c *clients.Client, key string, pieces int) bool {
	session := fmt.Sprintf("c%d.%d", c.Number(), c.NewValue())
	*h.held = hold{key, session, len(h.record.Ops())}
	var until time.Duration
	grant, outcome := c.Do(key, "acquire", session, func() (any, clients.Outcome, error) {
		var ok bool
		if until, ok = h.acquire(c, key, session); !ok {
			return nil, clients.NoEffect, errNotGot
		}
		return []any{session, c.NewValue()}, clients.Done, nil
	})
	if outcome == clients.Done {
		for ; pieces > 0 && until-c.Now() > useMax; pieces-- {
			c.Sleep(c.UpTo(useMax))
		}
		// It belongs to the acquire: no smaller trial leaves it out.
		release := c.Begin(h.process, key, "release", grant)
		*h.held = hold{}
		h.release(key, session)
		release.End(grant, clients.Done, nil)
	}
	*h.held = hold{}
	return outcome == clients.Done
}

// Turn implements clients.Behaviour, as the methods below do.
func (h *holder) Turn(c *clients.Client) {
	h.use(c, fmt.Sprintf("l%d", 1+c.Rand().IntN(locks)), 1+c.Rand().IntN(usesMax))
}

// Probe uses a lock of its own: where a server's clock has gone back, the others may be held for as long.
func (h *holder) Probe(c *clients.Client) bool { return h.use(c, fmt.Sprintf("p%d", c.NewValue()), 0) }

func (h *holder) Connect(*clients.Client, time.Duration) bool { return true }
func (h *holder) Drain(*clients.Client, int, int)             {}
func (h *holder) Standing() (session int64, server host.Addr) { return 0, "" }
func (h *holder) Close(c *clients.Client) {
	for _, s := range h.servers {
		s.Close(c)
	}
}
