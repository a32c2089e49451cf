package sim

import (
	"math/bits"
	"math/rand/v2"
	"time"
)

// stream is a source of chance with helpers of our own: math/rand/v2 promises the values of a PCG, but not those of
// IntN and the like, and a seed must mean the same under every release of Go.
type stream struct{ pcg rand.PCG }

// newStream derives the stream of a name from the world's seed.
func newStream(seed uint64, name string) *stream {
	a := scramble(seed ^ hashString(name))
	b := scramble(a + seed + 0x9e3779b97f4a7c15)
	return &stream{*rand.NewPCG(a, b)}
}

// Stream is a stream of chance of that name, as a world of the seed has it, for those who want it without the world.
func Stream(seed uint64, name string) *rand.Rand { return rand.New(&newStream(seed, name).pcg) }

func (s *stream) draw() uint64 { return s.pcg.Uint64() }

// below draws from [0, n); 0 for n = 0.
func (s *stream) below(n uint64) uint64 { return scale(s.draw(), n) }

// scale maps a draw to [0, n).
func scale(draw, n uint64) uint64 {
	hi, _ := bits.Mul64(draw, n)
	return hi
}

const million = 1_000_000

// hits says whether a draw falls within ppm parts of a million.
func hits(draw uint64, ppm uint32) bool { return scale(draw, million) < uint64(ppm) }

// scramble is the finalizer of splitmix64: every bit of x moves half the bits of the result.
func scramble(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// minusLog is -ln(1 - i/128) in units of 2^-16, from 0 to ln 2.
var minusLog = [65]uint64{
	0, 514, 1032, 1554, 2081, 2611, 3146, 3686, 4230, 4778, 5331, 5889, 6451,
	7019, 7591, 8169, 8751, 9339, 9932, 10530, 11135, 11744, 12360, 12981, 13608, 14241,
	14880, 15526, 16178, 16837, 17502, 18174, 18854, 19540, 20233, 20934, 21643, 22359, 23083,
	23815, 24556, 25305, 26063, 26829, 27605, 28390, 29184, 29988, 30802, 31627, 32461, 33307,
	34164, 35032, 35911, 36803, 37707, 38624, 39553, 40496, 41453, 42424, 43409, 44410, 45426,
}

// exponential maps a draw to an exponential distribution with the given mean, by integers alone. The distribution
// forgets: how many halvings a value survives (ln 2 each) and where it falls within the next one are independent, so
// leading zeros give the first and a table of one halving the second.
func exponential(draw uint64, mean time.Duration) time.Duration {
	if mean == 0 {
		return 0
	}
	halvings := uint64(bits.LeadingZeros64(draw | 1<<31))
	place := draw & 0x3fffffff >> 14 // 16 bits: 6 for the entry, 10 between two
	i, part := place>>10, place&1023
	unit := halvings*minusLog[64] + minusLog[i] + (minusLog[i+1]-minusLog[i])*part>>10
	hi, lo := bits.Mul64(uint64(mean), unit)
	return time.Duration(hi<<48 | lo>>16)
}
