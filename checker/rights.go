package checker

import "ordeal/model/rights"

// rightsModel is what a user may do: see package model/rights.
func rightsModel() Model {
	return Model{
		Name: "rights", Rule: linearizable + "; what was taken away is not used once that is acknowledged",
		Operations: []string{`permit "read", "write" or "readwrite" -> anything: the role is permitted just that`,
			"forbid nil -> anything: the role is permitted nothing", "assign nil -> anything: the user has the role",
			"unassign nil -> anything: the user does not have it",
			`use "read", "write" or "readwrite" -> "done", or "denied" if the user may not`},
		Start: "the user does not have the role, which is permitted nothing", Nil: "nothing", Cost: searched,
		make: untold("rights", Linearizable(rights.New(), Budget{})),
	}
}
