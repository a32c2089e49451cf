package workloads

import "ordeal/cluster/recipes"

// resource is what a lock protects: a thing outside the service, with no memory but the largest token that it has
// seen. It refuses smaller ones, which is the only defence against a holder who does not know that its time is over.
type resource struct{ highest int64 }

// Write is accepted unless a larger token was here before.
func (r *resource) Write(token int64) (accepted bool) {
	if token < r.highest {
		return false
	}
	r.highest = token
	return true
}

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
