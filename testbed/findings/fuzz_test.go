package findings

import (
	"strings"
	"testing"
)

// FuzzParse: whatever a merge has made of a file, it is a finding, or an error with a line and a column.
func FuzzParse(f *testing.F) {
	kind, _ := Of(toy, stale("5", 100))
	good := `{"format": 1, "id": "` + kind.ID + `", "service": "toy", "what": "linearizable register", ` +
		`"how": "` + kind.How +
		`", "bug": "", "state": "new", "first": "a", "last": "b", "line": "x", "reason": "", "operations": 1, "faults": 0}`
	for _, seed := range []string{good, "{}", "[]", "", "<<<<<<< a", good + good, strings.Replace(good, "1", "{}", 1)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		one, err := parse(text)
		if err == nil && one.ID != one.id() {
			t.Errorf("a finding of another's name: %+v", one)
		}
		if err != nil && (strings.Count(err.Error(), ":") < 2 || err.Error()[0] < '1' || err.Error()[0] > '9') {
			t.Errorf("%v has no line and column", err)
		}
	})
}
