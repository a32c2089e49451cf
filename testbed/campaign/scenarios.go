package campaign

import (
	"fmt"
	"strings"

	"ordeal/testbed/play"
)

// Came is how often a scenario came about in a campaign.
type Came struct {
	// Trials is in how many trials, and Times how often in all of them.
	Trials int `json:"trials"`
	Times  int `json:"times"`
	// Steps is how many of its steps came about at most in one trial, and Of how many it has.
	Steps int `json:"steps"`
	Of    int `json:"of"`
}

// with is both together.
func (c Came) with(other Came) Came {
	return Came{
		Trials: c.Trials + other.Trials, Times: c.Times + other.Times, Steps: max(c.Steps, other.Steps),
		Of: max(c.Of, other.Of),
	}
}

// came counts the scenarios of a trial.
func (r *Report) came(s play.Summary) {
	for name, one := range s.Scenarios { //house:unordered each is counted by itself
		c := r.Scenarios[name]
		if c.Steps = max(c.Steps, one.Steps); one.Times > 0 {
			c.Trials++
			c.Times += one.Times
		}
		r.Scenarios[name] = c
	}
}

// scenarios are all of the service's, by name.
func (r Report) scenarios() map[string]Came {
	all := make(map[string]Came)
	for _, s := range r.service.AllScenarios() {
		c := r.Scenarios[s.Name]
		c.Of = len(s.Pattern)
		all[s.Name] = c
	}
	return all
}

// ScenariosText says which scenarios came about: of the service's own how many, and which did not; of a user's, each.
// It is "" for a service without any.
func (r Report) ScenariosText() string {
	list, own := r.service.AllScenarios(), len(r.service.Scenarios)
	if len(list) == 0 || r.Tally.Trials == 0 {
		return ""
	}
	var b strings.Builder
	var missing []string
	all := r.scenarios()
	for _, s := range list[:own] {
		if all[s.Name].Trials == 0 {
			missing = append(missing, s.Name)
		}
	}
	if own > 0 {
		fmt.Fprintf(&b, "scenarios: %d of %d came about\n", own-len(missing), own)
	}
	if len(missing) > 0 && len(missing) <= missingMax {
		fmt.Fprintf(&b, "scenarios that did not: %s\n", strings.Join(missing, ", "))
	}
	for _, s := range list[own:] {
		c := all[s.Name]
		if c.Trials == 0 {
			fmt.Fprintf(&b, "scenario %s did not come about: %d of its %d steps did at most\n", s.Name, c.Steps, c.Of)
			continue
		}
		fmt.Fprintf(&b, "scenario %s came about in %d of %d trials, %d times\n", s.Name, c.Trials, r.Tally.Trials, c.Times)
	}
	return b.String()
}

// missingMax is how many scenarios that did not come about are named: a short campaign lacks most of them.
const missingMax = 20
