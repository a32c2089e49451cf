package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/etcd"
)

const (
	linearizable = "linearizable: one order of the operations on each key agrees with the order of events and is legal"
	fastOr       = "n log n where an algorithm of its own decides, else a search of 2,000,000 steps at most"
	searched     = "a search of 2,000,000 steps at most for each key"
)

// objectModels are registers, stores, sets, counters and logs.
func objectModels() []Model {
	return []Model{
		{
			Name: "register", Others: []string{"cas-register", "versioned-register"}, Rule: linearizable,
			Operations: []string{
				"read nil -> v or [v version]: its value",
				"cached nil -> [v version since]: its value at an instant between the event of the index since and the answer",
				"write v -> anything or [v version]",
				"cas [old new] -> anything: it was old; one that found something else is fail",
				`set-if [v version] -> v, [v version] or "refused": set if the version was that`,
			},
			Start: "nil, or --initial; version 0, which every change raises by one",
			Nil:   "the value of a register to which nothing was written",
			Cost:  fastOr + ": cas, and equal values without versions, are searched",
			make:  registers,
		},
		{
			Name: "multi-register", Rule: "linearizable: operations on several registers, each at one instant",
			Operations: []string{
				`any F: [["r" k nil] …] -> [["r" k v] …]: what each register holds, behind what stands before it in the list`,
				`any F: [["w" k v] …] -> the same; both kinds may be in one operation`,
			},
			Start: "every register is nil, or --initial {key value …}", Nil: "nothing was written to it",
			Cost: searched + "; n for violations that show as dependencies, if all values are different",
			make: multiRegisters,
		},
		{
			Name: "kv", Others: []string{"key-value"}, Rule: linearizable + "; ranges connect the keys that they cover",
			Operations: []string{
				"get key -> v", "put [key v] -> anything", "append [key s] -> anything: s stands behind the string that is there",
				"delete key -> true, false or anything: whether it was there",
				"cas [key old new] -> false or anything: false if it was not old; old nil is absent, new nil deletes",
				`get, put, append, cas -> {"value" v "revision" n}, either left out: what the key has, or is given`,
				"cas-revision [key n new] -> false or as above: false if the key's revision was not n; nil is absent",
				"range [from to] -> [[k v] …]: all keys from <= k < to, in order; to \"\" is no end",
			},
			Start: "no key is there", Nil: "the value of a key that is absent",
			Cost: fastOr + ": n log n for keys that are only put and got, with different values",
			make: untold("kv", KV(Budget{})),
		},
		{
			Name: "set", Rule: linearizable,
			Operations: []string{
				"add v -> true, false or anything: whether it was not in it yet",
				"remove v -> true, false or anything: whether it was in it",
				"contains v -> true or false", "read nil -> a list or set of all elements",
			},
			Start: "empty", Nil: "no element",
			Cost: fastOr + ": removes, and elements added twice, are searched",
			make: untold("set", Set(Budget{})),
		},
		{
			Name: "counter", Rule: linearizable,
			Operations: []string{"add n -> anything", "add-and-get n -> the value after it", "read nil -> the value"},
			Start:      "0", Nil: "no value",
			Cost: fastOr + ": different amounts are searched where no bound is broken",
			make: untold("counter", Both(model.Counter(), fastCounter, Budget{})),
		},
		{
			Name: "log", Rule: linearizable,
			Operations: []string{
				"append v -> its offset or nil", "read from -> [v …]: all from that offset on",
				"read [from max] -> [v …]: the first max of them", "poll from -> [v …]: some of them, from that offset on",
			},
			Start: "empty; offsets are 0, 1, 2 and so on", Nil: "an offset that the service does not tell",
			Cost: fastOr,
			make: untold("log", Both(model.Log(), fastLog, Budget{})),
		},
	}
}

func etcdModel() Model {
	return Model{
		Name: "etcd", Rule: "linearizable: one order of the operations is legal, and each has the revision that it made",
		Operations: []string{"those of etcd's robustness tests: see docs/MODELS.md"},
		Start:      "no keys, revision 1", Nil: "nothing", Cost: searched,
		make: untold("etcd", Linearizable(etcd.New(), Budget{})),
	}
}

func mvccModel() Model {
	return Model{
		Name: "mvcc", Others: []string{"revisions"},
		Rule: "a store of keys with all their versions, leases and users, as etcd's clients know it: every answer and " +
			"every event of a watch, in the order of revisions",
		Operations: []string{"see docs/HISTORIES.md"},
		Start:      "no keys, revision 1", Nil: "nothing was there before", Cost: "n",
		make: func(Options) (Checker, error) { return mvcc(), nil },
	}
}

func treeModel() Model {
	return Model{
		Name: "tree", Rule: "the znodes of ZooKeeper, as docs/HISTORIES.md says",
		Operations: []string{"see docs/HISTORIES.md"}, Start: "the root", Nil: "a znode without data", Cost: "n",
		make: func(Options) (Checker, error) { return Tree(), nil },
	}
}

// multiRegisters are those that can be told what registers hold at the start. What no operation wrote the fast
// algorithm takes for wrong, so then it is not asked.
func multiRegisters(o Options) (Checker, error) {
	spec := model.MultiRegister()
	linear := Both(spec, fastMulti, Budget{})
	if o.Initial != nil {
		m, isMap := o.Initial.(history.Map)
		if !isMap {
			return Checker{}, fmt.Errorf("%s is no map of what registers hold", model.TextOf(o.Initial))
		}
		held := make([]history.Pair, len(m))
		for i, p := range m {
			held[i] = history.Pair{Key: history.Single(p.Key), Value: history.Single(p.Value)}
		}
		sorted, err := history.NewMap(held)
		if err != nil {
			return Checker{}, err
		}
		spec.Init = model.MultiState(sorted)
		linear = Linearizable(spec, Budget{})
	}
	return All("multi-register", Succeeded(), linear), nil
}

// registers are register checkers, which can be told what a register holds at the start.
func registers(o Options) (Checker, error) {
	if !history.Plain(o.Initial) {
		return Checker{}, fmt.Errorf("%s has parts, and what a register holds at the start has none", model.TextOf(o.Initial))
	}
	linear := Both(model.RegisterFrom(o.Initial), fastRegister, Budget{})
	return All("register", Succeeded(), linear, Watches()), nil
}

// queueModels are queues.
func queueModels() []Model {
	queue := []string{
		"enqueue v -> anything", "dequeue nil -> v, or nil if it is empty; an info that tried to take v says v",
	}
	return []Model{
		{
			Name: "queue", Others: []string{"fifo-queue"}, Rule: linearizable + "; first in, first out", Operations: queue,
			Start: "empty", Nil: "an empty queue", Cost: fastOr + ": equal elements are searched",
			make: untold("queue", Both(model.Queue(), fastQueue, Budget{}), Conservation()),
		},
		{
			Name: "unordered-queue", Rule: linearizable + "; elements come out in any order", Operations: queue,
			Start: "empty", Nil: "an empty queue", Cost: fastOr + ": equal elements are searched",
			make: untold("unordered-queue", Both(model.UnorderedQueue(), fastBag, Budget{})),
		},
		{
			Name: "total-queue", Rule: "once it was drained, nothing is lost, and nothing came out that was not put in; " +
				"with --no-duplicates, nothing came out twice",
			Operations: []string{"enqueue v -> anything", "dequeue nil -> v, or nil if it is empty",
				"drain nil -> [v …]: all that was left"},
			Start: "empty", Nil: "an empty queue", Cost: "n",
			make: func(o Options) (Checker, error) { return All("total-queue", Succeeded(), totalQueue(o)), nil },
		},
		{
			Name: "kafka", Rule: "an offset has one entry and an entry one offset, polls leave nothing out and do not go " +
				"back, nothing is lost behind which something was polled, nor polled that was not sent",
			Operations: []string{
				`any F: [["send" key v] …] -> [["send" key [offset v]] …]`,
				`any F: [["poll"] …] -> [["poll" {key [[offset v] …]}] …]`,
				"assign, subscribe, crash: the process may go on reading anywhere",
			},
			Start: "empty", Nil: "an offset that is not told", Cost: "n log n",
			make: untold("kafka", kafka()),
		},
	}
}
