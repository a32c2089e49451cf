package campaign

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

// Guide decides which trials a guided campaign plays. It goes in generations. Half of each are trials that a blind
// campaign would play; the others branch from earlier ones that reached states of the protocol which few have reached:
// their plans are mutated, in a world of another seed. A generation is decided as a whole by the results of those
// before it, so the trials are the same however many run at once. Each trial's line says all, and can be played alone.
type Guide struct {
	seeds trial.Seeds
	first uint64
	// count is how many trials there are to be at most, 0 for no bound.
	count int
	rng   *rand.Rand

	batch  []guided
	handed int // of batch
	blind  uint64
	played int
	seen   map[uint32]int // how many trials reached a state
	pool   []*parent
	branch int // trials that branched from others
}

// guided is a trial of the present generation, and what it reached once it is over.
type guided struct {
	trial  trial.Trial
	states []uint32
	over   bool
}

// parent is a trial to branch from. Its plan and settings are said.
type parent struct {
	trial  trial.Trial
	states []uint32
	score  float64
	number int
}

const (
	generation = 16 // trials
	poolMax    = 48 // parents
)

// NewGuide makes a guide to trials of seeds whose blind ones begin at a seed.
func NewGuide(s trial.Seeds, first uint64, count int) *Guide {
	return &Guide{seeds: s, first: first, count: count, rng: rand.New(rand.NewPCG(first, 0x6775696465)), blind: first,
		seen: make(map[uint32]int)}
}

// take hands out the next trial. Without one, done says that there will be none; else it depends on trials that are not
// over.
func (g *Guide) take() (t trial.Trial, ok, done bool) {
	if g.handed == len(g.batch) {
		if slices.ContainsFunc(g.batch, func(one guided) bool { return !one.over }) {
			return trial.Trial{}, false, false
		}
		g.learn()
		if g.plan(); len(g.batch) == 0 {
			return trial.Trial{}, false, true
		}
	}
	g.handed++
	return g.batch[g.handed-1].trial, true, false
}

// over notes what the trial has reached that was handed out as number: nothing, if it did not come to its end. What is
// told of a trial more than once counts the first time.
func (g *Guide) over(number int, states []uint32) {
	place := number - 1 - g.played
	if place < 0 || g.batch[place].over {
		return
	}
	g.batch[place].over, g.batch[place].states = true, states
}

// learn evaluates a generation that is over: those of its trials that reached a new state may be branched from.
func (g *Guide) learn() {
	for _, one := range g.batch {
		g.played++
		fresh := false
		for _, s := range one.states {
			fresh = fresh || g.seen[s] == 0
			g.seen[s]++
		}
		if fresh {
			g.pool = append(g.pool, &parent{trial: one.trial, states: one.states, number: g.played})
		}
	}
	for _, p := range g.pool {
		p.score = 0
		for _, s := range p.states {
			if n := g.seen[s]; n <= rareMax {
				p.score += 1 / float64(n)
			}
		}
	}
	slices.SortFunc(g.pool, func(a, b *parent) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.number,
			a.number))
	})
	g.pool = g.pool[:min(len(g.pool), poolMax)]
}

// rareMax is how many trials may have reached a state that still counts.
const rareMax = 5

// plan decides the next generation.
func (g *Guide) plan() {
	g.batch, g.handed = nil, 0
	for i := range generation {
		if g.count > 0 && g.played+i >= g.count {
			return
		}
		if t, ok := g.child(); ok && i%2 == 1 {
			g.branch++
			g.batch = append(g.batch, guided{trial: t})
			continue
		}
		g.batch = append(g.batch, guided{trial: g.seeds.Trial(g.blind)})
		g.blind++
	}
}

// child branches from a trial of the pool.
func (g *Guide) child() (trial.Trial, bool) {
	if len(g.pool) == 0 {
		return trial.Trial{}, false
	}
	of, other := g.pick(), g.pick()
	t, plan := spelled(of.trial)
	_, second := spelled(other.trial)
	fresh := t
	fresh.Seed, fresh.Plan = g.rng.Uint64(), nil
	fresh.Faults = g.seeds.Template.Faults
	others := []nemesis.Plan{second}
	if g.seeds.Template.Plan == nil {
		others = append(others, fresh.DrawPlan())
	}
	t.Seed = g.rng.Uint64() >> 32
	if g.rng.IntN(4) > 0 {
		plan = nemesis.Mutate(g.rng, plan, t.Length, others...)
	}
	t.Plan, t.Faults, t.MaySkip = plan, nil, true
	if len(plan) == 0 || t.Check() != nil { // machines of another size of cluster, for one
		return trial.Trial{}, false
	}
	return t, true
}

// pick draws a parent, good ones more often: the best of two.
func (g *Guide) pick() *parent {
	return g.pool[min(g.rng.IntN(len(g.pool)), g.rng.IntN(len(g.pool)))]
}

// spelled is a trial with its settings said, and the plan that it had.
func spelled(t trial.Trial) (trial.Trial, nemesis.Plan) {
	t.Settings = t.DrawSettings()
	return t, t.DrawPlan()
}

// Guided says how a guided campaign went: states of the protocol that it reached, trials that branched from others, and
// from how many it would branch now.
type Guided struct{ States, Branched, Pool int }

// Sum is what the guide has learned so far.
func (g *Guide) Sum() Guided { return Guided{len(g.seen), g.branch, len(g.pool)} }
