package story

import (
	"slices"
	"testing"

	"ordeal/history"
)

func TestDifferencesOfStates(t *testing.T) {
	first := []string{"session 0x1: timeout 5", `znode /a: "x", version 1, owner 0x1`, `znode /b: "", version 0`}
	second := []string{`znode /a: "x", version 2, owner 0x1`, `znode /b: "", version 0`, `znode /c: ""`}
	want := []string{
		"session 0x1 is missing (timeout 5)", "znode /a has version 2 in place of version 1",
		`znode /c is too much ("")`,
	}
	if got := differences(first, second); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := differences(first, first); got != nil {
		t.Errorf("%q", got)
	}
	if got := differences([]string{"a: 1", "b: 1", "c: 1", "d: 1", "e: 1", "f: 1"}, nil); len(got) != 5 ||
		got[4] != "and in 2 lines more" {
		t.Errorf("%q", got)
	}
}

func TestOperationsOfTheTreeAsText(t *testing.T) {
	stat := []any{int64(1), int64(1), int64(1), int64(1), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0),
		int64(1)}
	for _, c := range []struct {
		op   history.Operation
		want string
	}{
		{history.Operation{F: "getData", Argument: []any{int64(9), 1, int64(3), "/t", true}, End: history.OK,
			Result: []any{int64(0), int64(0x20), "x", stat}}, "getData /t true -> done at zxid 0x20 x"},
		{history.Operation{F: "delete", Argument: []any{int64(9), 1, int64(3), "/t", int64(-1)}, End: history.OK,
			Result: []any{int64(-101), int64(0x21)}}, "delete /t -1 -> NoNode at zxid 0x21"},
		{history.Operation{F: "delete", Argument: []any{int64(9), 1, int64(3), "/t", int64(-1)}, End: history.Info},
			"delete /t -1 -> unknown"},
	} {
		if got := treeText(c.op); got != c.want {
			t.Errorf("%q, and not %q", got, c.want)
		}
	}
	if got := toldText("event", []any{int64(9), int64(1), int64(2), "/t",
		int64(0x20)}); got != "event to session 0x9 NodeDeleted /t zxid 0x20" {
		t.Errorf("%q", got)
	}
}
