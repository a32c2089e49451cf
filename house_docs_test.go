package ordeal_test

import (
	"bytes"
	"flag"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/pricing"
)

var rewrite = flag.Bool("rewrite", false, "write what documents have of the program into them")

// TestPlantedBugsAreInTheTable holds docs/BUGS.md to the program and to testbed/coordination/prices.json.
func TestPlantedBugsAreInTheTable(t *testing.T) {
	const name = "docs/BUGS.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	prices, err := pricing.Known(coordination.Service())
	if err != nil {
		t.Fatal(err)
	}
	made, err := prices.WithTable(text)
	if err != nil {
		t.Fatal(err)
	}
	isAsMade(t, name, text, made)
}

// isAsMade holds a document to what the program makes of it; with -rewrite it writes that.
func isAsMade(t *testing.T, name string, text, made []byte) {
	t.Helper()
	switch {
	case bytes.Equal(made, text):
	case *rewrite:
		if err := os.WriteFile(name, made, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the program makes of it: go test . -run %s -rewrite", name, t.Name())
	}
}

// TestTheCorpus holds the planted bugs to what they say of themselves.
func TestTheCorpus(t *testing.T) {
	service := coordination.Service()
	if n := len(service.Bugs); n < 40 {
		t.Errorf("there are %d planted bugs", n)
	}
	seen := map[string]bool{}
	class := 0
	for _, b := range service.Bugs {
		for class < len(service.BugClasses) && service.BugClasses[class] != b.Class {
			class++
		}
		if class == len(service.BugClasses) {
			t.Fatalf("%s: the class %q is none, or does not stand with the others", b.Name, b.Class)
		}
		if seen[b.Name] || !strings.HasPrefix(b.Name, "bug") || b.What == "" || b.Imitates == "" || b.Caught == "" {
			t.Errorf("%+v", b)
		}
		seen[b.Name] = true
		mark := regexp.MustCompile(`failpoint\.Inject\("` + b.Name + `"`)
		dir := shortPath(b.Package)
		if !slices.ContainsFunc(sources(t, dir), mark.Match) {
			t.Errorf("%s: no file in %s has its mark", b.Name, dir)
		}
	}
}

// sources are the Go files in a folder.
func sources(t *testing.T, dir string) (texts [][]byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
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
