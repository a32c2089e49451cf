package sweep

import (
	"fmt"
	"strings"

	"ordeal/testbed/trial"
)

// Scenario is a trial that is short enough for everything in it to be tried.
type Scenario struct {
	Name string
	// What says what it is about.
	What  string
	Trial trial.Trial
}

// Scenarios lists the scenarios of a service. It panics if the line of one is wrong.
func Scenarios(s *trial.Service) []Scenario {
	var all []Scenario
	for _, one := range s.Scenarios {
		t, err := s.Parse(fmt.Sprintf("%s/%d %s", s.Name, s.Version, one.Line))
		if err != nil {
			panic("sweep: scenario " + one.Name + ": " + err.Error())
		}
		all = append(all, Scenario{one.Name, one.What, t})
	}
	return all
}

// ScenarioNamed is a service's scenario of a name, or that of a trial line.
func ScenarioNamed(s *trial.Service, text string) (Scenario, error) {
	var names []string
	for _, one := range Scenarios(s) {
		if one.Name == text {
			return one, nil
		}
		names = append(names, one.Name)
	}
	if !s.IsLine(text) {
		return Scenario{}, fmt.Errorf("scenario %q is not known: there are %s, or a trial line in quotes", text,
			strings.Join(names, ", "))
	}
	t, err := s.Parse(text)
	return Scenario{Name: t.Line(), What: "a trial", Trial: t}, err
}
