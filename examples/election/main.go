// Command election puts an election on trial: ordinary programs with net/http and TLS, whose leader holds its office
// for as long as a promise by the time of day is good.
package main

import (
	"fmt"
	"time"

	"ordeal/checker"
	"ordeal/guest/system"
	"ordeal/history"
	"ordeal/testbed"
)

var election = system.System{
	Name: "election", What: "an election by promises that end", Server: "./server", Client: "./client",
	Workloads: []testbed.Workload{{Name: "office", Judge: judge}}, Nodes: []int{5}, Length: 20 * time.Second,
	// Promises are in memory: servers are not to lose their power.
	Faults: []string{"drift", "partition"}, Variants: []string{"careful"}, Regression: "regression",
}

func main() { election.Main() }

// judge holds the election to this: who has heard that a server leads in an epoch hears of no older one after that.
func judge(h history.History) []checker.Verdict {
	v := checker.Verdict{Outcome: checker.Valid, Checker: "one leader"}
	var newest int64
	since := map[int]int64{} // what was known when an operation began, by its process
	for _, op := range h {
		switch op.Type {
		case history.Invoke:
			since[op.Process] = newest
		case history.OK:
			epoch := op.Value.([]any)[0].(int64)
			if epoch < since[op.Process] {
				v.Outcome = checker.Invalid
				v.Reason = fmt.Sprintf("at %v %v leads in epoch %d, and another in %d before that was asked", op.Time,
					op.Value.([]any)[1], epoch, since[op.Process])
				return []checker.Verdict{v}
			}
			newest = max(newest, epoch)
		}
	}
	return []checker.Verdict{v}
}
