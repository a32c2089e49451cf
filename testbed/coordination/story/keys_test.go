package story

import (
	"testing"

	"ordeal/history"
)

// TestOperationsOfKeysAsText: who asked for what, at which revision it was answered, and what servers say.
func TestOperationsOfKeysAsText(t *testing.T) {
	kv := []any{"a1", "v3", int64(2), int64(7), int64(2), int64(0)}
	for _, c := range []struct {
		op   history.Operation
		want string
	}{
		{history.Operation{F: "range", End: history.OK,
			Argument: []any{int64(4), "", "a1", "", int64(0), int64(0), "", "", nil},
			Result:   []any{int64(9), int64(1), false, []any{kv}}},
			`range "a1" -> at revision 9: 1 false [["a1" "v3" 2 7 2 0]]`},
		{history.Operation{F: "put", End: history.OK, Argument: []any{int64(4), "u1", "a1", "v4", int64(0), ""},
			Result: []any{int64(10), nil}}, `put "a1" "v4" as u1 -> at revision 10`},
		{history.Operation{F: "put", End: history.Info, Argument: []any{int64(4), "", "a1", "v4", int64(6), ""}},
			`put "a1" "v4" 6 -> unknown`},
		{history.Operation{F: "compact", End: history.OK, Argument: []any{int64(4), "", int64(99)},
			Result: "etcdserver: mvcc: required revision is a future revision"},
			"compact 99 -> refused: etcdserver: mvcc: required revision is a future revision"},
	} {
		if got := keyText(c.op); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	for _, c := range []struct {
		f    string
		list []any
		want string
	}{
		{"told", []any{int64(3), int64(9), false, []any{
			[]any{"put", "a1", "v3", int64(2), int64(7), int64(2), int64(0), nil}, []any{"delete", "b", "", int64(0), int64(9)},
		}}, `watch 3 is told: put "a1" = "v3" (revision 7), delete "b" (revision 9)`},
		{"progressed", []any{int64(3), int64(9)}, "watch 3 is told that it has come to revision 9"},
		{"canceled", []any{int64(3), int64(9), int64(5)}, "watch 3 is ended at revision 9, compacted up to 5"},
		{"expired", []any{int64(120), int64(6), int64(1)}, "lease 6 ends by its time, by entry 120"},
		{"stray", []any{int64(3), int64(9), int64(5)}, "stray 3 9 5"},
	} {
		if got := keysTold(c.f, c.list); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
