package shrink_test

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"ordeal/testbed/shrink"
	"ordeal/testbed/trial"
)

// A test is outside the service's package if that can be imported, and beside a program's files if it can't.
func TestEmittedTestsAreWhereTheServiceIs(t *testing.T) {
	for _, tt := range []struct{ imports, regression, pkg, call, err string }{
		{"example.org/shop", "shop.Regression", "shop_test", "shop.Regression(t, `shop/1 ", ""},
		{"", "regression", "shop", "regression(t, `shop/1 ", ""},
		{"example.org/shop", "", "", "", "shop says no function that a test could call with a trial line: " +
			"Service.Regression"},
	} {
		s := &trial.Service{Name: "shop", Version: 1, Import: tt.imports, Regression: tt.regression}
		source, err := shrink.Emitted{Package: "shop_test", Trial: trial.Trial{Service: s, Seed: 7,
			Workload: "register"}}.Source()
		if err != nil {
			if err.Error() != tt.err {
				t.Errorf("%v: %v", tt, err)
			}
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "x_test.go", source, parser.ImportsOnly)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		imports := 1
		if tt.imports != "" {
			imports = 2
		}
		if file.Name.Name != tt.pkg || len(file.Imports) != imports || !strings.Contains(string(source), tt.call) ||
			tt.err != "" {
			t.Errorf("%v:\n%s", tt, source)
		}
	}
}
