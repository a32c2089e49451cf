package ordeal_test

import (
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
	if err != nil {
		t.Fatal(err)
	}
	isAsMade(t, name, text, made)
	if known.Trials < 500 {
		t.Errorf("%d trials were measured: too few to say from how many on anything is required", known.Trials)
	}
}
