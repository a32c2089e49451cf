package sweep

import (
	"fmt"
	"strings"

	"ordeal/testbed/trial"
)

// Drill is a trial that is short enough for everything in it to be tried.
type Drill struct {
	Name string
	// What says what it is about.
	What  string
	Trial trial.Trial
}

// Drills lists the drills of a service. It panics if the line of one is wrong.
func Drills(s *trial.Service) []Drill {
	var all []Drill
	for _, one := range s.Drills {
		t, err := s.Parse(fmt.Sprintf("%s/%d %s", s.Name, s.Version, one.Line))
		if err != nil {
			panic("sweep: drill " + one.Name + ": " + err.Error())
		}
		all = append(all, Drill{one.Name, one.What, t})
	}
	return all
}

// DrillNamed is a service's drill of a name, or that of a trial line.
func DrillNamed(s *trial.Service, text string) (Drill, error) {
	var names []string
	for _, one := range Drills(s) {
		if one.Name == text {
			return one, nil
		}
		names = append(names, one.Name)
	}
	if !s.IsLine(text) {
		return Drill{}, fmt.Errorf("drill %q is not known: there are %s, or a trial line in quotes", text,
			strings.Join(names, ", "))
	}
	t, err := s.Parse(text)
	return Drill{Name: t.Line(), What: "a trial", Trial: t}, err
}
