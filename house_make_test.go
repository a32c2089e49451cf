package ordeal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// namedTests is how a target of the Makefile runs tests by their names, and where.
var namedTests = regexp.MustCompile(`go test[^\n]* -run (\w+)[^\n]* \./(\S+)`)

// TestTargetsRunTestsThatThereAre: `go test -run` is content with a name that no test has, so a target that runs tests
// by a name would go on to pass when they are called otherwise.
func TestTargetsRunTestsThatThereAre(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	all := namedTests.FindAllSubmatch(makefile, -1)
	if len(all) == 0 {
		t.Error("no target runs tests by their names")
	}
	for _, m := range all {
		name, folder := string(m[1]), string(m[2])
		declared, found := regexp.MustCompile(`(?m)^func `+name+`\w*\(t \*testing\.T\)`), false
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || declared.Match(text)
		}
		if !found {
			t.Errorf("a target runs the tests %s of %s, and there are none", name, folder)
		}
	}
}
