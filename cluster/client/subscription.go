package client

import (
	"maps"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/wire"
)

// Subscription is a watch that stays when it fires, until it is removed or the session ends. What has come and was not
// taken with Next is kept. Behind a reconnect, a change of which it has told already may be told again.
type Subscription struct {
	c      *Client
	path   string
	events []Event
	unread bool // the events will not be asked for
}

func (s *Subscription) put(e Event) {
	if !s.unread {
		s.events = append(s.events, e)
	}
}

// AddWatch sets a watch that stays: on one znode, its children among it, or on everything from path downwards, without
// the changes of children, which those tell themselves. The znode need not be there.
func (c *Client) AddWatch(path string, mode wire.WatchMode) (*Subscription, error) {
	s := &Subscription{c: c, path: path}
	k := &call{req: wire.AddWatchRequest{Path: path, Mode: mode}, deadline: c.p.Now() + c.cfg.RequestTimeout}
	k.ended = func() {
		// Here and not behind await: the next frame may be an event already.
		if k.err == nil {
			c.watches.subscribe(s, mode)
		}
	}
	c.start(k)
	if err := c.await(k); err != nil {
		return nil, err
	}
	return s, nil
}

// Next takes the oldest event, and waits for one for at most timeout; a negative timeout waits for ever. It reports
// false if the time was up. The last event, which is given again and again, has Err set or says that the watch was
// removed.
func (s *Subscription) Next(timeout time.Duration) (Event, bool) {
	deadline := s.c.p.Now() + timeout
	for len(s.events) == 0 {
		left := deadline - s.c.p.Now()
		if timeout < 0 {
			left = -1
		} else if left <= 0 {
			return Event{}, false
		}
		s.c.wake.Wait(left)
	}
	e := s.events[0]
	if !e.last() {
		s.events = s.events[1:]
	}
	return e, true
}

// last says whether nothing can come behind an event.
func (e Event) last() bool { return e.Err != nil || e.Type == wire.EventPersistentWatchRemoved }

// RemoveWatches removes the client's watches of a type on a path: here and at the server. They are told so by an event
// of a type of its own. The error is wire.NoWatcher if there are none.
func (c *Client) RemoveWatches(path string, t wire.WatcherType) error {
	return c.await(c.submit(wire.RemoveWatchesRequest{Path: path, Type: t}, nil))
}

func (t *watches) subscribe(s *Subscription, mode wire.WatchMode) {
	table := &t.staying
	if mode == wire.ModePersistentRecursive {
		table = &t.recursive
	}
	if *table == nil {
		*table = map[string][]*Subscription{}
	}
	if s.unread && len((*table)[s.path]) > 0 {
		return
	}
	(*table)[s.path] = append((*table)[s.path], s)
}

// tell hands an event to the watches that stay.
func (t *watches) tell(e Event) {
	for _, s := range t.staying[e.Path] {
		s.put(e)
	}
	if len(t.recursive) == 0 || e.Type == wire.EventChildrenChanged {
		return
	}
	for path := e.Path; path != ""; path = parent(path) {
		for _, s := range t.recursive[path] {
			s.put(e)
		}
	}
}

// parent is the path above one, and empty above the root.
func parent(path string) string {
	if path == "/" {
		return ""
	}
	return path[:max(1, strings.LastIndexByte(path, '/'))]
}

// remove forgets the watches of a type on a path, and tells them so.
func (t *watches) remove(path string, of wire.WatcherType) {
	if of == wire.WatcherChildren || of == wire.WatcherAny {
		take(t.child, Event{Type: wire.EventChildWatchRemoved, Path: path})
	}
	if of == wire.WatcherData || of == wire.WatcherAny {
		take(t.data, Event{Type: wire.EventDataWatchRemoved, Path: path})
		take(t.exist, Event{Type: wire.EventDataWatchRemoved, Path: path})
	}
	gone := Event{Type: wire.EventPersistentWatchRemoved, Path: path}
	if of == wire.WatcherPersistent || of == wire.WatcherAny {
		endAt(t.staying, path, gone)
	}
	if of == wire.WatcherPersistentRecursive || of == wire.WatcherAny {
		endAt(t.recursive, path, gone)
	}
}

func (t *watches) endSubscriptions(why error) {
	for _, m := range []map[string][]*Subscription{t.staying, t.recursive} {
		for _, path := range slices.Sorted(maps.Keys(m)) {
			endAt(m, path, Event{Type: wire.EventNone, Path: path, Err: why})
		}
	}
}

func endAt(m map[string][]*Subscription, path string, last Event) {
	for _, s := range m[path] {
		s.put(last)
	}
	delete(m, path)
}
