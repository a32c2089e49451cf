package play_test

import (
	"reflect"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/sim"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

// TestBranchesOfATrial: a trial that branches off has the clients' past of its trunk, another future for each number,
// and is the same trial whenever it is played, as its line says.
func TestBranchesOfATrial(t *testing.T) {
	trunk := toy(t, trialtest.Options{}, leaderCutOff)
	before := func(r play.Result, at time.Duration) (past history.History) {
		for _, op := range r.History {
			if op.Time < at {
				past = append(past, op)
			}
		}
		return past
	}
	of := func(at time.Duration, number uint64) play.Result {
		one := trunk
		one.Branch = sim.Branch{At: at, Number: number}
		return run(t, one, play.Ask{})
	}
	whole := run(t, trunk, play.Ask{})
	for _, at := range []time.Duration{0, 3500 * time.Millisecond, 8 * time.Second} {
		first, again, other := of(at, 1), of(at, 1), of(at, 2)
		if !first.Summary.Same(again.Summary) || first.Summary.Line != again.Summary.Line {
			t.Error(first.Summary.Difference(again.Summary))
		}
		if !reflect.DeepEqual(before(first, at), before(whole, at)) || !reflect.DeepEqual(before(other, at), before(whole,
			at)) {
			t.Errorf("at %v: the past is another one", at)
		}
		if first.Summary.HistoryHash == whole.Summary.HistoryHash ||
			first.Summary.HistoryHash == other.Summary.HistoryHash {
			t.Errorf("at %v: the future is the same", at)
		}
		if first.Summary.Outcome != play.Valid {
			t.Error(first.Summary.Text)
		}
	}
}
