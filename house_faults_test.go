package ordeal

import (
	"os"
	"strings"
	"testing"

	"ordeal/nemesis"
)

// TestFaultsAreDocumented: docs/FAULTS.md names every kind, shape and role.
func TestFaultsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("docs/FAULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, k := range nemesis.Kinds() {
		words = append(words, string(k.Kind))
	}
	for _, s := range nemesis.Shapes() {
		words = append(words, string(s))
	}
	for _, word := range append(words, nemesis.Roles()...) {
		if !strings.Contains(string(text), "`"+word+"`") && !strings.Contains(string(text), "`"+word+" ") {
			t.Errorf("%s is not in docs/FAULTS.md", word)
		}
	}
}
