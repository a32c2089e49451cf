package txn

import (
	"math/rand/v2"
	"testing"

	"ordeal/history"
)

// TestListsAgreeUnderSnapshotIsolation holds the judge of lists against a search through all orders of commits. What it
// may miss is what depends on the order of two appends that no read shows: each order may be wrong for a reason of its
// own, and the judge knows neither.
func TestListsAgreeUnderSnapshotIsolation(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var valid, invalid, missed int
	for n := range *rounds {
		ops := drawn(r, lists, n%2 == 0)
		got, err := ListAppend(ops, Options{Models: []string{"snapshot-isolation"}})
		if err != nil {
			t.Fatal(err)
		}
		want := hasSnapshots(ops)
		switch wrong := len(got.Forbidden) > 0; {
		case wrong && want:
			t.Fatalf("round %d: all transactions have snapshots, and the judge says:\n%s\n%s", n, render(got), lines(ops))
		case want:
			valid++
		case wrong:
			invalid++
		case ordersOpen(ops):
			missed++
		default:
			t.Fatalf("round %d: not all transactions have snapshots, and the judge says:\n%s\n%s", n, render(got), lines(ops))
		}
	}
	t.Logf("%d valid, %d invalid, %d invalid and not seen", valid, invalid, missed)
	if valid < *rounds/4 || invalid < *rounds/20 {
		t.Errorf("%d valid and %d invalid try too little", valid, invalid)
	}
}

// hasSnapshots tries every order of commits: whether each transaction finds a moment before its own whose state shows
// what it read, and since when no other wrote what it writes.
func hasSnapshots(ops []history.Operation) bool {
	used := make([]bool, len(ops))
	states, wrote := []*twin{newTwin(lists, 0, 0)}, []map[any]bool{}
	var try func() bool
	try = func() bool {
		done := true
		for i, op := range ops {
			done = done && (used[i] || op.End != history.OK)
		}
		if done {
			return true
		}
		for i, op := range ops {
			if used[i] || op.End == history.Fail || !hasSnapshot(op, states, wrote) {
				continue
			}
			next := states[len(states)-1].copy()
			next.run(op.Argument.([]any))
			used[i] = true
			states, wrote = append(states, next), append(wrote, writtenBy(op))
			if try() {
				return true
			}
			used[i] = false
			states, wrote = states[:len(states)-1], wrote[:len(wrote)-1]
		}
		return false
	}
	return try()
}

// hasSnapshot tells whether an operation may commit behind the last of some states.
func hasSnapshot(op history.Operation, states []*twin, wrote []map[any]bool) bool {
	own := writtenBy(op)
	for at := len(states) - 1; at >= 0; at-- {
		if op.End != history.OK || equalMops(states[at].copy().run(op.Argument.([]any)), op.Result.([]any)) {
			return true
		}
		if at > 0 {
			for key := range wrote[at-1] {
				if own[key] {
					return false
				}
			}
		}
	}
	return false
}

func writtenBy(op history.Operation) map[any]bool {
	keys := map[any]bool{}
	for _, m := range op.Argument.([]any) {
		if three := m.([]any); three[0] != "r" {
			keys[three[1]] = true
		}
	}
	return keys
}

// ordersOpen tells whether two transactions may have appended to a list what no read shows.
func ordersOpen(ops []history.Operation) bool {
	longest := map[any]int{}
	for _, op := range ops {
		for _, m := range raw(&op).([]any) {
			if three := m.([]any); op.End == history.OK && three[0] == "r" {
				seen, _ := three[2].([]any)
				longest[three[1]] = max(longest[three[1]], len(seen))
			}
		}
	}
	writers := map[any]int{}
	for _, op := range ops {
		for key := range writtenBy(op) {
			if op.End != history.Fail {
				writers[key]++
			}
		}
	}
	for key, n := range writers {
		if n >= longest[key]+2 || n >= 2 && longest[key] == 0 {
			return true
		}
	}
	return false
}
