package ordeal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An exported name is a promise, so each needs those it is made to: a caller in another package or its tests, one of
// the examples, or strangers to whom a document or a runnable example names it. What such a name leads to is exported
// with it: the types that it mentions, and the values of a type that others use.

// exported is a name that a package exports: its own, or "Type.Method".
type exported struct{ pkg, name string }

// uses collects which exported names are used outside of their packages, and which are declared where.
type uses struct {
	declared map[exported]token.Position
	used     map[exported]bool
	// methods are names of methods that a type may have to export, for an interface, or that tests elsewhere call.
	methods map[string]bool
	// groups are names that are declared together: one of them that is used exports all.
	groups [][]exported
	// mentioned are types that other exported names mention, and valueOf is the type of an exported constant or variable.
	mentioned map[exported]bool
	valueOf   map[exported]exported
}

func TestExportedNamesAreForOthers(t *testing.T) {
	u := newUses()
	for _, pkg := range moduleUnits(t) {
		u.read(t, pkg)
	}
	u.readOthers(t)
	u.useGroups()
	documented := readDocuments(t)
	var found []finding
	for e, at := range u.declared { //house:unordered findings are sorted where they are reported
		if !u.needed(e) && !documented[shortName(e)] {
			found = append(found, finding{at, fmt.Sprintf("%s.%s is exported, and no other package uses it", e.pkg, e.name)})
		}
	}
	refuse(t, found)
}

// madeForFew is a package of which only some names are used: see TestUnneededExportsAreSeen.
const madeForFew = `package made

import "ordeal/host"

type Used struct{ Field Mentioned }

type Mentioned int

const One Mentioned = 1

type Alone int

const Two Alone = 2

const (
	First = iota
	Second
)

func (Used) Called(host.Addr) {}

func (Used) Uncalled() {}

func (Used) String() string { return "" }

func Func() {}
`

// TestUnneededExportsAreSeen holds that the rule above sees a name that no other package uses, and no other name.
func TestUnneededExportsAreSeen(t *testing.T) {
	u, set := newUses(), token.NewFileSet()
	made, err := parseSource(set, "made/made.go", []byte(madeForFew))
	if err != nil {
		t.Fatal(err)
	}
	u.readFiles(t, set, unit{ImportPath: module + "/made", Name: "made"}, []source{made})
	user, err := parseSource(set, "user/user.go", []byte(`package user

import "ordeal/made"

func use() { made.Used{}.Called(string(made.Second)) }
`))
	if err != nil {
		t.Fatal(err)
	}
	u.noteSelectors(user, false)
	u.useGroups()
	var unneeded []string
	for e := range u.declared { //house:unordered sorted below
		if !u.needed(e) {
			unneeded = append(unneeded, shortName(e))
		}
	}
	slices.Sort(unneeded)
	if want := []string{"Used.Uncalled", "made.Alone", "made.Func", "made.Two"}; !slices.Equal(unneeded, want) {
		t.Errorf("%q, and not %q", unneeded, want)
	}
	if !u.used[exported{"host", "Addr"}] {
		t.Error("a use by way of types was not seen")
	}
}

func newUses() *uses {
	return &uses{
		declared: make(map[exported]token.Position), used: make(map[exported]bool),
		methods:   map[string]bool{"Error": true, "String": true, "Unwrap": true},
		mentioned: make(map[exported]bool), valueOf: make(map[exported]exported),
	}
}

// useGroups marks all names of a group of constants or variables as used of which one is.
func (u *uses) useGroups() {
	for _, group := range u.groups {
		if !slices.ContainsFunc(group, func(e exported) bool { return u.used[e] }) {
			continue
		}
		for _, e := range group {
			u.used[e] = true
		}
	}
}

// needed says whether a name is used elsewhere, or has to be exported with one that is.
func (u *uses) needed(e exported) bool {
	if _, method, ok := strings.Cut(e.name, "."); ok {
		return u.used[e] || u.methods[method]
	}
	of, isValue := u.valueOf[e]
	return u.used[e] || u.mentioned[e] || isValue && (u.used[of] || u.mentioned[of])
}

// shortName is "play.Run" or "Result.Write".
func shortName(e exported) string {
	if strings.Contains(e.name, ".") {
		return e.name
	}
	return path.Base(e.pkg) + "." + e.name
}

// read notes what a package declares, and what it uses of others.
func (u *uses) read(t *testing.T, pkg unit) {
	set := token.NewFileSet()
	u.readFiles(t, set, pkg, readSources(t, set, strings.TrimPrefix(pkg.short(), "./"), pkg.GoFiles))
}

func (u *uses) readFiles(t *testing.T, set *token.FileSet, pkg unit, sources []source) {
	if len(sources) == 0 {
		return
	}
	checkTypes(t, set, pkg.ImportPath, sources)
	for _, s := range sources {
		u.readGroups(pkg, s)
	}
	info := sources[0].info
	for id, o := range info.Defs { //house:unordered sets are filled
		if o != nil && o.Pkg() != nil {
			u.noteMethods(o)
			u.declare(pkg, o, set.Position(id.Pos()))
		}
	}
	for _, o := range info.Uses { //house:unordered a set is filled
		u.note(pkg, o)
		if p, ok := o.(*types.PkgName); ok {
			for _, name := range p.Imported().Scope().Names() {
				u.noteMethods(p.Imported().Scope().Lookup(name))
			}
		}
	}
}

// readGroups notes the constants and variables that are declared together.
func (u *uses) readGroups(pkg unit, s source) {
	for _, d := range s.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST && g.Tok != token.VAR {
			continue
		}
		var group []exported
		for _, spec := range g.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				group = append(group, exported{pkg.short(), name.Name})
			}
		}
		u.groups = append(u.groups, group)
	}
}

// declare notes an exported name, and what its type mentions.
func (u *uses) declare(pkg unit, o types.Object, at token.Position) {
	if !o.Exported() || pkg.Name == "main" {
		return
	}
	e := exported{pkg.short(), o.Name()}
	switch o := o.(type) {
	case *types.Func:
		if o.Signature().Recv() != nil {
			owner := receiver(o)
			if !token.IsExported(owner) {
				return
			}
			e.name = owner + "." + o.Name()
		}
	case *types.Var:
		if o.IsField() {
			u.mention(o.Type())
			return
		}
	}
	if o.Parent() != o.Pkg().Scope() && !strings.Contains(e.name, ".") {
		return
	}
	u.declared[e] = at
	switch o := o.(type) {
	case *types.Const, *types.Var:
		if named, ok := o.Type().(*types.Named); ok && named.Obj().Pkg() == o.Pkg() {
			u.valueOf[e] = exported{pkg.short(), named.Obj().Name()}
		}
	case *types.Func:
		u.mention(o.Type())
	}
}

// mention notes the types that a type is made of.
func (u *uses) mention(of types.Type) {
	switch of := of.(type) {
	case *types.Alias:
		if p := of.Obj().Pkg(); p != nil && inModule(p.Path()) {
			u.mentioned[exported{shortPath(p.Path()), of.Obj().Name()}] = true
		}
		u.mention(of.Rhs())
	case *types.Named:
		if p := of.Obj().Pkg(); p != nil && inModule(p.Path()) {
			u.mentioned[exported{shortPath(p.Path()), of.Obj().Name()}] = true
		}
		for arg := range of.TypeArgs().Types() {
			u.mention(arg)
		}
	case *types.Signature:
		u.mention(of.Params())
		u.mention(of.Results())
	case *types.Tuple:
		for v := range of.Variables() {
			u.mention(v.Type())
		}
	case *types.Map:
		u.mention(of.Key())
		u.mention(of.Elem())
	case interface{ Elem() types.Type }:
		u.mention(of.Elem())
	}
}

// noteMethods notes the methods of an interface type.
func (u *uses) noteMethods(o types.Object) {
	if _, ok := o.(*types.TypeName); !ok {
		return
	}
	if i, ok := o.Type().Underlying().(*types.Interface); ok {
		for k := range i.NumMethods() {
			u.methods[i.Method(k).Name()] = true
		}
	}
}

// note notes that a package uses an object, if it is another package's.
func (u *uses) note(pkg unit, o types.Object) {
	if o.Pkg() == nil || !inModule(o.Pkg().Path()) || o.Pkg().Path() == pkg.ImportPath {
		return
	}
	name := o.Name()
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		name = receiver(f.Origin()) + "." + name
	}
	u.used[exported{shortPath(o.Pkg().Path()), name}] = true
}

// receiver is the name of the type whose method a function is.
func receiver(f *types.Func) string {
	of := f.Signature().Recv().Type()
	if p, ok := of.(*types.Pointer); ok {
		of = p.Elem()
	}
	if named, ok := of.(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

// readOthers notes what the examples use, which are modules of their own, and what tests use of other packages.
func (u *uses) readOthers(t *testing.T) {
	t.Helper()
	tracked(t, func(name string) {
		other := strings.HasPrefix(name, "examples/") || strings.HasPrefix(name, "guest/")
		if !other && !strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") {
			return
		}
		s := readSources(t, token.NewFileSet(), path.Dir(name), []string{path.Base(name)})[0]
		u.noteSelectors(s, strings.HasSuffix(name, "example_test.go"))
	})
}

// noteSelectors notes what a file calls by way of its imports, of its own package only if it shows that to a reader.
func (u *uses) noteSelectors(s source, shows bool) {
	imports := make(map[string]string)
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil || !inModule(p) || !shows && shortPath(p) == path.Dir(s.name) {
			continue
		}
		local := path.Base(p)
		if i.Name != nil {
			local = i.Name.Name
		}
		imports[local] = shortPath(p)
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && imports[id.Name] != "" {
			u.used[exported{imports[id.Name], sel.Sel.Name}] = true
		} else {
			u.methods[sel.Sel.Name] = true
		}
		return true
	})
}

// readDocuments are the words of the documents and of package docs that name something of a package: "play.Run" or
// "Result.Write".
func readDocuments(t *testing.T) map[string]bool {
	t.Helper()
	words := make(map[string]bool)
	tracked(t, func(name string) {
		if !strings.HasSuffix(name, ".md") && path.Base(name) != "doc.go" {
			return
		}
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range dotted.FindAllString(string(text), -1) {
			words[w] = true
		}
	})
	return words
}

var dotted = regexp.MustCompile(`\w+\.[A-Z]\w*`)
