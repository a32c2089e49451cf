package monitor

import (
	"slices"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
)

// Calm knows which servers faults are on, and since when there is none on the others. Rules that say by when something
// has to be done ask it: they hold where nothing stands in the way, and has not for a while.
type Calm struct {
	clients []host.Addr
	// open are the faults under way: few, and asked about often.
	open []nemesis.Event
	// fading are those of them that are over, and until when what they have made slow may still be under way.
	fading map[int]time.Duration
	// lossy are losses that are over. What a connection has lost is sent again after ever longer whiles.
	lossy []nemesis.Event
	// stirs counts how often a fault began or ended that is not on clients alone, changes how often any did.
	stirs, changes int
}

// NewCalm begins to listen.
func NewCalm(clients []host.Addr) *Calm {
	return &Calm{clients: clients, fading: make(map[int]time.Duration)}
}

// find is where the fault under way of a step is, -1 if there is none.
func (c *Calm) find(step int) int {
	return slices.IndexFunc(c.open, func(e nemesis.Event) bool { return e.Step == step })
}

// close takes a fault out of those under way.
func (c *Calm) close(step int) {
	c.open = slices.DeleteFunc(c.open, func(e nemesis.Event) bool { return e.Step == step })
}

// Fault is to be called with what the nemesis does. To set a clock's time of day stands in no server's way: whatever
// goes by it allows for that.
func (c *Calm) Fault(e nemesis.Event) {
	if e.Kind == nemesis.Jump || e.Kind == nemesis.Strobe || e.Type != nemesis.Fired && e.Type != nemesis.Ended {
		return
	}
	c.changes++
	if !c.aside(e) {
		c.stirs++
	}
	switch {
	case e.Type == nemesis.Fired && e.For > 0:
		c.close(e.Step)
		c.open = append(c.open, e)
	case !outlasts(e.Kind):
		if i := c.find(e.Step); i >= 0 && e.Kind == nemesis.Loss {
			c.lossy = append(c.lossy, c.open[i])
		}
		if until := e.Time + lateness(e.Fault); until > e.Time {
			c.fading[e.Step] = until
			return
		}
		c.close(e.Step)
	}
}

// Pass is to be called with the time before anything is asked: what faults have made slow comes to its end.
func (c *Calm) Pass(now time.Duration) {
	for step, until := range c.fading { //house:unordered each is let go by its own time
		if now < until {
			continue
		}
		c.changes++
		if i := c.find(step); i < 0 || !c.aside(c.open[i]) {
			c.stirs++
		}
		c.close(step)
		delete(c.fading, step)
	}
}

// slowest is how long a slow link takes at most for what it was given: it gets a second behind, and spends another at
// most on one payload.
const slowest = 2 * time.Second

// lateness is how long behind its end a fault may keep what it has made slow: a sync or a message that it caught.
func lateness(f nemesis.Fault) time.Duration {
	switch f.Kind {
	case nemesis.SlowDisk, nemesis.Delay:
		return f.Amount + f.Jitter
	case nemesis.SlowLink:
		return slowest
	}
	return 0
}

// Late is how long behind its sending a message to a machine may arrive at most, by what is on its ways.
func (c *Calm) Late(machine host.Addr) (longest time.Duration) {
	for i := range c.open {
		if e := &c.open[i]; e.Kind != nemesis.SlowDisk && touches(e, machine) {
			longest = max(longest, lateness(e.Fault))
		}
	}
	return longest
}

// outlasts says of a kind that what it did can go on behind its end: what it made late may still be on its way.
func outlasts(k nemesis.Kind) bool {
	return k == nemesis.LateFrame || k == nemesis.LateMessage || k == nemesis.DoubleMessage
}

// aside says that a fault is on clients alone.
func (c *Calm) aside(e nemesis.Event) bool {
	client := func(m host.Addr) bool { return slices.Contains(c.clients, m) }
	if len(e.Ways) > 0 {
		return !slices.ContainsFunc(e.Ways, func(w nemesis.Way) bool { return !client(w.From) && !client(w.To) })
	}
	return len(e.Machines) > 0 && !slices.ContainsFunc(e.Machines, func(m host.Addr) bool { return !client(m) })
}

// Stirs counts how often a fault that is not on clients alone has begun or ended.
func (c *Calm) Stirs() int { return c.stirs }

// Changes counts how often any fault has begun or ended.
func (c *Calm) Changes() int { return c.changes }

// Well are those of some servers on which no fault is, nor on a way between two of them. What is wrong with a way
// counts against the server that has more such ways, or else against the later in the list.
func (c *Calm) Well(servers []host.Addr) []host.Addr {
	well := slices.DeleteFunc(slices.Clone(servers), func(m host.Addr) bool { return !c.sound(m) })
	for len(well) > 1 && !c.sound(well...) {
		worst, most := 0, 0
		for i, a := range well {
			bad := 0
			for _, b := range well {
				if a != b && !c.sound(a, b) {
					bad++
				}
			}
			if bad >= most {
				worst, most = i, bad
			}
		}
		well = slices.Delete(well, worst, worst+1)
	}
	return well
}

// sound says that no fault is on any of some servers, nor on a way between two of them.
func (c *Calm) sound(servers ...host.Addr) bool {
	between := func(w nemesis.Way) bool { return slices.Contains(servers, w.From) && slices.Contains(servers, w.To) }
	in := func(m host.Addr) bool { return slices.Contains(servers, m) }
	for i := range c.open {
		e := &c.open[i]
		if len(e.Ways) > 0 && slices.ContainsFunc(e.Ways, between) ||
			len(e.Ways) == 0 && (len(e.Machines) == 0 || slices.ContainsFunc(e.Machines, in)) {
			return false
		}
	}
	return true
}

// Free says that no fault is on a client, nor on any of its ways, and that no loss was: what its connections have lost
// may come long behind the loss.
func (c *Calm) Free(client host.Addr) bool {
	return !touchAny(c.open, client) && !touchAny(c.lossy, client)
}

// touches says that a fault is on a client, or on a way of its. One that names neither machines nor ways is on every
// one.
func touches(e *nemesis.Event, client host.Addr) bool {
	if len(e.Ways) == 0 {
		return len(e.Machines) == 0 || slices.Contains(e.Machines, client)
	}
	return slices.ContainsFunc(e.Ways, func(w nemesis.Way) bool { return w.From == client || w.To == client })
}

// touchAny says that one of some faults does.
func touchAny(faults []nemesis.Event, client host.Addr) bool {
	for i := range faults {
		if touches(&faults[i], client) {
			return true
		}
	}
	return false
}

// certain is a whole in parts per million.
const certain = 1_000_000

// Own is how much of a while passes at least by a machine's own clock, which faults may slow down: together by no more
// than the nemesis slows a clock by.
func (c *Calm) Own(machine host.Addr, while time.Duration) time.Duration {
	slowed := 0
	for i := range c.open {
		if e := &c.open[i]; e.Kind == nemesis.Drift && slices.Contains(e.Machines, machine) && (e.PPM < 0 || e.Each) {
			slowed += max(e.PPM, -e.PPM)
		}
	}
	return while / certain * time.Duration(certain-min(slowed, nemesis.DriftMax))
}

// Cut says that nothing passes between a server and any of some others, in one direction at least: it can neither lead
// them nor follow one of them.
func (c *Calm) Cut(server host.Addr, others []host.Addr) bool {
	return !slices.ContainsFunc(others, func(o host.Addr) bool {
		return o != server && !c.Severed(server, o) && !c.Severed(o, server)
	})
}

// Severed says that nothing which one machine sends to another arrives.
func (c *Calm) Severed(from, to host.Addr) bool {
	for i := range c.open {
		if e := &c.open[i]; e.Kind == nemesis.Partition && slices.Contains(e.Ways, nemesis.Way{From: from, To: to}) {
			return true
		}
	}
	return false
}
