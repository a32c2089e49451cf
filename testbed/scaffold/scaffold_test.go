package scaffold_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"ordeal/testbed/scaffold"
)

// source is an ordeal of another path, whose two modules want different versions of one.
var source = scaffold.Ordeal{
	Dir: "../there", Sum: []string{"b v1.0.0 h1:x\na v1.0.0 h1:x\n", "a v1.0.0 h1:x\n"},
	Mods: []string{"module example.org/ordeal\n\ngo 1.26.0\n\nrequire example.org/a v1.2.0\n",
		"module example.org/ordeal/guest\n\nrequire (\n\texample.org/a v1.10.0\n\texample.org/ordeal v0.0.0\n)\n"},
}

func TestModules(t *testing.T) {
	for _, kind := range scaffold.Kinds() {
		files, err := scaffold.Module("mine", scaffold.Kind(kind[0]), source)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"main.go", "main_test.go", ".github/workflows/ordeal.yml", ".gitignore"} {
			if files[name] == "" {
				t.Errorf("%s has no %s", kind[0], name)
			}
		}
		for name, text := range files {
			if strings.Contains(text, "NAME") || strings.Contains(text, "NODES") || strings.Contains(text, `"ordeal/`) {
				t.Errorf("%s: what stands for something is left in %s:\n%s", kind[0], name, text)
			}
		}
		mod, err := modfile.Parse("go.mod", []byte(files["go.mod"]), nil)
		if err != nil {
			t.Fatal(err)
		}
		versions, replaced := map[string]string{}, map[string]string{}
		for _, r := range mod.Require {
			versions[r.Mod.Path] = r.Mod.Version
		}
		for _, r := range mod.Replace {
			replaced[r.Old.Path] = r.New.Path
		}
		guests := "../there/guest"
		if kind[0] == string(scaffold.Program) {
			guests = ""
		}
		if mod.Module.Mod.Path != "mine" || versions["example.org/a"] != "v1.10.0" ||
			versions["example.org/ordeal"] != "v0.0.0" || replaced["example.org/ordeal"] != "../there" ||
			replaced["example.org/ordeal/guest"] != guests {
			t.Errorf("%s: go.mod is\n%s", kind[0], files["go.mod"])
		}
		if files["go.sum"] != "a v1.0.0 h1:x\nb v1.0.0 h1:x\n" {
			t.Errorf("%s: go.sum is\n%s", kind[0], files["go.sum"])
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, kind := range map[string]scaffold.Kind{"My": scaffold.Guest, "a/b": scaffold.Guest, "": scaffold.Guest,
		"ordeal": scaffold.Guest, "mine": "other"} {
		if files, err := scaffold.Module(name, kind, source); err == nil {
			t.Errorf("%q of kind %q is made: %v", name, kind, files)
		}
	}
	if _, err := scaffold.Module("mine", scaffold.Guest, scaffold.Ordeal{}); err == nil {
		t.Error("a module of no ordeal is made")
	}
}

// TestTheReadmeShowsWhatIsWritten: each declaration that the README shows first is in the files of a new module.
func TestTheReadmeShowsWhatIsWritten(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```go\n")
	shown, _, _ := strings.Cut(rest, "```")
	files, err := scaffold.Module("mine", scaffold.Guest, source)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	written := files["main.go"] + files["main_test.go"]
	for _, declaration := range strings.Split(shown, "\n\n") {
		if !strings.Contains(written, strings.TrimSpace(declaration)) {
			t.Errorf("a new module has no\n%s", declaration)
		}
	}
}
