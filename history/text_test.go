package history_test

import (
	"strconv"
	"testing"

	"ordeal/history"
)

func textOf(v any) string { return string(history.AppendText(nil, v)) }

// TestAppendText: every kind of value, and strings as strconv quotes them, whatever is in them.
func TestAppendText(t *testing.T) {
	for c := range 256 {
		if s := "a" + string([]byte{byte(c)}) + "z"; textOf(s) != strconv.Quote(s) {
			t.Errorf("%q became %s", s, textOf(s))
		}
	}
	value := []any{
		nil, true, int64(-3), "é", history.Set{int64(1), int64(2)}, []any{},
		history.Map{{Key: "k", Value: int64(1)}, {Key: "l", Value: nil}},
	}
	if got, want := textOf(value), `[nil true -3 "é" #{1 2} [] {"k" 1 "l" nil}]`; got != want {
		t.Errorf("%s, wanted %s", got, want)
	}
}
