package trial

import "slices"

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
		Workloads: s.WorkloadNames(), Nodes: s.NodeCounts(),
	}
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
