package system

import (
	"fmt"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/testbed"
)

// Leaders is the workload of clients that ask who leads: see say.Leaders. It holds an election to this: who has heard
// that a server leads in an epoch hears of no older one after that, and of no other server in the same.
func Leaders() testbed.Workload { return testbed.Workload{Name: "leaders", Judge: judgeLeaders} }

func judgeLeaders(h history.History) []checker.Verdict {
	v := checker.Verdict{Outcome: checker.Valid, Checker: "one leader"}
	newest := int64(0)
	since := map[int]int64{}   // the newest epoch that was known when an operation began, by its process
	leaders := map[int64]any{} // by epoch
	for _, op := range h {
		switch op.Type {
		case history.Invoke:
			since[op.Process] = newest
		case history.OK:
			answer := op.Value.([]any)
			epoch, server := answer[0].(int64), answer[1]
			other, known := leaders[epoch]
			switch {
			case epoch < since[op.Process]:
				v.Reason = fmt.Sprintf("at %v %v leads in epoch %d, and another in %d before that was asked", op.Time,
					server, epoch, since[op.Process])
			case known && other != server:
				v.Reason = fmt.Sprintf("%v and %v lead in epoch %d", other, server, epoch)
			}
			if v.Reason != "" {
				v.Outcome = checker.Invalid
				return []checker.Verdict{v}
			}
			newest, leaders[epoch] = max(newest, epoch), server
		}
	}
	return []checker.Verdict{v}
}
