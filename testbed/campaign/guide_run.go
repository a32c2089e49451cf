package campaign

import "ordeal/testbed/trial"

// takeGuided is take where a guide says which trials there are. Whoever needs a trial that depends on others waits for
// them.
func (r *run) takeGuided() (trial.Trial, int, bool) {
	for !r.ends() {
		t, ok, done := r.Guide.take()
		if ok {
			r.count++
			return t, r.count, true
		}
		if done {
			break
		}
		r.over.Wait()
	}
	return trial.Trial{}, 0, false
}

// reached tells the guide what a trial has reached: nothing, if it did not come to its end.
func (r *run) reached(number int, f found) {
	if r.Guide == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Guide.over(number, f)
	r.over.Broadcast()
}
