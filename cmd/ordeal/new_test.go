package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestANewModuleRuns: what `ordeal new` writes is built, vetted and tested as it stands, by the go command. The kinds
// that compile guests are tried where NEW_KINDS names them.
func TestANewModuleRuns(t *testing.T) {
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, kind := range strings.Fields(cmp.Or(os.Getenv("NEW_KINDS"), "program")) {
		cmd := newCommand()
		cmd.SetArgs([]string{"my" + kind, "--kind", kind, "--ordeal", source})
		if err := cmd.Execute(); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
			run := exec.Command("go", args...)
			run.Dir = "my" + kind
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%s: go %s: %v\n%s", kind, strings.Join(args, " "), err, out)
			}
		}
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("%s is written over: %v", kind, err)
		}
	}
}
