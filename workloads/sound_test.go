package workloads_test

import (
	"testing"

	"ordeal/history"
)

// What must hold in every history of a sound service, without a search: the checkers say more.

// Between the return of an acquire and the call of its release, or the end of its session, no other client holds; and
// numbers grow.
func TestHoldsDoNotOverlap(t *testing.T) {
	for _, name := range []string{"lock", "election"} {
		w, _ := byName(name)
		for seed := range uint64(3) {
			holder, last, holds := map[string]string{}, map[string]int64{}, 0
			for _, op := range disturbed(t, seed, w) {
				switch v := list(op.Value); {
				case op.F == "end":
					for key, h := range holder {
						if h == op.Value {
							holder[key] = ""
						}
					}
				case (op.F == "release" || op.F == "resign") && op.Type == history.Invoke && holder[op.Key] == v[0]:
					holder[op.Key] = ""
				case (op.F == "acquire" || op.F == "campaign") && op.Type == history.OK && v[1] != "held":
					holds++
					if number := v[1].(int64); holder[op.Key] != "" || number <= last[op.Key] {
						t.Errorf("%s, seed %d: event %d grants number %d after %d while %q holds",
							name, seed, op.Index, number, last[op.Key], holder[op.Key])
					}
					holder[op.Key], last[op.Key] = v[0].(string), v[1].(int64)
				}
			}
			if holds < 200 {
				t.Errorf("%s, seed %d: only %d holds", name, seed, holds)
			}
		}
	}
}

// What was put in comes out, once: drain empties every queue.
func TestQueuesAreDrained(t *testing.T) {
	w, _ := byName("queue")
	for seed := range uint64(3) {
		in, out := map[any]bool{}, map[any]int{}
		perhaps := map[any]bool{} // put in by an unknown enqueue, or taken by an unknown dequeue
		pairs(disturbed(t, seed, w), func(invoke, end history.Op) {
			switch {
			case end.Type == history.Info:
				perhaps[end.Value] = true
			case end.Type != history.OK:
			case end.F == "enqueue":
				in[end.Value] = true
			case end.F == "dequeue" && end.Value != nil:
				out[end.Value]++
			}
		})
		for v := range in {
			if out[v] != 1 && !perhaps[v] {
				t.Errorf("seed %d: %v was put in and came out %d times", seed, v, out[v])
			}
		}
		for v := range out {
			if !in[v] && !perhaps[v] {
				t.Errorf("seed %d: %v came out and was never put in", seed, v)
			}
		}
	}
}

// Every version of a register is one write's, and the last look shows the last version.
func TestRegistersCountTheirWrites(t *testing.T) {
	w, _ := byName("register")
	for seed := range uint64(3) {
		written := map[string]map[any]any{} // by key: the value of each version
		newest := map[string]int64{}
		pairs(disturbed(t, seed, w), func(_, end history.Op) {
			v := list(end.Value)
			if end.Type != history.OK || v == nil || end.F == "watch" {
				return
			}
			if written[end.Key] == nil {
				written[end.Key] = map[any]any{}
			}
			version := v[1].(int64)
			if was, ok := written[end.Key][version]; ok && was != v[0] {
				t.Errorf("seed %d: version %d of %s is %v and %v", seed, version, end.Key, was, v[0])
			}
			written[end.Key][version] = v[0]
			if newest[end.Key] = max(newest[end.Key], version); end.F == "read" && version < 0 {
				t.Errorf("seed %d: %s is gone", seed, end.Key)
			}
		})
		if len(newest) < 10 {
			t.Errorf("seed %d: %d registers", seed, len(newest))
		}
	}
}
