package cli

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestPageOfCheck runs the commands that docs/CHECK.md shows, and compares what they print. With -rewrite, a flag of
// datadriven's, it writes that into the page.
func TestPageOfCheck(t *testing.T) {
	t.Chdir("../../..")
	const name = "docs/CHECK.md"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	lines := strings.SplitAfter(string(page), "\n")
	for i := 0; i < len(lines); i++ {
		out.WriteString(lines[i])
		if lines[i] != "```console\n" {
			continue
		}
		for i++; lines[i] != "```\n"; i++ {
			if line, isCommand := strings.CutPrefix(lines[i], "$ "); isCommand {
				out.WriteString(lines[i] + run(t, strings.Fields(line)))
			}
		}
		out.WriteString(lines[i])
	}
	if flag.Lookup("rewrite").Value.String() == "true" {
		if err := os.WriteFile(name, []byte(out.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if out.String() != string(page) {
		t.Errorf("%s is not what its commands print; `go test ./testbed/recorded/cli -rewrite` writes it anew:\n%s",
			name, out.String())
	}
}

// run is what a command of a page prints.
func run(t *testing.T, words []string) string {
	if words[0] == "cat" {
		text, err := os.ReadFile(words[1])
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if words[0] != "bin/ordeal" {
		t.Fatalf("the page has the command %q", words[0])
	}
	var out strings.Builder
	c := &cobra.Command{Use: "ordeal", SilenceErrors: true, SilenceUsage: true}
	c.AddCommand(Check(), Convert())
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(words[1:])
	if err := c.Execute(); err != nil && err.Error() != "" {
		out.WriteString("ordeal: " + err.Error() + "\n")
	}
	return out.String()
}
