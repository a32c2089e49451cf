package expand

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"ordeal/testbed/coordination"
)

var rewrite = flag.Bool("rewrite", false, "write the kept trials anew, as this version plays them")

// TestKeptTrialsPlay plays the expanded trials in testdata, which earlier versions wrote: this one has to be able to
// play them, and to say what they mean to it. What they mean may change with the service; that they can be played may
// not.
func TestKeptTrialsPlay(t *testing.T) {
	service := coordination.Service()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no kept trials, %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if *rewrite {
			write(t, name, e)
			continue
		}
		a, err := e.Play(service)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("%s:\n%s", name, a.Text())
		if a.Summary.Outcome != e.Outcome {
			t.Errorf("%s was %s, and is %s\n%s", name, e.Outcome, a.Summary.Outcome, a.Text())
		}
	}
}

func write(t *testing.T, name string, e Expanded) {
	t.Helper()
	one, err := coordination.Service().Parse(e.Line)
	if err != nil {
		t.Fatal(err)
	}
	if e, err = Of(one, e.Program); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, e.JSON(), 0o644); err != nil {
		t.Fatal(err)
	}
}
