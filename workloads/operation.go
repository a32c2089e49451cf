package workloads

import (
	"ordeal/cluster/recipes"
	"ordeal/workloads/clients"
)

// do carries out an operation on an object and records it, unless the turn leaves it out. After an unknown outcome the
// session is left to expire; result is then what the operation may have done.
func (w *worker) do(
	o *object, f string, argument any, op func() (any, recipes.Outcome, error),
) (result any, outcome recipes.Outcome) {
	return w.doWith(o.key, []*object{o}, f, argument, op)
}

// doWith is do for an operation on several objects, which names them itself if key is "".
func (w *worker) doWith(
	key string, on []*object, f string, argument any, op func() (any, recipes.Outcome, error),
) (result any, outcome recipes.Outcome) {
	outcome = recipes.NoEffect // as of an operation that is left out
	begun := w.e.now()
	result, _ = w.p.Do(key, f, argument, func() (result any, _ clients.Outcome, err error) {
		for _, o := range on {
			o.ops++
		}
		outcome = recipes.Unknown // as of one in whose middle the machine crashes
		before := w.c.LastXid()
		defer func() {
			if outcome == recipes.Unknown {
				w.doubts(on, before, 0)
			}
		}()
		result, outcome, err = op()
		return result, known[outcome], err
	})
	switch {
	case outcome == recipes.Unknown:
		w.c.Abandon()
	case outcome == recipes.Done && !ofClient[f]:
		w.alive(begun)
	}
	return result, outcome
}

// ofClient are operations that ask no server, or need no session: they say nothing of whether the session lives.
var ofClient = map[string]bool{
	"fenced": true, "observe": true, "cached": true, "serves": true, "state": true, "act": true, "answer": true,
}

// known is what the outcome of a recipe is to the testbed.
var known = map[recipes.Outcome]clients.Outcome{
	recipes.Done: clients.Done, recipes.NoEffect: clients.NoEffect, recipes.Unknown: clients.Unknown,
}
