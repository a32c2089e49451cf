package truth

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"ordeal/testbed/play"
)

// outMax is the share of the time without service up to which a trial counts as one in which the service was
// available.
const outMax = 0.1

// share is how many of some pairs have something.
type share struct{ Agree, Of int }

func (s *share) count(agree bool) {
	s.Of++
	if agree {
		s.Agree++
	}
}

// Percent is the share.
func (s share) percent() float64 { return 100 * float64(s.Agree) / float64(max(1, s.Of)) }

// beside is a figure of the real halves beside that of the simulated ones.
type beside struct {
	Real, Sim float64
	// Off is by how much the two halves of a pair differ, on average.
	Off float64
	// Equal is in how many pairs they do not.
	Equal share
}

// Ratio is the simulated figure by the real one; 0 if that is nothing.
func (b beside) ratio() float64 {
	if b.Real == 0 {
		return 0
	}
	return b.Sim / b.Real
}

func besideOf(pairs []Pair, figure func(p Played) float64) (b beside) {
	for _, p := range pairs {
		r, s := figure(p.Real), figure(p.Sim)
		b.Real, b.Sim, b.Off = b.Real+r, b.Sim+s, b.Off+math.Abs(r-s)
		b.Equal.count(r == s)
	}
	n := float64(max(1, len(pairs)))
	b.Real, b.Sim, b.Off = b.Real/n, b.Sim/n, b.Off/n
	return b
}

// times are medians, of the real and of the simulated halves.
type times struct {
	Name      string
	Count     int
	Real, Sim time.Duration
}

// Ratio is the simulated time by the real one.
func (t times) ratio() float64 { return float64(t.Sim) / float64(max(1, t.Real)) }

// score is how far the halves of some pairs agree.
type score struct {
	Pairs int
	// Verdict, Available and Unknown are the parts of a pair's class of outcome: whether a promise was seen broken;
	// whether there was service for nine tenths of the time; whether some operation ended unknown. Class is all three
	// together, and Names that the same operations ended unknown.
	Verdict, Available, Unknown, Class, Names share
	Elections, Expired, Out, Longest          beside
	// Waits are by family of fault: how long clients waited from a step's begin on until they were served again.
	// Latencies are by workload, operation and quantile: medians over the pairs.
	Waits     []times
	Latencies []latency
	// Apart are the pairs whose classes differ.
	Apart []Pair
}

// latency is how long an operation of a workload took: the medians over pairs of a trial's median, p90 and p99.
type latency struct {
	Workload, F string
	P50, P90    times
	P99         times
}

// Within is how many of the latencies' medians are within a factor of each other.
func (s score) within(factor float64) (n share) {
	for _, l := range s.Latencies {
		n.count(within(l.P50.ratio(), factor))
	}
	return n
}

func within(ratio, factor float64) bool { return ratio <= factor && ratio*factor >= 1 }

// scoreOf scores pairs of which both halves were played.
func scoreOf(pairs []Pair) (s score) {
	s.Pairs = len(pairs)
	for _, p := range pairs {
		verdict := (p.Real.Outcome == play.Invalid) == (p.Sim.Outcome == play.Invalid)
		available := (p.Real.Out() <= outMax) == (p.Sim.Out() <= outMax)
		unknown := (len(p.Real.Unknown) == 0) == (len(p.Sim.Unknown) == 0)
		s.Verdict.count(verdict)
		s.Available.count(available)
		s.Unknown.count(unknown)
		s.Class.count(verdict && available && unknown)
		s.Names.count(slices.Equal(p.Real.Unknown, p.Sim.Unknown))
		if !verdict || !available || !unknown {
			s.Apart = append(s.Apart, p)
		}
	}
	s.Elections = besideOf(pairs, func(p Played) float64 { return float64(p.Elections) })
	s.Expired = besideOf(pairs, func(p Played) float64 { return float64(p.Expired) })
	s.Out = besideOf(pairs, Played.Out)
	s.Longest = besideOf(pairs, func(p Played) float64 { return p.Longest().Seconds() })
	s.Waits, s.Latencies = waitsOf(pairs), latenciesOf(pairs)
	return s
}

// Outcomes counts the real halves by their verdicts.
func outcomes(pairs []Pair) (valid, invalid, unknown int) {
	for _, p := range pairs {
		switch p.Real.Outcome {
		case play.Valid:
			valid++
		case play.Invalid:
			invalid++
		default:
			unknown++
		}
	}
	return valid, invalid, unknown
}

// waitsOf are the steps that both halves carried out, and after which both served again.
func waitsOf(pairs []Pair) (list []times) {
	real, sim := make(map[string][]time.Duration), make(map[string][]time.Duration)
	for _, p := range pairs {
		for _, step := range p.Real.Steps {
			i := slices.IndexFunc(p.Sim.Steps, func(other Step) bool { return other.Number == step.Number })
			if i < 0 || step.Waited < 0 || p.Sim.Steps[i].Waited < 0 {
				continue
			}
			real[step.Family] = append(real[step.Family], step.Waited)
			sim[step.Family] = append(sim[step.Family], p.Sim.Steps[i].Waited)
		}
	}
	for _, family := range slices.Sorted(maps.Keys(real)) {
		list = append(list, times{family, len(real[family]), median(real[family]), median(sim[family])})
	}
	return list
}

// leastOften is how often an operation must have ended ok in a trial for its quantiles to say something.
const leastOften = 20

func latenciesOf(pairs []Pair) (list []latency) {
	type key struct{ workload, f string }
	type both struct{ real, sim [3][]time.Duration }
	by := make(map[key]*both)
	for _, p := range pairs {
		for _, r := range p.Real.Latencies {
			for _, s := range p.Sim.Latencies {
				if r.F != s.F || r.Count < leastOften || s.Count < leastOften {
					continue
				}
				k := key{p.Workload, r.F}
				if by[k] == nil {
					by[k] = &both{}
				}
				for i, q := range [3][2]time.Duration{{r.P50, s.P50}, {r.P90, s.P90}, {r.P99, s.P99}} {
					by[k].real[i], by[k].sim[i] = append(by[k].real[i], q[0]), append(by[k].sim[i], q[1])
				}
			}
		}
	}
	for k, b := range by { //house:unordered it is sorted below
		one := func(i int) times { return times{k.f, len(b.real[i]), median(b.real[i]), median(b.sim[i])} }
		list = append(list, latency{k.workload, k.f, one(0), one(1), one(2)})
	}
	slices.SortFunc(list, func(a, b latency) int {
		return cmp.Or(cmp.Compare(a.Workload, b.Workload), cmp.Compare(a.F, b.F))
	})
	return list
}

func median(all []time.Duration) time.Duration {
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}
