// The house rules that a machine can hold: who may import whom, what may not stand in code that the simulator runs, and
// how source is laid out. Each rule has known-bad samples, since a rule that was never seen to refuse anything is no
// rule.
package ordeal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the path of the module and of its root package.
const module = "ordeal"

// unit is a package as the go command describes it.
type unit struct {
	ImportPath string
	Name       string
	Dir        string
	Export     string // file with what the package exports, for those that use it
	Standard   bool
	GoFiles    []string

	Imports, TestImports, XTestImports, Deps []string
}

// short is the package's path within the module; the root's is ".".
func (u unit) short() string { return shortPath(u.ImportPath) }

func shortPath(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

func inModule(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

// samplesUse is what the samples import and the module perhaps does not.
var samplesUse = []string{"crypto/rand", "hash/maphash", "maps", "math/rand", "math/rand/v2", "net", "os", "slices",
	"sort", "sync", "time"}

// units are all packages of the module and all that they depend on, by import path.
var units = sync.OnceValues(func() (map[string]unit, error) {
	args := []string{"list", "-export", "-deps",
		"-json=ImportPath,Name,Dir,Export,Standard,GoFiles,Imports,TestImports,XTestImports,Deps", "./..."}
	cmd := exec.Command("go", append(args, samplesUse...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, &stderr)
	}
	all := make(map[string]unit)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var u unit
		if err := d.Decode(&u); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all[u.ImportPath] = u
	}
})

// moduleUnits are the packages of the module, sorted by path.
func moduleUnits(t *testing.T) []unit {
	t.Helper()
	all, err := units()
	if err != nil {
		t.Fatal(err)
	}
	var own []unit
	for p, u := range all {
		if inModule(p) {
			own = append(own, u)
		}
	}
	slices.SortFunc(own, func(a, b unit) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return own
}

// finding is a breach of a rule.
type finding struct {
	at   token.Position
	text string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.at.Filename, f.at.Line, f.text) }

// source is one file, parsed and perhaps with its types.
type source struct {
	name string // slash-separated, from the root of the repository
	text []byte
	set  *token.FileSet
	file *ast.File
	info *types.Info
}

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

func (s source) at(n ast.Node) token.Position { return s.set.Position(n.Pos()) }

func (s source) find(n ast.Node, format string, args ...any) finding {
	return finding{s.at(n), fmt.Sprintf(format, args...)}
}

// parseSource parses text as the file of that name.
func parseSource(set *token.FileSet, name string, text []byte) (source, error) {
	f, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{name: name, text: text, set: set, file: f}, err
}

// readSources parses files of a folder.
func readSources(t *testing.T, set *token.FileSet, dir string, names []string) []source {
	t.Helper()
	var sources []source
	for _, name := range names {
		p := path.Join(dir, name)
		text, err := os.ReadFile(filepath.FromSlash(p))
		if err != nil {
			t.Fatal(err)
		}
		s, err := parseSource(set, p, text)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	return sources
}

// checkTypes finds the types of a package's files. What the package imports is read from what the go command has
// compiled.
func checkTypes(t *testing.T, set *token.FileSet, importPath string, sources []source) {
	t.Helper()
	all, err := units()
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(p string) (io.ReadCloser, error) {
		if all[p].Export == "" {
			return nil, fmt.Errorf("%s is not among the compiled packages", p)
		}
		return os.Open(all[p].Export)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Uses: make(map[*ast.Ident]types.Object),
		Defs: make(map[*ast.Ident]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	var files []*ast.File
	for i := range sources {
		sources[i].info = info
		files = append(files, sources[i].file)
	}
	config := types.Config{Importer: importer.ForCompiler(set, "gc", lookup)}
	if _, err := config.Check(importPath, set, files, info); err != nil {
		t.Fatal(err)
	}
}

// tracked calls visit for every file of the repository, as far as that can be told without git: what is built, what
// trials leave behind and hidden folders are left out. Names are slash-separated.
func tracked(t *testing.T, visit func(name string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(name, ".") && name != "." && !strings.HasPrefix(name, ".ci")
		if d.IsDir() && (hidden || name == "bin" || name == "ordeal-results") {
			return fs.SkipDir
		}
		if !d.IsDir() && !hidden && !strings.HasSuffix(name, ".test") && !strings.HasSuffix(name, ".prof") {
			visit(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// refuse reports breaches, in the order of the source.
func refuse(t *testing.T, found []finding) {
	t.Helper()
	slices.SortStableFunc(found, func(a, b finding) int { return strings.Compare(a.at.Filename, b.at.Filename) })
	for _, f := range found {
		t.Error(f)
	}
}
