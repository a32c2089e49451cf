package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestVerdicts judges histories that are easily judged wrong: "check", a model and flags, the file, and its verdict.
// ERROR is for a file that is no history of the model.
func TestVerdicts(t *testing.T) {
	files, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	datadriven.Walk(t, files, func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if err := os.WriteFile("history", []byte(d.Input+"\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			words := []string{"bin/ordeal", "check", "history", "--model"}
			for _, arg := range d.CmdArgs {
				words = append(words, arg.String())
			}
			verdict, _, _ := strings.Cut(run(t, words), " ")
			return strings.Replace(verdict, "ordeal:", "ERROR", 1) + "\n"
		})
	})
}
