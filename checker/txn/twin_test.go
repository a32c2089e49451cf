package txn

import (
	"math/rand/v2"
	"slices"

	"ordeal/history"
)

// twin is a store that works: it runs one transaction after the other.
type twin struct {
	kind   objects
	lists  map[int64][]any
	values map[int64]any
	last   map[int64]int64
	// base grows as objects have been written to often enough, so that new ones take their place.
	base, keys, perKey int64
}

func newTwin(kind objects, keys, perKey int64) *twin {
	return &twin{kind, map[int64][]any{}, map[int64]any{}, map[int64]int64{}, 0, keys, perKey}
}

// draw is a transaction of one to most things, without results.
func (w *twin) draw(r *rand.Rand, most int) []any {
	var mops []any
	for range 1 + r.IntN(most) {
		key := w.base + r.Int64N(w.keys)
		if r.IntN(2) == 0 {
			mops = append(mops, []any{"r", key, nil})
			continue
		}
		w.last[key]++
		f := "append"
		if w.kind == registers {
			f = "w"
		}
		mops = append(mops, []any{f, key, w.last[key]})
		if w.last[key] >= w.perKey {
			w.base++
		}
	}
	return mops
}

// run carries a transaction out.
func (w *twin) run(mops []any) []any {
	out := make([]any, len(mops))
	for i, m := range mops {
		three := m.([]any)
		key := three[1].(int64)
		switch {
		case three[0] == "append":
			w.lists[key] = append(w.lists[key][:len(w.lists[key]):len(w.lists[key])], three[2])
		case three[0] == "w":
			w.values[key] = three[2]
		case w.kind == lists:
			three = []any{"r", key, w.lists[key]}
		default:
			three = []any{"r", key, w.values[key]}
		}
		out[i] = three
	}
	return out
}

// record lets processes run n transactions of up to most things, each at some instant between its events; info and fail
// are chances in percent.
func record(r *rand.Rand, w *twin, processes, n, most, info, fail int) []history.Operation {
	ops := make([]history.Operation, 0, n)
	busy := make([]int, processes) // the operation under way, from 1
	names := make([]int, processes)
	for p := range names {
		names[p] = p
	}
	ran := make([][]any, n+1)
	at, open := 0, 0
	for n > 0 || open > 0 {
		p := r.IntN(processes)
		switch u := busy[p]; {
		case u == 0 && n == 0:
		case u == 0:
			ops = append(ops, history.Operation{
				Process: names[p], F: "txn", Argument: w.draw(r, most), End: history.Info, Call: at, Return: -1,
			})
			busy[p] = len(ops)
			n, open, at = n-1, open+1, at+1
		case ran[u] == nil && r.IntN(100) < fail:
			ops[u-1].End, ops[u-1].Return = history.Fail, at
			busy[p], open, at = 0, open-1, at+1
		case r.IntN(100) < info:
			if ran[u] == nil && r.IntN(2) == 0 {
				w.run(ops[u-1].Argument.([]any))
			}
			ops[u-1].Return = at
			names[p] += processes
			busy[p], open, at = 0, open-1, at+1
		case ran[u] == nil:
			ran[u] = w.run(ops[u-1].Argument.([]any))
		default:
			ops[u-1].End, ops[u-1].Return, ops[u-1].Result = history.OK, at, ran[u]
			ran[u] = nil
			busy[p], open, at = 0, open-1, at+1
		}
	}
	return ops
}

// readAll appends a transaction that reads all objects.
func readAll(w *twin, ops []history.Operation) []history.Operation {
	at := 0
	for _, op := range ops {
		at = max(at, op.Call+1, op.Return+1)
	}
	var mops []any
	for key := range w.base + w.keys {
		mops = append(mops, []any{"r", key, nil})
	}
	return append(ops, history.Operation{
		Process: 1_000_000, F: "txn", Argument: mops, End: history.OK, Call: at, Return: at + 1, Result: w.run(mops),
	})
}

// corrupt makes one read of a history show something else.
func corrupt(r *rand.Rand, ops []history.Operation) []history.Operation {
	out := slices.Clone(ops)
	i := r.IntN(len(out))
	if out[i].End != history.OK {
		return out
	}
	mops := slices.Clone(out[i].Result.([]any))
	at := r.IntN(len(mops))
	three := slices.Clone(mops[at].([]any))
	if three[0] != "r" {
		return out
	}
	switch list, isList := three[2].([]any); {
	case isList && len(list) > 0 && r.IntN(3) > 0:
		three[2] = list[:r.IntN(len(list))]
	case isList && len(list) > 1:
		list = slices.Clone(list)
		a, b := r.IntN(len(list)), r.IntN(len(list))
		list[a], list[b] = list[b], list[a]
		three[2] = list
	case isList:
	case r.IntN(4) == 0:
		three[2] = nil
	default:
		three[2] = 1 + r.Int64N(3)
	}
	mops[at] = three
	out[i].Result = mops
	return out
}

// hasOrder tries every order of transactions, within that of time if inTime: whether one explains all results.
func hasOrder(kind objects, ops []history.Operation, inTime bool) bool {
	used := make([]bool, len(ops))
	var try func(w *twin) bool
	try = func(w *twin) bool {
		done := true
		for i, op := range ops {
			done = done && (used[i] || op.End != history.OK)
		}
		if done {
			return true
		}
		for i, op := range ops {
			if used[i] || op.End == history.Fail || inTime && slices.ContainsFunc(ops, func(b history.Operation) bool {
				return !used[slices.IndexFunc(ops, func(c history.Operation) bool { return c.Call == b.Call })] &&
					b.End == history.OK && b.Return < op.Call
			}) {
				continue
			}
			next := w.copy()
			got := next.run(op.Argument.([]any))
			if op.End == history.OK && !equalMops(got, op.Result.([]any)) {
				continue
			}
			used[i] = true
			if try(next) {
				return true
			}
			used[i] = false
		}
		return false
	}
	return try(newTwin(kind, 0, 0))
}

func (w *twin) copy() *twin {
	out := newTwin(w.kind, w.keys, w.perKey)
	for k, v := range w.lists {
		out.lists[k] = v
	}
	for k, v := range w.values {
		out.values[k] = v
	}
	return out
}

func equalMops(a, b []any) bool {
	for i := range a {
		if text(a[i].([]any)[2]) != text(b[i].([]any)[2]) && !(empty(a[i].([]any)[2]) && empty(b[i].([]any)[2])) {
			return false
		}
	}
	return true
}

func empty(v any) bool {
	l, ok := v.([]any)
	return v == nil || ok && len(l) == 0
}
