package trial

import (
	"fmt"
	"slices"

	"ordeal/nemesis"
	"ordeal/testbed/scenario"
)

// Deed is something that a server does, or that befalls it: a word of scenarios.
type Deed struct {
	Name, What string
	// By is a kind of fault that brings it about, "" for none.
	By nemesis.Kind
}

// The deeds that the testbed sees itself, of any service.
const (
	DeedBoot   = "boot"
	DeedDown   = "down"
	DeedPower  = "power-loss"
	DeedLost   = "message-lost"
	DeedLeads  = "leads"
	DeedLedOut = "steps-down"
	// deedEnds is behind a kind of fault: it ends.
	deedEnds = "-ends"
)

var commonDeeds = []Deed{
	{DeedBoot, "its program runs again, or for the first time", ""},
	{DeedDown, "its program is gone, in whatever way", nemesis.Crash},
	{DeedPower, "it loses power, and its disk what was not synced", nemesis.Crash},
	{DeedLost, "a message that another server has sent it is lost", nemesis.Loss},
	{DeedLeads, "it begins to believe that it leads", ""},
	{DeedLedOut, "it believes so no more, and is up", ""},
}

// FaultDeed names the deed that a fault of a kind hits a server, and FaultEndsDeed that it ends.
func FaultDeed(k nemesis.Kind) string { return string(k) }

// FaultEndsDeed is described at FaultDeed.
func FaultEndsDeed(k nemesis.Kind) string { return string(k) + deedEnds }

// AllDeeds are the deeds that scenarios of the service may be made of: those that the testbed sees, its own, and faults
// that hit a server.
func (s *Service) AllDeeds() []Deed {
	list := slices.Concat(commonDeeds, s.Deeds)
	for _, k := range nemesis.Kinds() {
		if !s.Knows(k.Kind) || k.OnlyInPlans {
			continue
		}
		list = append(list, Deed{FaultDeed(k.Kind), "the fault " + string(k.Kind) + " hits it", k.Kind})
		if k.Lasts() {
			list = append(list, Deed{FaultEndsDeed(k.Kind), "the fault " + string(k.Kind) + " ends for it", ""})
		}
	}
	return list
}

// WithScenarios is the service with more scenarios, of a file that is called name. The error says what is wrong with
// the file and where.
func (s *Service) WithScenarios(name string, text []byte) (*Service, error) {
	more, err := scenario.Parse(name, text)
	if err != nil {
		return nil, err
	}
	both := *s
	both.Scenarios = slices.Concat(s.Scenarios, more)
	for _, one := range more {
		if _, known := scenario.Named(s.Scenarios, one.Name); known {
			return nil, fmt.Errorf("%s: there is a scenario %s already", name, one.Name)
		}
	}
	return &both, both.CheckScenarios(name, more)
}

// CheckScenarios says of scenarios, of a file that is called name, which of their deeds the service does not know.
func (s *Service) CheckScenarios(name string, list []scenario.Scenario) error {
	known := make(map[string]bool)
	for _, d := range s.AllDeeds() {
		known[d.Name] = true
	}
	for _, one := range list {
		if err := one.Pattern.Check(func(deed string) bool { return known[deed] }); err != nil {
			return fmt.Errorf("%s: scenario %s: %w; `%s coverage --deeds` lists those there are", name, one.Name, err,
				s.Called())
		}
	}
	return nil
}
