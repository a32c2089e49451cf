package revisions

import "testing"

// TestKeysOfLeases: each of these is asked for the keys of a lease that was put two, of which one has gone.
func TestKeysOfLeases(t *testing.T) {
	for name, c := range map[string]struct {
		answer []any
		want   string
	}{
		"all is well":           {[]any{int64(4), int64(5), int64(50), int64(60), []any{"b"}}, ""},
		"one is missing":        {[]any{int64(4), int64(5), int64(50), int64(60), []any{}}, "these were not its keys"},
		"one is gone":           {[]any{int64(4), int64(5), int64(50), int64(60), []any{"a", "b"}}, "were not its keys"},
		"they are those of old": {[]any{int64(2), int64(5), int64(50), int64(60), []any{"a"}}, "was over when it was asked"},
		"it has more time left": {[]any{int64(4), int64(5), int64(61), int64(60), []any{"b"}}, "the lease was not so"},
	} {
		s := newScene()
		s.call(true, "grant", []any{int64(5), int64(60)}, []any{int64(1), int64(5), int64(60)})
		for i, key := range []string{"a", "b"} {
			s.call(true, "put", []any{key, "1", int64(5), ""}, []any{int64(2 + i), nil})
		}
		s.call(true, "delete", []any{"a", "", ""}, []any{int64(4), int64(1), []any{}})
		s.call(false, "left", []any{int64(5), true}, c.answer)
		sees(t, name, judged(t, s), partAnswers, c.want)
	}
}
