package campaign

import (
	"cmp"
	"slices"

	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/testbed/trial"
)

// chase is how far trials got in each scenario, for a guide that wants those that are missing.
type chase struct {
	list []scenario.Scenario
	// count is in how many trials each came about, and best the trials that came farthest, newest first.
	count map[string]int
	best  map[string]*closest
}

// closest are the trials that came farthest in a scenario.
type closest struct {
	steps  int
	trials []trial.Trial
}

const (
	// closestMax is how many trials are kept for a scenario.
	closestMax = 4
	// wantedMax is how many scenarios a guide wants at one time: those that came about least often.
	wantedMax = 12
)

func newChase(s trial.Seeds) chase {
	c := chase{count: make(map[string]int), best: make(map[string]*closest)}
	if s.Template.Service != nil {
		c.list = s.Template.Service.AllScenarios()
	}
	return c
}

// learn notes how far a trial got.
func (c *chase) learn(one guided) {
	for name, r := range one.found.scenarios { //house:unordered each scenario has a place of its own
		if r.Times > 0 {
			c.count[name]++
		}
		b := c.best[name]
		if b == nil || r.Steps > b.steps {
			b = &closest{steps: r.Steps}
			c.best[name] = b
		}
		if r.Steps == b.steps {
			b.trials = append([]trial.Trial{one.trial}, b.trials[:min(len(b.trials), closestMax-1)]...)
		}
	}
}

// came is how many scenarios came about, of how many.
func (c *chase) came() (came, of int) {
	for _, s := range c.list {
		if c.count[s.Name] > 0 {
			came++
		}
	}
	return came, len(c.list)
}

// wanted are the scenarios that came about least often and of which something ever did.
func (c *chase) wanted() []scenario.Scenario {
	list := slices.DeleteFunc(slices.Clone(c.list), func(s scenario.Scenario) bool { return c.best[s.Name] == nil })
	slices.SortStableFunc(list, func(a, b scenario.Scenario) int { return cmp.Compare(c.count[a.Name], c.count[b.Name]) })
	return list[:min(len(list), wantedMax)]
}

// closer branches from a trial that came farthest in a scenario which is wanted: faults that the scenario has are added
// to its plan, each waiting for what comes before it, and the rest is changed a little, or not at all.
func (g *Guide) closer() (trial.Trial, bool) {
	wanted := g.chase.wanted()
	if len(wanted) == 0 {
		return trial.Trial{}, false
	}
	s := wanted[g.rng.IntN(len(wanted))]
	near := g.chase.best[s.Name].trials
	t, plan := spelled(near[g.rng.IntN(len(near))])
	blind := t
	blind.Faults, blind.Plan, blind.Seed = g.seeds.Template.Faults, nil, g.rng.Uint64()>>32
	if g.seeds.Template.Plan != nil {
		return trial.Trial{}, false
	}
	// In the same world it comes as far again, up to where the plan differs.
	if g.rng.IntN(2) > 0 {
		t.Seed = blind.Seed
	}
	more := blind.AimAt(g.rng, s.Pattern)
	if len(more) == 0 || g.rng.IntN(3) == 0 {
		plan = nemesis.Mutate(g.rng, plan, t.Length, blind.DrawPlan())
	}
	plan = append(slices.DeleteFunc(slices.Clone(plan), same(more)), more...)
	slices.SortStableFunc(plan, func(a, b nemesis.Step) int { return cmp.Compare(a.At, b.At) })
	t.Plan, t.Faults, t.MaySkip = plan, nil, true
	if len(plan) == 0 || len(plan) > aimedStepsMax || t.Check() != nil {
		return trial.Trial{}, false
	}
	return t, true
}

// same says of a step that it waits for the same as one of some steps: it gives way to them.
func same(more nemesis.Plan) func(nemesis.Step) bool {
	return func(s nemesis.Step) bool {
		return s.Fault.AwaitsDeeds() && slices.ContainsFunc(more, func(m nemesis.Step) bool { return m.Fault == s.Fault })
	}
}

// aimedStepsMax is how many steps a plan may have: they would grow from one branch to the next.
const aimedStepsMax = 80
