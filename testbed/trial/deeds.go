package trial

import (
	"fmt"
	"slices"

	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
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

// aims are what faults are aimed for in trials of the service.
func (s *Service) aims(o nemesis.SwarmOptions) nemesis.AimOptions {
	by := make(map[string]nemesis.Kind)
	for _, d := range s.AllDeeds() {
		by[d.Name] = d.By
	}
	return nemesis.AimOptions{
		SwarmOptions: o, Scenarios: s.Scenarios, By: func(deed string) nemesis.Kind { return by[deed] },
	}
}

// checkPatterns says which deeds of what a plan waits for are not known.
func (s *Service) checkPatterns(patterns []scenario.Pattern) error {
	for _, p := range patterns {
		if err := p.Check(s.knownDeeds()); err != nil {
			return fmt.Errorf("the plan waits for %s: %w", p, err)
		}
	}
	return nil
}

func (s *Service) knownDeeds() func(deed string) bool {
	list := s.AllDeeds()
	return func(deed string) bool { return slices.ContainsFunc(list, func(d Deed) bool { return d.Name == deed }) }
}

// WithScenarios is the service with more scenarios to look out for, of a file that is called name: its trials are the
// same. The error says what is wrong with the file and where.
func (s *Service) WithScenarios(name string, text []byte) (*Service, error) {
	more, err := scenario.Parse(name, text)
	if err != nil {
		return nil, err
	}
	both := *s
	both.more = slices.Concat(s.more, more)
	for _, one := range more {
		if _, known := scenario.Named(s.AllScenarios(), one.Name); known {
			return nil, fmt.Errorf("%s: there is a scenario %s already", name, one.Name)
		}
	}
	return &both, both.CheckScenarios(name, more)
}

// AllScenarios are those of the service, and then those of WithScenarios.
func (s *Service) AllScenarios() []scenario.Scenario { return slices.Concat(s.Scenarios, s.more) }

// CheckScenarios says of scenarios, of a file that is called name, which of their deeds the service does not know.
func (s *Service) CheckScenarios(name string, list []scenario.Scenario) error {
	known := s.knownDeeds()
	for _, one := range list {
		if err := one.Pattern.Check(known); err != nil {
			return fmt.Errorf("%s: scenario %s: %w; `%s coverage --deeds` lists those there are", name, one.Name, err,
				s.Called())
		}
	}
	return nil
}
