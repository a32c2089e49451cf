package workloads

import (
	"math/rand/v2"

	"ordeal/host"
)

// own is the process as one turn, or one session, of a client has it: with a stream of chance of its own. What another
// turn did or left out moves nothing in it.
type own struct {
	host.Process
	rng *rand.Rand
}

func (o *own) Rand() *rand.Rand { return o.rng }

// role is what a client is there for. Each has streams of its own.
type role uint64

const (
	runs role = iota + 1
	probes
	drains
)

// What streams are for.
const (
	forTurns uint64 = iota + 1
	forSessions
	forTrial
)

// stream is the chance of the n-th turn or session of a client: two words that nothing but these numbers and the trial's
// draws decide.
func (e *Env) stream(r role, client int, what uint64, n int) (hi, lo uint64) {
	hi = scramble(e.cfg.Draws + uint64(r)<<8 + what)
	return hi, scramble(hi ^ uint64(client)<<32 ^ uint64(n))
}

// scramble is SplitMix64's finalizer (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
