package shrink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// pretender is a worker that plays nothing: verdict says how a trial ends, "" for a pass. A trial that draws what it
// does has twelve faults and ten clients with twenty turns each.
type pretender struct {
	played  *atomic.Int64
	verdict func(t trial.Trial) (kind string, at time.Duration)
	perish  bool
}

func (p pretender) Close() {}

func (p pretender) Run(ctx context.Context, r campaign.Request) (play.Summary, error) {
	p.played.Add(1)
	t, err := coordination.Service().Parse(r.Line)
	if err != nil {
		return play.Summary{}, err
	}
	if t.Plan == nil {
		t.Plan = drawnPlan()
	}
	if t.Script == nil {
		t.Script = drawnScript()
	}
	s := play.Summary{Line: r.Line, Outcome: play.Valid}
	kind, at := p.verdict(t)
	if kind == "" || at > t.Length {
		return s, nil
	}
	if p.perish {
		return play.Summary{}, &campaign.Finding{Kind: campaign.FindingPanic, Detail: "the worker ended with exit status " +
			"2\npanic: " + kind + "\n\ngoroutine 1"}
	}
	s.Outcome, s.Checker, s.Reason = play.Invalid, kind, "it is so"
	s.Violations = []play.Violation{{Kind: kind, At: at}, {Kind: "another", At: at}}
	e := &play.Explicit{Plan: t.Plan.Line(), Aimed: t.Plan.Line(), Ops: t.Script.String(), Settings: "150/30/8192/300"}
	for _, c := range t.Script {
		for _, turn := range c.Turns {
			for op := 1; op <= 2; op++ {
				if turn.Ops == nil || slices.Contains(turn.Ops, op) {
					e.Calls = append(e.Calls, clients.Call{Client: c.Client, Turn: turn.N, Op: op, Event: len(e.Calls)})
				}
			}
		}
	}
	s.Explicit = e
	return s, nil
}

func drawnPlan() nemesis.Plan {
	var text []string
	for i := range 12 {
		text = append(text, fmt.Sprintf("at %ds for 2s delay 300ms jitter 10ms n1,n%d", 2+4*i, 2+i%4))
	}
	plan, err := trial.ParsePlan("plan", []byte(strings.Join(text, "\n")))
	if err != nil {
		panic(err)
	}
	return plan
}

func drawnScript() clients.Script {
	var script clients.Script
	for client := 1; client <= 10; client++ {
		c := clients.ClientScript{Client: client}
		for n := 1; n <= 20; n++ {
			c.Turns = append(c.Turns, clients.Turn{N: n, At: time.Duration(n)*2*time.Second + time.Duration(client)})
		}
		script = append(script, c)
	}
	return script
}

func hasTurn(t trial.Trial, client, turn, op int) bool {
	for _, c := range t.Script {
		for _, one := range c.Turns {
			if c.Client == client && one.N == turn && (one.Ops == nil || slices.Contains(one.Ops, op)) {
				return true
			}
		}
	}
	return false
}

// needs fails in a way that takes two faults, two operations of two clients and three servers.
func needs(t trial.Trial) (string, time.Duration) {
	faults := 0
	for _, s := range t.Plan {
		if s.Fault.Kind == nemesis.Delay && s.Fault.Amount >= 80*time.Millisecond {
			faults++
		}
	}
	if faults >= 2 && t.Nodes >= 3 && hasTurn(t, 3, 7, 2) && hasTurn(t, 8, 11, 1) {
		return "wrong: so", 25 * time.Second
	}
	return "", 0
}

func pretend(jobs int, p pretender) (Shrinker, *atomic.Int64) {
	p.played = new(atomic.Int64)
	return Shrinker{Jobs: jobs, NewWorker: func() (campaign.Worker, error) { return p, nil }}, p.played
}

var large = trial.Trial{Service: coordination.Service(), Seed: 5, Workload: "register", Nodes: 5,
	Faults: []string{"swarm"}, Length: time.Minute, Rate: 100}

func TestShrinkTakesOutWhatIsNotNeeded(t *testing.T) {
	var lines []string
	for _, jobs := range []int{1, 4} {
		s, _ := pretend(jobs, pretender{verdict: needs})
		var last Size
		s.Progress = func(_ int, size Size) { last = size }
		out, err := s.Run(t.Context(), large)
		if err != nil {
			t.Fatal(err)
		}
		want := Size{Faults: 2, Operations: 2, Clients: 2, Servers: 3, Length: out.After.Length}
		if out.After != want || last != want || out.Kind != "wrong: so" || out.Spent {
			t.Errorf("%+v; the progress ended with %+v", out, last)
		}
		if before := (Size{Faults: 12, Operations: 400, Clients: 10, Servers: 5, Length: time.Minute}); out.Before != before {
			t.Errorf("it was %+v", out.Before)
		}
		for _, s := range out.Trial.Plan {
			if s.Fault.Amount != 100*time.Millisecond || s.Fault.Jitter != 0 || strings.Contains(string(s.Fault.Target), ",") {
				t.Errorf("a fault could be simpler: %s", s)
			}
		}
		lines = append(lines, fmt.Sprint(out.Trial.Line(), out.Tried))
	}
	if lines[0] != lines[1] {
		t.Errorf("with one job %s\nwith four   %s", lines[0], lines[1])
	}
}

// What a search left when its budget ended can be given to another one, which goes on; and so can what nothing can be
// taken from.
func TestShrinkGoesOn(t *testing.T) {
	first, _ := pretend(1, pretender{verdict: needs})
	first.Tries = 20
	half, err := first.Run(t.Context(), large)
	if err != nil || !half.Spent || half.After.Operations == 2 {
		t.Fatalf("%+v, %v", half, err)
	}
	rest, _ := pretend(1, pretender{verdict: needs})
	whole, err := rest.Run(t.Context(), half.Trial)
	if err != nil || whole.After.Faults != 2 || whole.After.Operations != 2 {
		t.Fatalf("%+v, %v", whole, err)
	}
	only, _ := pretend(1, pretender{verdict: func(t trial.Trial) (string, time.Duration) {
		if t.Line() == whole.Trial.Line() {
			return needs(t)
		}
		return "", 0
	}})
	if again, err := only.Run(t.Context(), whole.Trial); err != nil || again.Trial.Line() != whole.Trial.Line() {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestShrinkKeepsTheKind(t *testing.T) {
	// With fewer than five faults it fails in another way, and in one of both ways all along.
	s, _ := pretend(2, pretender{verdict: func(t trial.Trial) (string, time.Duration) {
		if len(t.Plan) < 5 {
			return "wrong: otherwise", time.Second
		}
		return "wrong: so", time.Second
	}})
	out, err := s.Run(t.Context(), large)
	if err != nil || out.Kind != "wrong: so" || out.After.Faults != 5 {
		t.Errorf("%+v, %v", out.After, err)
	}
	s.Kind = "another"
	if out, err = s.Run(t.Context(), large); err != nil || out.Kind != "another" || out.After.Faults != 0 {
		t.Errorf("%+v, %v", out.After, err)
	}
	s.Kind = "a third"
	if _, err = s.Run(t.Context(), large); !errors.Is(err, ErrPasses) || !strings.Contains(err.Error(),
		`no violation "a third"`) {
		t.Errorf("%v", err)
	}
}

func TestShrinkOfAPanicOfTheTool(t *testing.T) {
	s, _ := pretend(2, pretender{perish: true, verdict: func(t trial.Trial) (string, time.Duration) {
		if len(t.Plan) >= 1 && t.Nodes >= 2 {
			return "index out of range", 9 * time.Second
		}
		return "", 0
	}})
	out, err := s.Run(t.Context(), large)
	if err != nil || out.Kind != "panic: index out of range" || out.After.Faults != 1 || out.After.Servers != 2 ||
		out.After.Length > 9100*time.Millisecond {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestShrinkRefuses(t *testing.T) {
	s, played := pretend(2, pretender{verdict: func(trial.Trial) (string, time.Duration) { return "", 0 }})
	if _, err := s.Run(t.Context(), large); !errors.Is(err, ErrPasses) || !strings.Contains(err.Error(),
		"the trial is valid") {
		t.Errorf("%v", err)
	}
	if n := played.Load(); n != 1 {
		t.Errorf("it played %d trials to see that one passes", n)
	}
	s, _ = pretend(2, pretender{verdict: needs})
	s.Tries = 1
	if _, err := s.Run(t.Context(), large); !errors.Is(err, ErrBudget) {
		t.Errorf("%v", err)
	}
	s.Tries, s.Budget = 0, time.Nanosecond
	if _, err := s.Run(t.Context(), large); !errors.Is(err, ErrBudget) {
		t.Errorf("%v", err)
	}
	if _, err := s.Run(t.Context(), trial.Trial{}); err == nil {
		t.Error("it took a trial that is none")
	}
}

func TestShrinkKeepsWhatItHasWhenSpent(t *testing.T) {
	s, _ := pretend(3, pretender{verdict: needs})
	s.Tries = 40
	out, err := s.Run(t.Context(), large)
	if err != nil || !out.Spent || out.Tried != 40 || out.After.Operations >= out.Before.Operations {
		t.Errorf("%+v, %v", out, err)
	}
	if kind, _ := needs(out.Trial); kind == "" {
		t.Errorf("what is left does not fail: %s", out.Trial.Line())
	}
}

// TestShrinkOfALossOfLiveness: what shows only behind the trial's length needs all that comes there.
func TestShrinkOfALossOfLiveness(t *testing.T) {
	s, _ := pretend(2, pretender{verdict: func(t trial.Trial) (string, time.Duration) {
		if !t.NoRecovery && len(t.Plan) > 0 && t.Length >= 3*time.Second {
			return "recovery: recovery", t.Length
		}
		return "", 0
	}})
	out, err := s.Run(t.Context(), large)
	if err != nil || out.Kind != "recovery: recovery" || out.After.Faults != 1 || out.After.Operations != 0 ||
		out.Trial.NoRecovery ||
		out.After.Length > 8*time.Second {
		t.Errorf("%+v, %v", out.After, err)
	}
}
