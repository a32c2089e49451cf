package clients

import (
	"math/rand/v2"
	"time"

	"ordeal/host"
)

// What streams of chance are for.
const (
	forTurns uint64 = iota + 1
	forSessions
	forTrial
	forAsides
)

// stream is the chance of the n-th turn or session of a client, whose index counts from 0: two words that nothing but
// these numbers and the trial's draws decide.
func (g *Group) stream(r Role, index int, what uint64, n int) (hi, lo uint64) {
	hi = scramble(g.cfg.Draws + uint64(r)<<8 + what)
	return hi, scramble(hi ^ uint64(index)<<32 ^ uint64(n))
}

// scramble is SplitMix64's finalizer (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Rand is the chance of the present turn. Nothing that other turns draw or leave out changes it.
func (c *Client) Rand() *rand.Rand { return c.rng }

// Chance is true in so many of 100 cases.
func (c *Client) Chance(percent int) bool { return c.rng.IntN(100) < percent }

// UpTo draws a time between 0 and d, both included.
func (c *Client) UpTo(d time.Duration) time.Duration {
	return time.Duration(c.rng.Int64N(int64(d) + 1))
}

// NextSession is the client's process with the chance of the client's next session, for what lives longer than a turn:
// what draws from it changes nothing that turns draw.
func (c *Client) NextSession() host.Process {
	c.sessions++
	c.session = rand.NewPCG(c.group.stream(c.role, c.index, forSessions, c.sessions))
	return &session{c.Process, rand.New(c.session)}
}

// Aside is the client's process with another chance for the present turn, and one for each name: for what is drawn
// besides what the turn is for. What draws from it changes nothing that turns draw.
func (c *Client) Aside(name uint64) host.Process {
	return &session{c.Process, rand.New(rand.NewPCG(c.group.stream(c.role, c.index, forAsides+name<<32, c.turn.N)))}
}

// session is a process with another stream of chance.
type session struct {
	host.Process
	rng *rand.Rand
}

func (s *session) Rand() *rand.Rand { return s.rng }
