package checker

import (
	"cmp"
	"fmt"

	"ordeal/model"
)

// lockModels are what one or few hold at a time.
func lockModels() []Model {
	owned := []string{
		"acquire owner -> anything: the owner is a string, or the process if it is nil", "release owner -> anything",
	}
	return []Model{
		{
			Name: "mutex", Rule: linearizable + "; any process may release it",
			Operations: []string{"acquire anything -> anything", "release anything -> anything"},
			Start:      "free", Nil: "nothing", Cost: searched, make: untold("mutex", Linearizable(model.Mutex(), Budget{})),
		},
		{
			Name: "owner-mutex", Rule: linearizable + "; only its owner releases it", Operations: owned,
			Start: "free", Nil: "the process, as owner", Cost: fastOr, make: ownedMutex("owner-mutex", false),
		},
		{
			Name: "reentrant-mutex", Rule: linearizable + "; its owner may take it --times times (2)", Operations: owned,
			Start: "free", Nil: "the process, as owner", Cost: fastOr, make: ownedMutex("reentrant-mutex", false),
		},
		{
			Name: "reentrant-fenced-lock", Rule: linearizable + "; its owner may take it --times times (2), and is told the " +
				"same fence each time, which is greater than all before",
			Operations: []string{"acquire owner -> fence, or nil if it is not told", "release owner -> anything"},
			Start:      "free", Nil: "the process, as owner; a fence that is not told", Cost: fastOr,
			make: ownedMutex("reentrant-fenced-lock", true),
		},
		{
			Name: "semaphore", Rule: linearizable + "; there are --permits permits (2)",
			Operations: []string{"acquire n -> anything: the process takes n permits, 1 if n is nil",
				"release n -> anything: it gives back n that it has"},
			Start: "all permits are free", Nil: "one permit", Cost: "n log n",
			make: func(o Options) (Checker, error) {
				permits := cmp.Or(o.Permits, 2)
				if permits < 1 {
					return Checker{}, fmt.Errorf("a semaphore with %d permits is none", permits)
				}
				return All("semaphore", Succeeded(), Both(model.Semaphore(permits), fastSemaphore(permits), Budget{})), nil
			},
		},
		{
			Name: "lock", Rule: linearizable + "; tokens grow, and sessions that end free what they hold",
			Operations: []string{`acquire session -> [session token] or [session "held"]`,
				"release [session token] -> anything", "observe nil -> [session token], or nil if it is free",
				"end session -> session: by process -2, the service ended it",
				`fenced [session token n] -> "accepted" or "refused": a write to what the lock protects`,
			},
			Start: "free", Nil: "no session", Cost: fastOr + ": unknown grants that matter are searched",
			make: untold("lock", Both(model.Lock(), fastHold, Budget{}), Exclusion(), Fencing(), Overlap()),
		},
		{
			Name: "fenced-lock", Rule: linearizable + "; tokens grow, and leases run out",
			Operations: []string{
				`acquire nil -> token or "held"`, "release token -> anything",
				"expire [process token] -> anything: its lease ran out",
				`fenced [token n] -> "accepted" or "refused": a write to what the lock protects`,
			},
			Start: "free", Nil: "no token", Cost: fastOr + ": unknown grants that matter are searched",
			make: untold("fenced-lock", Both(model.FencedLock(), fastHold, Budget{}), Exclusion(), Fencing(), Overlap()),
		},
		{
			Name: "election", Rule: linearizable + "; epochs grow, and sessions that end lead no more",
			Operations: []string{
				"campaign session -> [session epoch]", "resign [session epoch] -> anything",
				"observe nil -> [session epoch], or nil if none leads",
				"end session -> session: by process -2, the service ended it",
			},
			Start: "none leads", Nil: "no leader", Cost: fastOr + ": unknown grants that matter are searched",
			make: untold("election", Both(model.Election(), fastHold, Budget{}), Exclusion(), Overlap()),
		},
	}
}

// ownedMutex makes the checkers of a mutex that its owner may take once, or so often as they are told.
func ownedMutex(name string, fenced bool) func(o Options) (Checker, error) {
	return func(o Options) (Checker, error) {
		times := int64(1)
		if name != "owner-mutex" {
			times = cmp.Or(o.Times, 2)
		}
		if times < 1 {
			return Checker{}, fmt.Errorf("a mutex that can be taken %d times is none", times)
		}
		return All(name, Succeeded(), Both(model.OwnedMutex(name, times, fenced), fastOwnedMutex(times), Budget{})), nil
	}
}
