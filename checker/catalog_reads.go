package checker

// readModels are promises weaker than linearizability, which show in what is read.
func readModels() []Model {
	return []Model{
		{
			Name: "set-full", Rule: "what was added is not lost, and shown once; with --linearizable, it is shown at once",
			Operations: []string{"add v -> anything", "read nil -> a list or set of all elements"},
			Start:      "empty", Nil: "an empty set", Cost: "n, where a read counts for as many as it shows",
			make: func(o Options) (Checker, error) { return All("set-full", Succeeded(), setFull(o)), nil },
		},
		{
			Name: "pn-counter", Others: []string{"g-counter"},
			Rule:       "reads that were called once all adds had returned show their sum",
			Operations: []string{"add n -> anything", "read nil -> the value"},
			Start:      "0", Nil: "no value", Cost: "n, and as many as the unknown adds have different sums, 200,000 at most",
			make: untold("pn-counter", pnCounter()),
		},
		{
			Name: "bank", Rule: "all reads show the same accounts and the same total, and no account below zero",
			Operations: []string{
				"read nil -> {account balance} or [balance …]", "transfer anything -> anything: not looked at",
			},
			Start: "as in the first read, or --total in all", Nil: "an account without a balance, which is a violation",
			Cost: "n",
			make: func(o Options) (Checker, error) { return All("bank", Succeeded(), bank(o)), nil },
		},
		{
			Name: "unique-ids", Rule: "no two operations have the same result",
			Operations: []string{"any F: anything -> id"}, Start: "nothing", Nil: "no id", Cost: "n",
			make: untold("unique-ids", uniqueIDs()),
		},
		{
			Name: "long-fork", Rule: "of two reads of the same keys, one shows all that the other does, and what was written",
			Operations: []string{`any F: [["w" k v]] -> the same: each key once`, `any F: [["r" k nil] …] -> [["r" k v] …]`},
			Start:      "every key is nil", Nil: "a key to which nothing was written", Cost: "n log n",
			make: untold("long-fork", longFork()),
		},
		{
			Name: "monotonic", Rule: "an order of all reads, within that of each process, in which no value goes back",
			Operations: []string{"read nil -> n or {key n}", "any other F: not looked at"},
			Start:      "nothing", Nil: "a key without a value, which is not looked at", Cost: "n log n",
			make: untold("monotonic", monotonic()),
		},
		{
			Name: "sequential", Rule: "a read of keys, from the one written last to the first, shows all behind one it shows",
			Operations: []string{"read anything -> [v …] or [key [v …]]", "any other F: not looked at"},
			Start:      "nothing", Nil: "a key that was not there", Cost: "n", make: untold("sequential", sequential()),
		},
		{
			Name: "causal", Rule: "causally consistent: no read shows what something that it depends on wrote over",
			Operations: []string{"read nil -> v", "write v -> anything: each value once for a key"},
			Start:      "nil", Nil: "nothing was written", Cost: "n times the number of processes, 400,000,000 at most",
			make: untold("causal", causal()),
		},
	}
}

// transactionModels are judged in the manner of Elle.
func transactionModels() []Model {
	return []Model{
		{
			Name: "list-append", Rule: "no anomaly that --consistency-models (strict-serializable) or --anomalies forbid",
			Operations: []string{
				`any F: [["append" key v] …] -> the same: v stands behind what the list had; each value once for a key`,
				`any F: [["r" key nil] …] -> [["r" key [v …]] …]: the whole list; both kinds may be in one transaction`,
			},
			Start: "every list is empty", Nil: "an empty list", Cost: "n, as long as nothing is wrong",
			make: func(o Options) (Checker, error) { return listAppend(o.Transactions) },
		},
		{
			Name: "rw-register", Rule: "no anomaly that --consistency-models (strict-serializable) or --anomalies forbid",
			Operations: []string{
				`any F: [["w" key v] …] -> the same: each value once for a key`,
				`any F: [["r" key nil] …] -> [["r" key v] …]; both kinds may be in one transaction`,
			},
			Start: "every register is nil", Nil: "a register to which nothing was written",
			Cost: "n, as long as nothing is wrong",
			make: func(o Options) (Checker, error) { return rwRegister(o.Transactions) },
		},
	}
}
