package ordeal_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ordeal"
)

// TestPlantedBugsAreInTheTable holds docs/BUGS.md to the program, in both directions.
func TestPlantedBugsAreInTheTable(t *testing.T) {
	text, err := os.ReadFile("docs/BUGS.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| `bug.*$").FindAllString(string(text), -1) {
		rows[row] = true
	}
	for _, b := range ordeal.Bugs() {
		row := fmt.Sprintf("| `%s` | %s | %s | %s |", b.Name, b.What, b.Imitates, b.Caught)
		if !rows[row] {
			t.Errorf("docs/BUGS.md lacks the row\n%s", row)
		}
		delete(rows, row)
	}
	for row := range rows {
		t.Errorf("docs/BUGS.md has a row of no bug:\n%s", row)
	}
}

var link = regexp.MustCompile(`\]\(([^)#]+)\)`)

// TestLinksLeadSomewhere follows the links from one document of the repository to another.
func TestLinksLeadSomewhere(t *testing.T) {
	tracked(t, func(name string) {
		if !strings.HasSuffix(name, ".md") {
			return
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.FromSlash(path.Join(path.Dir(name), m[1]))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
			}
		}
	})
}
