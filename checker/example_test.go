package checker_test

import (
	"fmt"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/model"
)

// accounts are bank accounts that are never overdrawn: deposit [name n] puts n in, withdraw [name n] takes n out and
// returns "done" or "refused", balance [name] returns what is there.
func accounts() model.Spec[int64, history.Operation, any] {
	return model.Spec[int64, history.Operation, any]{
		Name: "accounts",
		Key: func(op history.Operation) (string, bool) {
			return op.Argument.([]any)[0].(string), false
		},
		Step: func(balance int64, op history.Operation, result any) (int64, bool) {
			unknown := op.End != history.OK
			if op.F == "balance" {
				return balance, unknown || result == any(balance)
			}
			n := op.Argument.([]any)[1].(int64)
			switch {
			case op.F == "deposit":
				return balance + n, true
			case n > balance:
				return balance, unknown || result == any("refused")
			}
			return balance - n, unknown || result == any("done")
		},
	}
}

// A model of one's own, and what two clients saw who both withdrew from one account. The first answers are right in the
// order in which the withdrawals were invoked; the second are right in no order. The evidence is the operations that
// contradict each other even if all others ended info.
func ExampleLinearizable() {
	judge := checker.Linearizable(accounts(), checker.Budget{})
	for _, second := range []string{"refused", "done"} {
		now := time.Duration(0)
		r := history.NewRecorder(func() time.Duration { now += time.Millisecond; return now })
		r.Invoke(1, "deposit", "", []any{"ann", 100})
		r.OK(1, "deposit", "", nil)
		r.Invoke(1, "withdraw", "", []any{"ann", 70})
		r.Invoke(2, "withdraw", "", []any{"ann", 50})
		r.OK(1, "withdraw", "", "done")
		r.OK(2, "withdraw", "", second)
		r.Invoke(1, "deposit", "", []any{"bob", 10})
		r.Info(1, "deposit", "", nil, "the connection was lost")

		v := judge.Check(r.Ops())
		fmt.Println(v.Outcome)
		for _, op := range v.Evidence {
			fmt.Println(model.Text(op))
		}
	}
	// Output:
	// valid
	// invalid
	// process 1: withdraw ["ann" 70] -> "done"
	// process 2: withdraw ["ann" 50] -> "done"
}
