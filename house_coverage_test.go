package ordeal_test

import (
	"bytes"
	"os"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/coverage"
)

// TestCoverageIsInTheTable holds docs/COVERAGE.md to the program and to testbed/coordination/coverage.json.
func TestCoverageIsInTheTable(t *testing.T) {
	const name = "docs/COVERAGE.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	known, err := coverage.Known(coordination.Service())
	if err != nil {
		t.Fatal(err)
	}
	made, err := known.WithTable(text, coordination.Service())
	switch {
	case err != nil:
		t.Fatal(err)
	case bytes.Equal(made, text):
	case *rewrite:
		if err := os.WriteFile(name, made, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the program makes of it: go test . -run CoverageIsInTheTable -rewrite", name)
	}
	if known.Trials < 500 {
		t.Errorf("%d trials were measured: too few to say from how many on anything is required", known.Trials)
	}
}
