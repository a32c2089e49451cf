package load

import (
	"time"

	"ordeal/sim"
)

// Spot is where a machine stands in a network. Servers stand at 0 up, the leader at 0 if the service tells of one; a
// client stands where the server does that it asks.
type Spot struct {
	Client bool
	At, Of int
}

// Network is what the ways between machines are like.
type Network struct {
	Name, What string
	// Way is what is wrong with the way from one machine to another. Clients have none to each other. nil: nothing is.
	Way func(from, to Spot) sim.LinkFault
}

// Called is the network's name.
func (n Network) Called() string { return n.Name }

// regionDelay is the least time from one region to another, one way, in milliseconds. It is not the same there and
// back, as it seldom is.
var regionDelay = [3][3]time.Duration{{0, 15, 40}, {18, 0, 55}, {46, 49, 0}}

// Networks are the built-in ones. What they add is on top of the simulator's own costs: see docs/BENCH.md.
func Networks() []Network {
	const ms = time.Millisecond
	return []Network{
		{Name: "uniform", What: "one data centre: nothing is added"},
		{Name: "multi-region", What: "servers in three regions, 15 to 55 ms apart, clients beside them; the ways there and " +
			"back differ", Way: func(from, to Spot) sim.LinkFault {
			return sim.LinkFault{Delay: regionDelay[from.At%3][to.At%3] * ms}
		}},
		{Name: "wan-loss", What: "20 ms and a loss of 1 % between servers, clients beside them", Way: betweenServers(
			func(Spot, Spot) sim.LinkFault { return sim.LinkFault{Delay: 20 * ms, LossPPM: 10_000} })},
		{Name: "jitter", What: "up to 5 ms more on every way, evenly", Way: func(Spot, Spot) sim.LinkFault {
			return sim.LinkFault{Jitter: 5 * ms}
		}},
		{Name: "slow-follower", What: "25 ms more to and from one server that does not lead", Way: betweenServers(
			func(from, to Spot) sim.LinkFault { return slow(from.last() || to.last(), 25*ms) })},
		{Name: "slow-followers", What: "10 ms more between servers", Way: betweenServers(
			func(Spot, Spot) sim.LinkFault { return slow(true, 10*ms) })},
		{Name: "wan-clients", What: "40 ms and up to 5 ms more from clients to servers and back",
			Way: func(from, to Spot) sim.LinkFault {
				if from.Client || to.Client {
					return sim.LinkFault{Delay: 40 * ms, Jitter: 5 * ms}
				}
				return sim.LinkFault{}
			}},
	}
}

// last says whether it is a server, and the one that stands last: it leads no more than it must.
func (s Spot) last() bool { return !s.Client && s.At > 0 && s.At == s.Of-1 }

func slow(is bool, by time.Duration) sim.LinkFault {
	if !is {
		by = 0
	}
	return sim.LinkFault{Delay: by}
}

// betweenServers leaves clients' ways as they are.
func betweenServers(way func(from, to Spot) sim.LinkFault) func(from, to Spot) sim.LinkFault {
	return func(from, to Spot) sim.LinkFault {
		if from.Client || to.Client {
			return sim.LinkFault{}
		}
		return way(from, to)
	}
}
