package shrink

import (
	"strings"
	"testing"

	"ordeal/testbed/coordination"
)

func TestEmittedSource(t *testing.T) {
	one, err := coordination.Service().Parse("ordeal/2 seed=1 workload=register nodes=3 length=2s rate=20 faults=none")
	if err != nil {
		t.Fatal(err)
	}
	source, err := Emitted{Package: "shop_test", Trial: one, Kind: "invariants: one leader a term",
		Reason: strings.Repeat("many words of an endless reason ", 200)}.Source()
	if err != nil {
		t.Fatal(err)
	}
	text := string(source)
	if !strings.HasPrefix(text, "package shop_test\n") || !strings.Contains(text, "func TestRegisterNodes3Seed1(t "+
		"*testing.T) {\n\tordeal.Regression(t, `"+one.Line()+"`)\n}\n") ||
		strings.Count(text, "\n") >= 50 {
		t.Errorf("it is\n%s", text)
	}
}
