package trial

import (
	"slices"
	"strings"
)

// Seeds makes trials of seeds: the seed also picks the workload and the number of nodes.
type Seeds struct {
	Template  Trial
	Workloads []string
	Nodes     []int
}

// Campaign makes the trials of the service's default campaign, with a bug planted unless its name is "". The faults are
// words as for Trial.Faults.
func (s *Service) Campaign(bug string, faults ...string) Seeds {
	return Seeds{
		Template:  Trial{Service: s, Length: s.TrialLength(), Rate: DefaultRate, Faults: faults, Bug: bug},
		Workloads: s.DefaultWorkloads(bug), Nodes: s.NodeCounts(),
	}
}

// DefaultWorkloads names the workloads of the default campaign, in their order: those that are not Apart; or with a
// bug planted, unless its name is "", those in which it shows.
func (s *Service) DefaultWorkloads(bug string) (names []string) {
	if b, ok := s.Bug(bug); ok && len(b.Workloads) > 0 {
		return b.Workloads
	}
	for _, w := range s.Workloads {
		if !w.Apart {
			names = append(names, w.Name)
		}
	}
	return names
}

// PickWorkloads are the workloads that a user names: the word "all" stands for all that there are, and where a bug is
// planted that does not show in those of the default campaign, they stand for those in which it does.
func (s *Service) PickWorkloads(words []string, bug string) []string {
	switch {
	case slices.Equal(words, []string{"all"}):
		return s.WorkloadNames()
	case slices.Equal(words, s.DefaultWorkloads("")):
		return s.DefaultWorkloads(bug)
	}
	return words
}

// SeedsOf makes trials of seeds: with the workloads that a user names, as PickWorkloads takes them.
func (s *Service) SeedsOf(template Trial, workloads []string, nodes []int) Seeds {
	return Seeds{Template: template, Workloads: s.PickWorkloads(workloads, template.Bug), Nodes: nodes}
}

// UsualWorkloads is the default campaign's as one word of a flag, and WorkloadsText what there is to know of such a
// flag, whose words PickWorkloads takes.
func (s *Service) UsualWorkloads() string { return strings.Join(s.DefaultWorkloads(""), ",") }

// WorkloadsText is part of a command's help.
func (s *Service) WorkloadsText() string {
	text := "what clients do"
	if all := s.WorkloadNames(); len(all) > len(s.DefaultWorkloads("")) {
		text += ", or all; there are " + strings.Join(all, ", ")
	}
	return text
}

// Trial is the trial of a seed. Seeds that follow each other go through the workloads first, then through the numbers
// of nodes.
func (s Seeds) Trial(seed uint64) Trial {
	t := s.Template
	workloads, nodes := uint64(len(s.Workloads)), uint64(len(s.Nodes))
	t.Seed = seed
	t.Workload = s.Workloads[seed%workloads]
	t.Nodes = s.Nodes[seed/workloads%nodes]
	return t
}

// Corners are trials that between them have everything that the trials of all seeds have, seeds aside: if they pass
// Check, all do.
func (s Seeds) Corners() []Trial {
	var corners []Trial
	for _, w := range s.Workloads {
		for _, n := range s.Nodes {
			t := s.Template
			t.Workload, t.Nodes = w, n
			corners = append(corners, t)
		}
	}
	return corners
}

// IsDefault says whether the trials are those of the default campaign, without a bug.
func (s Seeds) IsDefault() bool {
	if s.Template.Service == nil {
		return false
	}
	d := s.Template.Service.Campaign("", "swarm")
	return s.Template.Line() == d.Template.Line() && slices.Equal(s.Workloads, d.Workloads) && slices.Equal(s.Nodes,
		d.Nodes)
}
