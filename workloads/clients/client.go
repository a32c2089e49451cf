package clients

import (
	"math/rand/v2"
	"time"

	"ordeal/host"
)

// Forever as the patience for an operation means: however long it takes. It is negative.
const Forever time.Duration = -1

// Client is one client of a trial, and its process as the present turn has it. Its number and its turns are kept over a
// crash of its machine; everything else begins anew.
type Client struct {
	host.Process
	group     *Group
	behaviour Behaviour
	role      Role
	index     int       // counts from 0 in each role
	process   int       // the number that Do records under
	beside    []int     // those that DoSome records under
	sessions  int       // begun so far
	session   *rand.PCG // the chance of the last one; nil before the first

	began time.Duration // on the own clock, as all its times are
	turns []Turn        // begun so far, of a client of Run
	pcg   rand.PCG      // the chance of the present turn
	rng   *rand.Rand    // draws from pcg
	turn  Turn          // the present one
	asked int           // operations of the turn, carried out or not
	paced int           // operations carried out since the last pace
	rest  time.Duration // when the last pace ended
}

// newClient makes a client that takes the place of another, nil for none: it goes on behind that one's turns and
// sessions.
func (g *Group) newClient(p host.Process, r Role, index int, before *Client) *Client {
	c := &Client{Process: p, group: g, role: r, index: index, process: g.newProcess(), began: p.Now(), rest: p.Now()}
	if before != nil {
		c.began, c.turns, c.sessions = before.began, before.turns, before.sessions
	}
	c.rng = rand.New(&c.pcg)
	c.begin(Turn{})
	c.behaviour = g.behaviour(c)
	return c
}

// Role is what the client is there for.
func (c *Client) Role() Role { return c.role }

// Number counts the clients of a role from 1; for those of Run it is the number that scripts have.
func (c *Client) Number() int { return c.index + 1 }

// Turn is the present turn: its number is 0 while there is none.
func (c *Client) Turn() Turn { return c.turn }

// Patience is how long the client waits for one operation: Config.Patience, or Forever if it probes or drains.
func (c *Client) Patience() time.Duration {
	if c.role != Running {
		return Forever
	}
	return c.group.cfg.Patience
}

// Elapsed is the trial's clock, which Config.Stop is on. Now is the machine's.
func (c *Client) Elapsed() time.Duration { return c.group.cfg.Now() }

// NewValue returns a value that no client of the trial was given before. The first is 1, and each is the one before and
// one more.
func (c *Client) NewValue() int64 {
	c.group.value++
	return c.group.value
}

// NewProcess returns a number for one more process in the history, for operations of Begin.
func (c *Client) NewProcess() int { return c.group.newProcess() }
