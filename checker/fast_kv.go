package checker

import "ordeal/model"

// fastKV decides keys that are only put and got, with values that no two puts share: such a key is a register without
// versions. It leaves anything else to a search.
func fastKV(part model.Part[model.KVInput, model.KVOutput]) finding {
	calls := make([]model.RegisterCall, len(part.Calls))
	for i, c := range part.Calls {
		r := model.RegisterCall{Op: c.Op}
		switch {
		case c.In.Key != part.Calls[0].In.Key, c.Out.Revised:
			return finding{}
		case c.In.Op == model.KVGet:
			r.In.Op, r.Out.Value = model.Read, c.Out.Value
		case c.In.Op == model.KVPut:
			r.In.Op, r.In.Value = model.Write, c.In.Value
		default:
			return finding{}
		}
		calls[i] = r
	}
	return zones(calls)
}
