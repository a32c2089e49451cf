package checker

import (
	"math/rand/v2"
	"testing"

	"ordeal/history"
)

// ended is a history behind which all sessions are known to have ended.
func ended(h history.History) history.History {
	over, newest := map[any]bool{}, int64(0)
	var all []any
	for _, op := range h {
		v, _ := op.Value.([]any)
		switch {
		case op.F == "ended":
			over[v[1]] = true
		case op.F == "attach":
			all = append(all, v[0])
		case op.Type == history.OK && op.Process >= 0:
			newest = max(newest, v[1].(int64))
		}
	}
	for _, session := range all {
		if !over[session] {
			newest++
			over[session] = true
			h = append(h, history.Op{Process: history.Service, Type: history.OK, F: "ended", Value: []any{newest, session},
				Time: h[len(h)-1].Time})
		}
	}
	return renumbered(h)
}

// What may have happened unseen excuses little: where no answer was lost, a wrong one is found out without the
// service's word too. What is left are removals that may have happened, and events about such paths.
func TestTreeSeesMutationsWithoutTheServicesWord(t *testing.T) {
	for _, m := range treeMutations() {
		t.Run(m.name, func(t *testing.T) {
			tried, seen := 0, 0
			for seed := uint64(0); tried < 15 && seed < 200; seed++ {
				r := rand.New(rand.NewPCG(seed, 2))
				h := ended(silenced(recordTree(r, 3, 200, false)))
				for at := r.IntN(len(h)); at < len(h); at++ {
					changed := m.change(h, at)
					if changed == nil {
						continue
					}
					tried++
					if Tree().Check(changed).Outcome == Invalid {
						seen++
					}
					break
				}
			}
			if seen < tried*7/10 {
				t.Errorf("of %d changes %d were found", tried, seen)
			}
		})
	}
}
