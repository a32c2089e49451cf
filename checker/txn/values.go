package txn

import (
	"fmt"
	"strconv"
	"strings"

	"ordeal/history"
)

// sameValue compares two values.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case int64:
		n, ok := b.(int64)
		return ok && a == n
	case string:
		s, ok := b.(string)
		return ok && a == s
	case bool:
		t, ok := b.(bool)
		return ok && a == t
	case history.Number:
		n, ok := b.(history.Number)
		return ok && a == n
	}
	return history.Compare(a, b) == 0
}

// listed is how many elements of a long list are shown, the last ones.
const listed = 12

// text shows a value. Strings have no quotes: objects and elements are mostly names and numbers.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case []any:
		var s strings.Builder
		s.WriteByte('[')
		from := max(0, len(v)-listed)
		if from > 0 {
			s.WriteString("… ")
		}
		for i, e := range v[from:] {
			if i > 0 {
				s.WriteByte(' ')
			}
			s.WriteString(text(e))
		}
		s.WriteByte(']')
		return s.String()
	}
	return fmt.Sprint(v)
}

// by is who did a transaction, as far as the history says.
func by(op history.Operation) string {
	if op.Process == history.Anonymous {
		return "a transaction"
	}
	return fmt.Sprintf("a transaction of process %d", op.Process)
}

// Text shows a transaction in a few words: its process, and what it did.
func Text(op history.Operation) string {
	s := text(raw(&op))
	if op.Process != history.Anonymous {
		s = fmt.Sprintf("process %d: %s", op.Process, s)
	}
	switch op.End {
	case history.Fail:
		return s + " -> fail"
	case history.Info:
		return s + " -> unknown"
	}
	return s
}
