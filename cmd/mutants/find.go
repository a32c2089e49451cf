package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// finder collects the mutants of one file.
type finder struct {
	name   string
	source []byte
	set    *token.FileSet
	found  []mutant
}

// findAll lists the mutants of the files of a package's folder, in the order of the source. Tests are left out, and
// what plants bugs: a mistake there is none in the service.
func findAll(root, folder string) ([]mutant, error) {
	names, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []mutant
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "planted") || base == "doc.go" {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		found, err := find(filepath.ToSlash(filepath.Join(folder, base)), source)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// find lists the mutants of one file.
func find(name string, source []byte) ([]mutant, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{name: name, source: source, set: set}
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil && !plants(function) {
			ast.Inspect(function.Body, f.visit)
		}
	}
	return f.found, nil
}

// visit takes a node for what operators can do to it. It says whether to look at the parts of it.
func (f *finder) visit(node ast.Node) bool {
	if f.isMark(node) {
		return false
	}
	switch n := node.(type) {
	case ast.Expr:
		f.expression(n)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	}
	if s, ok := node.(ast.Stmt); ok {
		f.statement(s)
	}
	return true
}

// plants says whether a function is there for a planted bug only.
func plants(function *ast.FuncDecl) bool { return strings.HasPrefix(function.Name.Name, "bend") }

// isMark says whether a statement or expression is a failpoint mark, or asks for one.
func (f *finder) isMark(node ast.Node) bool {
	call, ok := node.(*ast.CallExpr)
	if s, is := node.(*ast.ExprStmt); is {
		call, ok = s.X.(*ast.CallExpr)
	}
	if s, is := node.(*ast.IfStmt); is && s.Init != nil {
		return strings.Contains(f.text(s.Init), "failpoint.")
	}
	if !ok {
		return false
	}
	callee := f.text(call.Fun)
	return strings.HasPrefix(callee, "failpoint.") || strings.HasPrefix(callee, "bend") ||
		strings.Contains(callee, ".bend")
}

func (f *finder) offset(p token.Pos) int { return f.set.Position(p).Offset }

func (f *finder) text(node ast.Node) string {
	return string(f.source[f.offset(node.Pos()):f.offset(node.End())])
}

// replace notes a mutant that puts a text in the place of a node.
func (f *finder) replace(operator string, node ast.Node, after string) {
	f.span(operator, node.Pos(), node.End(), after)
}

func (f *finder) span(operator string, from, to token.Pos, after string) {
	start, end := f.offset(from), f.offset(to)
	f.found = append(f.found, mutant{
		File: f.name, Line: f.set.Position(from).Line, Operator: operator,
		Before: string(f.source[start:end]), After: after, start: start, end: end,
	})
}
