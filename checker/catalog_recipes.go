package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/model/recipes"
)

// ends is what the service does to sessions, in these models.
const ends = "end session -> anything: by process -2, the service ended it"

// recipeModels are what recipes make of a coordination service: see package model/recipes.
func recipeModels() []Model {
	return slices.Concat(leaseModels(), meetingModels(), memberModels(), configModels())
}

// configModels are configurations.
func configModels() []Model {
	return []Model{{
		Name: "config",
		Rule: linearizable + "; revisions have one order, by zxid; who has a gray release in a share has it in larger ones",
		Operations: []string{"publish [id changes] -> [revision zxid], changes being [[name value] …], nil for what goes",
			"try [id share changes] -> [revision zxid]: a gray release", "widen [id share] -> [revision zxid]",
			"promote [id] -> [revision zxid]", "withdraw [id] -> [revision zxid]", "rollback [id revision] -> [revision zxid]",
			"look nil -> [revision [zxid id settings gray]], gray being [release share changes] or nil",
			"cached nil -> [revision [zxid id settings gray] since]: the same, since the event of that index",
			"history nil -> [[revision id] …]", "serves instance -> [release share has]"},
		Start: "revision 0, without settings", Nil: "a setting that goes, no gray release", Cost: fastOr,
		make: untold("config", Shares(), Both(recipes.Config(), fastConfig, Budget{})),
	}}
}

// leaseModels are what sessions hold.
func leaseModels() []Model {
	const release = "release [session token] -> anything"
	guarded := []string{
		`guarded [session token n] -> [n version] or "refused": a write that takes effect only while that is held`,
		"look nil -> [n version]: what was written last",
	}
	return []Model{
		{
			Name: "leases", Rule: linearizable + "; there are --permits permits (2), and sessions that end free theirs",
			Operations: []string{"acquire session -> [session token]", release, ends},
			Start:      "all permits are free", Nil: "no session", Cost: fastOr,
			make: func(o Options) (Checker, error) {
				permits := int(cmp.Or(o.Permits, 2))
				if permits < 1 {
					return Checker{}, fmt.Errorf("a semaphore with %d permits is none", permits)
				}
				return All("leases", Succeeded(), leases(recipes.Semaphore(permits))), nil
			},
		},
		{
			Name: "rw-lock", Rule: linearizable + "; a writer is alone, tokens grow, and sessions that end free what they hold",
			Operations: []string{"read session -> [session token]", "write session -> [session token]", release, ends},
			Start:      "free", Nil: "no session", Cost: fastOr, make: untold("rw-lock", leases(recipes.ReadWrite())),
		},
		{
			Name: "reentrant-lock", Rule: linearizable + "; its holder may take it again, by the same token",
			Operations: []string{"acquire session -> [session token]", release, ends},
			Start:      "free", Nil: "no session", Cost: fastOr, make: untold("reentrant-lock", leases(recipes.Reentrant())),
		},
		{
			Name: "multi-lock", Rule: linearizable + "; all locks of an operation are taken at once, or none",
			Operations: append([]string{"acquire [session names] -> [session token]",
				"acquire session -> [session token]: a lock without a name", "free [session token] -> anything", release, ends},
				guarded...),
			Start: "free, and nil of version 0", Nil: "what was not written", Cost: fastOr + ": guarded writes are searched",
			make: untold("multi-lock", leases(recipes.Several())),
		},
	}
}

// meetingModels are barriers.
func meetingModels() []Model {
	return []Model{
		{
			Name: "barrier", Rule: linearizable,
			Operations: []string{"shut nil -> anything", "open nil -> anything",
				`pass nil -> "open", or "shut" if that was what it found`},
			Start: "open", Nil: "nothing", Cost: searched, make: untold("barrier", Linearizable(recipes.Barrier(), Budget{})),
		},
		{
			Name: "double-barrier", Rule: "a round has --permits members (3), who enter together and leave together; none " +
				"begins before the last one is over",
			Operations: []string{"enter session -> [session round sessions]", "leave [session round] -> anything", ends},
			Start:      "no round", Nil: "no session", Cost: "n; " + searched,
			make: func(o Options) (Checker, error) {
				size := int(cmp.Or(o.Permits, 3))
				if size < 1 {
					return Checker{}, fmt.Errorf("a double barrier of %d members is none", size)
				}
				return passedThenSought("double-barrier", recipes.Meeting(size), Budget{}, meetingsPass(size)), nil
			},
		},
	}
}

// memberModels are groups, queues and numbers.
func memberModels() []Model {
	return []Model{
		{
			Name: "members", Rule: linearizable + "; views have one order, by zxid",
			Operations: []string{"join session -> [session number]", "leave [session number] -> anything",
				"look nil -> [zxid [[session number] …]]: who is there",
				"cached nil -> [zxid [[session number] …] since]: the same, since the event of that index", ends},
			Start: "empty", Nil: "no session", Cost: "the looks at a group times its members; " + searched,
			make: always(passedThenSought("members", recipes.Members(), Budget{}, viewsPass())),
		},
		{
			Name: "dns", Rule: linearizable + "; an answer may be kept no longer than any session of whom it lists can last",
			Operations: []string{"register [id session lease] -> anything", "withdraw [id session] -> anything",
				`cached "A", "AAAA" or "SRV" -> [ids [ttl age] since], ids being "nxdomain" for a name that never was`, ends},
			Start: "the name does not exist", Nil: "no session", Cost: "the answers times the instances; " + searched,
			make: always(passedThenSought("dns", recipes.Answers(), Budget{}, answersPass())),
		},
		{
			Name: "latch", Rule: linearizable + "; an instance is told of each change of its connection behind the one that " +
				"it follows, and leads only while it has one",
			Operations: []string{"join, leave, end: those of members",
				"look instance -> [zxid [[session number] …]]: who is in line",
				"state instance -> [kind session]: connected, suspended, lost or reconnected",
				"act instance -> [session number]: it acts as the leader"},
			Start: "none is in line", Nil: "no session", Cost: "the looks times the instances in line; " + searched,
			make: always(passedThenSought("latch", lineOfMembers(), Budget{}, viewsPass(), Offices())),
		},
		{
			Name: "priority-queue", Rule: linearizable + "; the least priority comes out first, and of equal ones the first",
			Operations: []string{"put [v priority] -> anything", "take nil -> v, or nil if it is empty"},
			Start:      "empty", Nil: "an empty queue", Cost: searched,
			make: untold("priority-queue", Linearizable(recipes.PriorityQueue(), Budget{})),
		},
		{
			Name: "delay-queue", Rule: linearizable + "; nothing comes out before it is due by the service's stamps",
			Operations: []string{"put [v delay] -> [v stamp]", "take nil -> [v since now], or [nil now] if nothing is due"},
			Start:      "empty", Nil: "nothing that is due", Cost: searched,
			make: untold("delay-queue", Linearizable(recipes.DelayQueue(), Budget{})),
		},
		{
			Name: "work-queue", Rule: linearizable + "; an item is one session's at a time, and finished once",
			Operations: []string{"put v -> anything",
				`take session -> [session token v], [session nil] if it is empty, or [session "held"]`,
				"finish [session v token] -> anything", "give [session v token] -> anything", ends},
			Start: "empty", Nil: "no item", Cost: searched,
			make: always(passedThenSought("work-queue", recipes.WorkQueue(), Budget{Steps: 20_000}, worksPass())),
		},
		{
			Name: "schedule", Rule: "a firing is one session's at a time, when it is due, and ends once; every instant of a " +
				"schedule is carried out or missed by a policy; nothing that is due waits",
			Operations: []string{"define plan -> [job generation zxid stamp]", "drop job -> [job generation zxid next]",
				"pause and resume job -> [job generation zxid]", "ask job -> [job generation zxid number]",
				"claim session -> [session firing attempt zxid due]: firings are [job generation instant number]",
				"finish [session firing zxid well] -> [outcome zxid firings]",
				"give [session firing zxid] -> anything: the claim is given up",
				"log nil -> [entries jobs]: what became of each firing", "waits nil -> [text …]: what is due and waits", ends},
			Start: "no jobs", Nil: "none", Cost: "n log n", make: untold("schedule", Firings()),
		},
		{
			Name: "ids", Rule: "no ID is given out twice, and those of a generator grow",
			Operations: []string{"next generator -> n"}, Start: "none is given out", Nil: "no generator", Cost: "n log n",
			make: untold("ids", Both(recipes.IDs(), fastIDs, Budget{})),
		},
	}
}

// lineOfMembers is the group in which those who may lead are, in a history that says more of them.
func lineOfMembers() recipes.MembersSpec {
	line := recipes.Members()
	line.Foreign = append(line.Foreign, "state", "act")
	return line
}

// leases decides linearizability of leases of a kind.
func leases(kind recipes.LeaseKind) Checker { return Both(kind.Spec(), fastLeases(kind), Budget{}) }
