package ordeal

// takeGuided is take where a guide says which trials there are. Whoever needs a trial that depends on others waits for them.
func (r *run) takeGuided() (Trial, int, bool) {
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
	return Trial{}, 0, false
}

// reached tells the guide what a trial has reached: nothing, if it did not come to its end.
func (r *run) reached(number int, states []uint32) {
	if r.Guide == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Guide.over(number, states)
	r.over.Broadcast()
}

// runGuided is Run with the states of the protocol in the summary. The trial is the same.
func runGuided(t Trial) (Result, error) {
	var s *states
	r, err := runTrial(t, func(p *play) {
		s = newStates(p)
		p.states = s
	})
	if err == nil {
		r.Summary.States = s.list()
	}
	return r, err
}
