package config

import (
	"time"

	"ordeal/cluster/client"
)

// Mode is how a cache comes to know of changes.
type Mode uint8

const (
	// Push waits for the service to tell, by a watch, and asks only then. It costs nothing while nothing changes, and its
	// silence proves nothing: the server that it is connected to may be behind.
	Push Mode = iota
	// Pull asks.
	Pull
	// Both waits for the service to tell, for a while, and asks in any case.
	Both
)

// Cache is the configuration as an instance keeps it.
//
// Guaranteed: what is kept is the whole subtree as it was at one instant at or behind the one that it names, on the
// instance's own clock; it never goes back, by zxid, also not over sessions (Use). It says that it is stale: with Pull
// and Both, whenever what is kept may not have been so for longer than the bound; with Push, while there is no
// connection. A cache that is pushed to has been told of every change that its session was shown otherwise. Behind
// Follow with Pull or Both that returns no error it is the configuration as of after the call's beginning. Not
// guaranteed: that every state between is seen.
type Cache struct {
	s     *Store
	mode  Mode
	bound time.Duration
	watch *client.Watch // on the head, nil for none
	last  State
	known bool
	asOf  time.Duration
	cut   bool // the last question was not answered
}

// View is what a cache keeps.
type View struct {
	State
	// AsOf is an instant, by Process.Now, at or behind which this was the configuration.
	AsOf time.Duration
	// Stale says that it may be another one by now, and that the cache could not see to it.
	Stale bool
}

// Cache makes a cache, which calls itself stale when it has asked in vain for longer than bound. Follow fills it.
func (s *Store) Cache(mode Mode, bound time.Duration) *Cache {
	return &Cache{s: s, mode: mode, bound: bound}
}

// Use has the cache go on with another session, when the one before is over. What is kept stays.
func (c *Cache) Use(s *Store) { c.s, c.watch, c.cut = s, nil, true }

// Kept is what the cache keeps, without asking a server; ok is false if it has never seen anything.
func (c *Cache) Kept() (view View, ok bool) {
	return View{State: c.last, AsOf: c.asOf, Stale: bendStale(c.stale())}, c.known
}

func (c *Cache) stale() bool {
	if c.mode == Push {
		return c.cut || !c.s.c.Connected()
	}
	return c.s.p.Now()-c.asOf > c.bound
}

// Follow waits for at most timeout for a change, and brings the cache up to it. With Pull it waits for all of that
// time. The error says that no server could be asked.
func (c *Cache) Follow(timeout time.Duration) error {
	told := c.wait(max(0, timeout))
	if c.mode == Push && c.watch != nil && !told {
		return nil
	}
	c.forget(c.watch)
	c.watch = nil
	err := c.ask()
	c.cut = err != nil
	return err
}

// wait lets time pass until the cache is told of a change.
func (c *Cache) wait(timeout time.Duration) (told bool) {
	switch {
	case c.watch != nil:
		_, told = c.watch.Wait(timeout)
	case c.known && !c.cut: // there is nothing yet that could be watched, or nothing is to be
		c.s.p.Sleep(timeout)
	}
	return told
}

// ask brings what is kept up to what the service has.
func (c *Cache) ask() error {
	asked, w := c.s.p.Now(), c.newWatch()
	watched, err := c.bring(w)
	if err != nil {
		c.forget(w)
		return err
	}
	if c.asOf = asked; watched {
		c.watch = w
	} else {
		c.forget(w)
	}
	return nil
}

// bring reads what has changed. The watch is set before anything is read; there may be no head yet that could be
// watched, though there is one by the time that everything is read.
func (c *Cache) bring(w *client.Watch) (watched bool, err error) {
	changed, watched, err := c.s.changed(bendBefore(w), c.last.Zxid)
	if err != nil {
		return false, err
	}
	if changed || !c.known {
		now, err := c.s.look(c.last.Settings)
		if err != nil {
			return false, err
		}
		c.last, c.known = now.State, true
	}
	return c.bendBehind(w, watched), nil
}

func (c *Cache) forget(w *client.Watch) {
	if w != nil {
		c.s.c.Forget(w)
	}
}

func (c *Cache) newWatch() *client.Watch {
	if c.mode == Pull {
		return nil
	}
	return client.NewWatch()
}
