package nemesis

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// Mutate makes another plan of one, for a trial of a length, by one to three changes: steps go, move, or last longer or
// shorter; a step takes the fault of one of another plan; steps of another plan come in; or the plan goes on as another
// from some instant on. The others are such as the swarm draws for the same trial. What comes out keeps the bounds of
// the swarm's.
func Mutate(rng *rand.Rand, plan Plan, length time.Duration, others ...Plan) Plan {
	out := slices.Clone(plan)
	last := length - min(length/6, 10*time.Second)
	for range 1 + rng.IntN(3) {
		other := pick(rng, others)
		switch change := rng.IntN(6); {
		case len(out) == 0 || len(other) > 0 && change == 0:
			out = append(out, someOf(rng, other)...)
		case len(other) > 0 && change == 1:
			out = splice(out, other, time.Duration(rng.Int64N(int64(last)+1)))
		case len(other) > 0 && change == 2:
			swap(&out[rng.IntN(len(out))], pick(rng, other))
		case change == 3 && len(out) > 1:
			i := rng.IntN(len(out))
			out = slices.Delete(out, i, i+1)
		case change == 4:
			s := &out[rng.IntN(len(out))]
			s.For = (s.For * time.Duration(50+rng.IntN(151)) / 100).Truncate(10 * time.Millisecond)
		default:
			s := &out[rng.IntN(len(out))]
			s.At += time.Duration(rng.IntN(601)-300) * 10 * time.Millisecond
		}
	}
	for i := range out {
		out[i].bound(last)
	}
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return out[:min(len(out), mutantMax)]
}

// mutantMax is how many steps a mutant may have: they would grow from one to the next.
const mutantMax = 40

// someOf are up to four steps of a plan that follow each other.
func someOf(rng *rand.Rand, p Plan) Plan {
	if len(p) == 0 {
		return nil
	}
	from := rng.IntN(len(p))
	return p[from:min(len(p), from+1+rng.IntN(4))]
}

// splice is what begins before an instant in one plan, and from there on in the other.
func splice(before, after Plan, at time.Duration) (out Plan) {
	for _, s := range before {
		if s.At < at {
			out = append(out, s)
		}
	}
	for _, s := range after {
		if s.At >= at {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return before
	}
	return out
}

// swap gives a step the fault of another one, and keeps its time.
func swap(s *Step, other Step) {
	lasts := s.For
	s.Fault, s.For = other.Fault, other.For
	if lasts > 0 && other.For > 0 {
		s.For = lasts
	}
}

// bound moves a step to where the swarm would have one: not before half a second, and over by last.
func (s *Step) bound(last time.Duration) {
	const first, least = 500 * time.Millisecond, 250 * time.Millisecond
	if info, _ := s.Fault.Kind.Info(); info.lasts {
		s.For = max(s.For, least)
	}
	s.At = max(first, min(s.At, last-min(s.For, last-first)))
	if s.At+s.For > last {
		s.For = last - s.At
	}
}
