package play

import (
	"fmt"
	"testing"
)

func TestValuesAreWrittenAsFmtDoes(t *testing.T) {
	for _, v := range []any{
		nil, true, int64(-7), int64(0), "", "two words", []any{}, []any{nil}, []any{"a", int64(1), false, nil},
		[]any{[]any{"b"}, []any{}, "c"},
	} {
		if got, want := string(appendValue([]byte("x"), v)), string(fmt.Append([]byte("x"), v)); got != want {
			t.Errorf("%#v is written %q, and fmt writes %q", v, got, want)
		}
	}
}
