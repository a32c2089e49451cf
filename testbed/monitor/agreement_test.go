package monitor_test

import (
	"testing"
	"time"

	"ordeal/host"
	"ordeal/sim"
	"ordeal/testbed/machines"
	"ordeal/testbed/monitor"
	"ordeal/testbed/trial"
)

// follower is a server that has applied what a test says.
type follower struct{ monitor.Step }

func (*follower) Receive(host.Addr, []byte)    {}
func (*follower) Accept(host.Conn)             {}
func (*follower) Frame(host.Conn, []byte)      {}
func (*follower) Closed(host.Conn)             {}
func (*follower) Wake()                        {}
func stepOf(program host.Program) monitor.Step { return program.(*follower).Step }

func TestAgreement(t *testing.T) {
	for _, tt := range []struct {
		name string
		// steps are of n1 and n2 in turn.
		steps  []monitor.Step
		broken string
	}{
		{"the same", []monitor.Step{{1, 10}, {1, 10}, {2, 20}, {2, 20}}, ""},
		{"one behind", []monitor.Step{{1, 10}, {2, 20}, {3, 30}, {2, 20}}, ""},
		{"nothing yet", []monitor.Step{{0, 1}, {0, 2}}, ""},
		{"another", []monitor.Step{{1, 10}, {1, 10}, {2, 20}, {2, 21}}, "n1 and n2 have applied different things up to 2"},
		{"another than it was", []monitor.Step{{2, 20}, {0, 0}, {1, 10}, {0, 0}, {2, 21}}, "n1 has applied other things up " +
			"to 2 than it had before"},
	} {
		w := sim.New(1, sim.Config{})
		t.Cleanup(w.Close)
		servers := []host.Addr{"n1", "n2"}
		stage := &trial.Stage{
			World: w, Machines: machines.New(w, servers, nil, false),
			Breaches: &trial.Breaches{Now: func() time.Duration { return time.Second }},
		}
		m := monitor.Agreement(stage, "agreement", stepOf)
		for i, step := range tt.steps {
			m.Event(servers[i%2], &follower{step})
		}
		broken := ""
		for _, b := range stage.Breaches.List() {
			broken += b.What
		}
		if broken != tt.broken {
			t.Errorf("%s: %q, want %q", tt.name, broken, tt.broken)
		}
	}
}
