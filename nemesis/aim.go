package nemesis

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/nemesis/scenario"
)

// AimOptions is what faults are aimed for.
type AimOptions struct {
	SwarmOptions
	// Scenarios are those to bring about. By is the kind of fault that brings a deed about, "" for none.
	Scenarios []scenario.Scenario
	By        func(deed string) Kind
}

const (
	// aimedOneIn is how many plans there are to one that has faults aimed at a scenario.
	aimedOneIn = 2
	// roundsMax is how often such a plan tries, at most.
	roundsMax = 8
)

// Aim draws, for one plan in some, a scenario that faults have a part in, and lets each of these faults wait until all
// before it in the scenario has come about. What it returns is to be added to what the swarm has drawn.
func Aim(rng *rand.Rand, o AimOptions) Plan {
	if !chance(rng, 1, aimedOneIn) || o.Length < time.Second || len(o.Nodes) < 2 {
		return nil
	}
	var possible []scenario.Scenario
	for _, s := range o.Scenarios {
		if len(o.steps(s.Pattern)) > 0 {
			possible = append(possible, s)
		}
	}
	if len(possible) == 0 {
		return nil
	}
	return AimAt(rng, pick(rng, possible).Pattern, o)
}

// AimAt draws faults that bring about what a pattern has of them, again and again. It draws none for a pattern that has
// none.
func AimAt(rng *rand.Rand, p scenario.Pattern, o AimOptions) (plan Plan) {
	a := aiming{rng: rng, o: o, pattern: p, beat: min(time.Second, o.Length/40)}
	last := o.Length - min(o.Length/6, 10*time.Second)
	for range 2 + rng.IntN(roundsMax-1) {
		begin := a.round(span(rng, a.beat, last*3/4))
		for _, k := range o.steps(p) {
			plan = append(plan, a.step(k, begin))
		}
	}
	slices.SortStableFunc(plan, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return plan
}

// steps are the places in a pattern of what a fault can bring about.
func (o AimOptions) steps(p scenario.Pattern) (places []int) {
	for k, s := range p {
		if kind := o.By(s.Deed); !s.Not && kind != "" && aimable(kind) && slices.Contains(o.Kinds, kind) {
			places = append(places, k)
		}
	}
	return places
}

// aimable says that a fault of the kind can be aimed at one server.
func aimable(k Kind) bool {
	return slices.Contains([]Kind{Crash, Kill, Stop, CrashInSync, Pause, Partition, Loss, Snapshot, Transfer, SlowDisk,
		FailSync, FullDisk, Jump}, k)
}

// aiming is the draw of faults for one pattern.
type aiming struct {
	rng     *rand.Rand
	o       AimOptions
	pattern scenario.Pattern
	beat    time.Duration
}

func (a *aiming) round(d time.Duration) time.Duration {
	if a.beat < time.Second {
		return d.Truncate(time.Millisecond)
	}
	return d.Truncate(10 * time.Millisecond)
}

// step is the fault that brings about the k-th step, once those before it have come about.
func (a *aiming) step(k int, begin time.Duration) Step {
	of := a.pattern[k]
	s := Step{At: begin, Fault: Fault{Kind: a.o.By(of.Deed)}}
	s.Fault.Target = a.target(k)
	if info, _ := s.Fault.Kind.Info(); info.lasts {
		s.For = a.lasts(k)
	}
	switch f := &s.Fault; f.Kind {
	case Partition:
		f.Shape = Isolate
	case Loss, FailSync:
		f.PPM = certain
	case Snapshot:
		f.Every = periods[0]
	case SlowDisk:
		f.Amount = pick(a.rng, syncDelays[1:])
	case Jump:
		f.Amount = pick(a.rng, jumps[1:]) * time.Duration(sign(a.rng))
	}
	return s
}

// target is whom the k-th step means, when all before it have come about, and perhaps a little later.
func (a *aiming) target(k int) Target {
	of := a.pattern[k]
	who := cmp.Or(string(of.Who.Role), roleOne)
	if k == 0 {
		return Target(who)
	}
	if letter := of.Who.Letter; letter != 0 {
		known := slices.ContainsFunc(a.pattern[:k], func(s scenario.Step) bool { return !s.Not && s.Who.Letter == letter })
		if known || of.Who.Role == scenario.Anyone {
			who = string(letter)
		}
	}
	var lag time.Duration
	if most := cmp.Or(of.Within, a.beat) / 2; chance(a.rng, 1, 2) && most > time.Millisecond {
		// Soon after is as often as much later: the interesting part may be short.
		lag = time.Duration(1+a.rng.IntN(16)) * most / 16 >> a.rng.IntN(8)
		lag = max(lag.Truncate(10*time.Microsecond), 10*time.Microsecond)
	}
	return awaiting(a.pattern[:k], who, lag)
}

// lasts is how long the fault of the k-th step goes on: if a server has to be back soon, not for longer.
func (a *aiming) lasts(k int) time.Duration {
	most := a.beat * 3
	for _, later := range a.pattern[k+1:] {
		back := later.Deed == string(a.o.By(a.pattern[k].Deed))+"-ends" || later.Deed == "boot"
		if back && later.Who.Letter == a.pattern[k].Who.Letter && later.Within > 0 {
			most = min(most, later.Within/2)
		}
	}
	return max(a.round(span(a.rng, most/8, most)), 10*time.Millisecond)
}
