package workloads

import "ordeal/cluster/recipes"

// fenced writes on the resource that a lock protects. The way there and back takes time.
func (w *worker) fenced(o *object, session string, token int64) {
	w.do(o, "fenced", []any{session, token, w.p.NewValue()}, func() (any, recipes.Outcome, error) {
		w.p.Sleep(w.p.UpTo(resourceLatencyMax))
		accepted := o.resource.Write(token)
		w.p.Sleep(w.p.UpTo(resourceLatencyMax))
		if accepted {
			return "accepted", recipes.Done, nil
		}
		return "refused", recipes.Done, nil
	})
}
