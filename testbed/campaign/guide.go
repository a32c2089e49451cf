package campaign

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ordeal/nemesis"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Goal is what a guide wants more of.
type Goal string

// The goals: scenarios that are missing or rare, and states of the protocol that few trials have reached.
const (
	GoalScenarios Goal = "scenarios"
	GoalStates    Goal = "states"
)

// Guide decides which trials a guided campaign plays. It goes in generations. Half of each are trials that a blind
// campaign would play; the others branch from earlier ones that came closest to the goal: their plans are changed, most
// in a world of another seed. A generation is decided as a whole by the results of those before it, so the trials are
// the same however many run at once. Each trial's line says all, and can be played alone.
type Guide struct {
	seeds trial.Seeds
	goal  Goal
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
	chase  chase
	branch int // trials that branched from others
}

// guided is a trial of the present generation, and what it reached once it is over.
type guided struct {
	trial trial.Trial
	found found
	over  bool
}

// found is what a trial has reached: nothing, if it did not come to its end.
type found struct {
	states    []uint32
	scenarios map[string]play.Reached
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
func NewGuide(s trial.Seeds, goal Goal, first uint64, count int) *Guide {
	return &Guide{
		seeds: s, goal: goal, first: first, count: count, rng: rand.New(rand.NewPCG(first, 0x6775696465)), blind: first,
		seen: make(map[uint32]int), chase: newChase(s),
	}
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
func (g *Guide) over(number int, f found) {
	place := number - 1 - g.played
	if place < 0 || g.batch[place].over {
		return
	}
	g.batch[place].over, g.batch[place].found = true, f
}

// learn evaluates a generation that is over: those of its trials that reached a new state may be branched from.
func (g *Guide) learn() {
	for _, one := range g.batch {
		g.played++
		g.chase.learn(one)
		fresh := false
		for _, s := range one.found.states {
			fresh = fresh || g.seen[s] == 0
			g.seen[s]++
		}
		if fresh {
			g.pool = append(g.pool, &parent{trial: one.trial, states: one.found.states, number: g.played})
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
		if t, ok := g.next(); ok && i%2 == 1 {
			g.branch++
			g.batch = append(g.batch, guided{trial: t})
			continue
		}
		g.batch = append(g.batch, guided{trial: g.seeds.Trial(g.blind)})
		g.blind++
	}
}

// next branches from some trial towards the goal.
func (g *Guide) next() (trial.Trial, bool) {
	if g.goal == GoalScenarios {
		return g.closer()
	}
	return g.child()
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

// Guided says how a guided campaign went: trials that branched from others; and states of the protocol that it reached
// and from how many trials it would branch now, or scenarios that came about and of how many, by its goal.
type Guided struct {
	Goal              Goal
	Branched          int
	States, Pool      int
	CameAbout, Wanted int
}

// Sum is what the guide has learned so far.
func (g *Guide) Sum() Guided {
	s := Guided{Goal: g.goal, Branched: g.branch, States: len(g.seen), Pool: len(g.pool)}
	s.CameAbout, s.Wanted = g.chase.came()
	return s
}
