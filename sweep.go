package ordeal

import (
	"fmt"
	"strings"
)

// Sweep makes trials of seeds: the seed also picks the workload and the number of nodes.
type Sweep struct {
	Template  Trial
	Workloads []string
	Nodes     []int
}

// Trial is the trial of a seed. Seeds that follow each other go through the workloads first, then through the numbers of
// nodes.
func (s Sweep) Trial(seed uint64) Trial {
	t := s.Template
	workloads, nodes := uint64(len(s.Workloads)), uint64(len(s.Nodes))
	t.Seed = seed
	t.Workload = s.Workloads[seed%workloads]
	t.Nodes = s.Nodes[seed/workloads%nodes]
	return t
}

// Corners are trials that between them have everything that the sweep's trials have, seeds aside: if they pass Check, all
// do.
func (s Sweep) Corners() []Trial {
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

// name is short and good for a folder; the line is what tells trials apart for certain.
func (t Trial) name() string {
	name := fmt.Sprintf("%s-n%d-seed%d", t.Workload, t.Nodes, t.Seed)
	if t.Bug != "" {
		name += "-" + t.Bug
	}
	for _, s := range t.Plan {
		if s.Fault.Pinned() {
			name += "-" + strings.ReplaceAll(s.Fault.String(), " ", "-")
		}
	}
	return name
}

// command is what to paste to play the trial again.
func (t Trial) command() string {
	program := "ordeal"
	if Marked() {
		program = "bin/ordeal"
	}
	return program + " replay '" + t.Line() + "'"
}

// FolderName is what the folder of the trial's files is called, unless one is asked for by name.
func (t Trial) FolderName() string { return t.name() }
