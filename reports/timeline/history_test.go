package timeline

import (
	"slices"
	"testing"

	"ordeal/history"
)

// TestLanesOfProcesses: whoever began first, lanes are in the order of the processes' numbers; the nemesis has none.
func TestLanesOfProcesses(t *testing.T) {
	var tl Timeline
	tl.AddHistory(history.History{
		{Index: 0, Time: 1, Process: 10, Type: history.Invoke, F: "read"},
		{Index: 1, Time: 2, Process: 2, Type: history.Invoke, F: "read"},
		{Index: 2, Time: 3, Process: -1, Type: history.Info, F: "crash"},
		{Index: 3, Time: 4, Process: 10, Type: history.OK, F: "read"},
		{Index: 4, Time: 5, Process: 2, Type: history.OK, F: "read"},
	})
	if want := []string{"process 2", "process 10"}; !slices.Equal(tl.Clients, want) || len(tl.Missing) > 0 {
		t.Fatalf("lanes of %q, not %q; missing %q", tl.Clients, want, tl.Missing)
	}
	if len(tl.Ops) != 2 || tl.Ops[0].Client != 1 || tl.Ops[1].Client != 0 {
		t.Errorf("%+v", tl.Ops)
	}
}
