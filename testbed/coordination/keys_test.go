package coordination

import (
	"testing"

	"ordeal/history"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// TestKeysOnTrial plays trials of the workload etcd with the faults that the swarm draws, twice: nothing is wrong with
// the service as it is, nothing is left open, and the same trial is the same.
func TestKeysOnTrial(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		nodes int
	}{{1, 5}, {4, 1}, {10, 3}, {13, 3}} { // each with another profile
		one := trial.Trial{Service: Service(), Seed: c.seed, Workload: "etcd", Nodes: c.nodes, Faults: []string{"swarm"},
			Length: bugLength, Rate: trial.DefaultRate}
		first, again := mustRun(t, one), mustRun(t, one)
		switch sum := first.Summary; {
		case sum.Outcome != play.Valid:
			t.Errorf("%s: %s: %s", sum.Line, sum.Outcome, sum.Reason)
		case !sum.Same(again.Summary):
			t.Errorf("%s: %s", sum.Line, sum.Difference(again.Summary))
		case len(first.History) < 1000:
			t.Errorf("%s: only %d events", sum.Line, len(first.History))
		}
	}
}

// TestRecipesOfKeysOnTrial is the same for the workloads that use recipes. Each does what it is there for.
func TestRecipesOfKeysOnTrial(t *testing.T) {
	for _, c := range []struct {
		workload string
		seed     uint64
		done     []string
	}{
		{"etcd-lock", 2, []string{"acquire", "release", "fenced", "end"}},
		{"etcd-election", 3, []string{"campaign", "resign", "observe", "end"}},
		{"etcd-register", 4, []string{"read", "write", "set-if"}},
		{"etcd-queue", 5, []string{"enqueue", "dequeue"}},
	} {
		one := trial.Trial{Service: Service(), Seed: c.seed, Workload: c.workload, Nodes: 3, Faults: []string{"swarm"},
			Length: bugLength, Rate: trial.DefaultRate}
		first, again := mustRun(t, one), mustRun(t, one)
		switch sum := first.Summary; {
		case sum.Outcome != play.Valid:
			t.Errorf("%s: %s: %s", sum.Line, sum.Outcome, sum.Reason)
		case !sum.Same(again.Summary):
			t.Errorf("%s: %s", sum.Line, sum.Difference(again.Summary))
		}
		done := map[string]int{}
		for _, op := range first.History {
			if op.Type == history.OK {
				done[op.F]++
			}
		}
		for _, f := range c.done {
			if done[f] < 3 {
				t.Errorf("%s: only %d operations %s were done", first.Summary.Line, done[f], f)
			}
		}
	}
}
