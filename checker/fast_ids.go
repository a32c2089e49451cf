package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// fastIDs decides generators of IDs: every order is legal in which a generator's IDs grow, if no two are the same.
func fastIDs(part model.Part[string, int64]) finding {
	given := make(map[int64]*history.Operation, len(part.Calls))
	byGenerator := map[string][]recipes.IDCall{}
	for _, c := range part.Calls {
		if other, twice := given[c.Out]; twice {
			return wrong("one ID was given out twice", other, c.Op)
		}
		given[c.Out] = c.Op
		byGenerator[c.In] = append(byGenerator[c.In], c)
	}
	for _, g := range sortedKeys(byGenerator) {
		if f := idsGrow(byGenerator[g]); f.outcome == Invalid {
			return f
		}
	}
	return finding{outcome: Valid}
}

// idsGrow holds that no ID of a generator is smaller than one that had been given out before it was asked for.
func idsGrow(calls []recipes.IDCall) finding {
	byReturn := slices.Clone(calls)
	slices.SortFunc(byReturn, func(a, b recipes.IDCall) int { return cmp.Compare(a.Op.Return, b.Op.Return) })
	var greatest *recipes.IDCall
	next := 0
	for _, c := range calls {
		for ; next < len(byReturn) && byReturn[next].Op.Return < c.Op.Call; next++ {
			if one := &byReturn[next]; greatest == nil || one.Out > greatest.Out {
				greatest = one
			}
		}
		if greatest != nil && greatest.Out > c.Out {
			return wrong("a generator's IDs do not grow", greatest.Op, c.Op)
		}
	}
	return finding{outcome: Valid}
}
