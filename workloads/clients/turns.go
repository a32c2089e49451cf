package clients

import (
	"math"
	"slices"
	"time"
)

// never is an instant that does not come.
const never time.Duration = math.MaxInt64

// run takes the turns of a script, or turn after turn, until Stop.
func (c *Client) run() {
	if script := c.group.cfg.Script; script != nil {
		at := slices.IndexFunc(script, func(s ClientScript) bool { return s.Client == c.Number() })
		c.follow(script[at].Turns)
	} else {
		c.goOn()
	}
	c.begin(Turn{})
	c.behaviour.Close(c)
}

// goOn takes turn after turn until Stop.
func (c *Client) goOn() {
	for c.Elapsed() < c.group.cfg.Stop {
		if c.take(Turn{N: c.last() + 1, At: c.rest - c.began}) {
			c.pace()
		}
	}
}

// follow takes the turns of a script, each in its time, and then waits for Stop. The client is connected from the
// beginning on.
func (c *Client) follow(turns []Turn) {
	last := c.last()
	turns = slices.DeleteFunc(slices.Clone(turns), func(t Turn) bool { return t.N <= last })
	if len(turns) == 0 || c.began+turns[0].At > c.Now() {
		c.behaviour.Connect(c, c.group.cfg.Stop)
	}
	for _, t := range turns {
		if left := c.began + t.At - c.Now(); left > 0 {
			c.Sleep(left)
		}
		if !c.take(t) {
			return
		}
	}
	// Its clock may be fast, so Stop may not have come yet; and a client that takes turn after turn ends behind Stop too.
	for left := c.group.cfg.Stop - c.Elapsed(); left > 0; left = c.group.cfg.Stop - c.Elapsed() {
		c.Sleep(min(2*left+time.Second, left+overtimeMax))
	}
}

// take takes a turn. It reports false if the client could not connect for it until Stop.
func (c *Client) take(t Turn) bool {
	c.begin(t)
	c.turns = append(c.turns, t)
	if !c.behaviour.Connect(c, c.group.cfg.Stop) {
		return false
	}
	c.behaviour.Turn(c)
	return true
}

// last is the number of the last turn that the client began, 0 before the first.
func (c *Client) last() int {
	if len(c.turns) == 0 {
		return 0
	}
	return c.turns[len(c.turns)-1].N
}

// begin begins a turn, with the chance that is its own.
func (c *Client) begin(t Turn) {
	c.turn, c.asked = t, 0
	c.pcg.Seed(c.group.stream(c.role, c.index, forTurns, t.N))
}

// Insist calls f until it reports true: it is for clients that probe and drain. Each call is a turn of its own, for
// which the client is connected.
func (c *Client) Insist(f func() bool) {
	for {
		c.begin(Turn{N: c.turn.N + 1})
		if c.behaviour.Connect(c, never) && f() {
			return
		}
	}
}

const (
	// pacedMax is for how many operations of a turn a client rests at most: one that asked for hundreds in a go does not
	// rest for the remainder of the trial.
	pacedMax = 8
	// overtimeMax is how long behind Stop a client rests at most.
	overtimeMax = 2 * time.Second
)

// pace waits so long that all clients together come to the rate that is asked for.
func (c *Client) pace() {
	period := time.Second * time.Duration(c.group.cfg.Clients) / time.Duration(c.group.cfg.Rate)
	c.rest += time.Duration(min(c.paced, pacedMax)) * c.UpTo(2*period)
	c.paced = 0
	left := c.rest - c.Now()
	if left <= 0 {
		c.rest = c.Now()
		return
	}
	for slept := false; left > 0 && (!slept || c.Elapsed() < c.group.cfg.Stop); left = c.rest - c.Now() {
		slept = true // by a clock that may be fast: so Stop may not have come yet
		c.Sleep(min(left, max(c.group.cfg.Stop-c.Elapsed(), 0)+overtimeMax))
	}
}
