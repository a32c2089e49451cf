package coordination

import (
	"testing"

	"ordeal/host"
	"ordeal/testbed/play"
	"ordeal/testbed/sweep"
	"ordeal/testbed/trial"
)

// TestDrillsReachWhatTheyAreAbout plays each once, and looks for what only it is there for.
func TestDrillsReachWhatTheyAreAbout(t *testing.T) {
	for _, s := range sweep.Drills(Service()) {
		var p *instance
		snapshots := 0
		r := mustRun(t, begunBy(s.Trial, func(of *instance, _ *trial.Instance) {
			p = of
			p.stage.World.Overhear(func(_, _ host.Addr, payload []byte) {
				const piece = 5 // as the service's messages begin that have a piece of a snapshot
				if payload[0] == piece {
					snapshots++
				}
			})
		}))
		if r.Summary.Outcome != play.Valid {
			t.Fatalf("%s: %s", s.Name, r.Summary.Text)
		}
		fired := r.Summary.Fired
		is := map[string]bool{
			"write":    r.Summary.Operations > 5,
			"tree":     r.Summary.Operations > 20,
			"restart":  fired["crash"] == 2,
			"snapshot": snapshots > 0,
			"election": len(r.Leaders) > 1,
			"votes":    fired["partition"] == 1 && len(r.Leaders) > 0,
			"lock":     len(r.Leaders) > 1 && fired["transfer"] == 1,
			"reconfig": len(p.operator.ensemble.members) == 4,
		}
		if !is[s.Name] {
			t.Errorf("%s: %v, %d leaders, %d snapshots sent", s.Name, fired, len(r.Leaders), snapshots)
		}
	}
}
