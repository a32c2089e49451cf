package ordeal

import "testing"

// TestNobodyTouchesWhatHeGaveAway plays trials in a world that overwrites what is sent: the service and its clients look at
// nothing that they gave away, so nothing changes, and machines share no memory though messages are not copied.
func TestNobodyTouchesWhatHeGaveAway(t *testing.T) {
	for i, workload := range Workloads() {
		trial := short(uint64(40+i), workload)
		want := mustRun(t, trial)
		got, err := runTrial(trial, func(p *play) { p.world.Poison() })
		if err != nil || got.Summary.TraceHash != want.Summary.TraceHash || got.Summary.HistoryHash != want.Summary.HistoryHash {
			t.Errorf("%s: trace %s where it was %s: %v", trial.Line(), got.Summary.TraceHash, want.Summary.TraceHash, err)
		}
	}
}
