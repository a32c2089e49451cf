package ci

import (
	"time"

	"ordeal/reports"
)

// sample is a campaign with one of everything, and with texts that no format takes as they are.
func sample() Campaign {
	return Campaign{
		Tool: "ordeal", Commit: "9c8e93b24ef8", Command: "bin/ordeal run --for night --findings found",
		Outcome: reports.Invalid, Reasons: []string{"required and not covered: fault:crash"},
		Totals: []reports.Total{
			{Workload: "lock", Valid: 3, Invalid: 1, Operations: 400}, {Workload: "queue", Valid: 2, Unknown: 1,
				Operations: 300},
		},
		Virtual: 7 * time.Minute, Covered: 80, Items: 114, Required: 40, Notes: []string{"The canary bugX was planted " +
			"first, " +
			"and found."},
		Findings: []Finding{
			{
				ID: "linearizable-queue-1a2b3c4d", Rule: "linearizable queue: a dequeue found the queue empty",
				Name: "queue-n5-seed18446744073709551615", Line: "ordeal/2 seed=18446744073709551615 workload=queue",
				Replay: "bin/ordeal replay 'ordeal/2 seed=18446744073709551615 workload=queue'", Workload: "queue",
				Seed: "18446744073709551615", Outcome: reports.Invalid, Kind: "invalid", State: "new",
				Reason: "q33: a | dequeue <b>found</b> `nothing`,\nwith 100 % certainty: [a](b) @all",
				Text:   "INVALID  line\n  ```\n  \x1b[31mred\x00 \xff ]]> <tag>\n", File: "found here/linearizable:queue.json",
			},
			{
				ID: "invariants-one-leader-0f0f0f0f", Rule: "invariants: one leader a term", Name: "lock-n3-seed7",
				Line: "ordeal/2 seed=7 workload=lock", Replay: "bin/ordeal replay 'ordeal/2 seed=7 workload=lock'",
				Workload: "lock", Seed: "7", Outcome: reports.Invalid, Kind: "invalid", State: "ongoing", Known: true,
				Reason: "two leaders", Text: "INVALID", File: "found/invariants.json",
			},
			{
				ID: "unknown", Rule: "it can't be decided", Name: "queue-n3-seed9", Line: "ordeal/2 seed=9 workload=queue",
				Replay: "bin/ordeal replay 'ordeal/2 seed=9 workload=queue'", Workload: "queue", Seed: "9",
				Outcome: reports.Unknown, Kind: "unknown", Reason: "a fault of the plan never happened", Text: "UNKNOWN",
				File: "ordeal-results/index.html",
			},
		},
	}
}
