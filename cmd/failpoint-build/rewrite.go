package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io"
	"os"
	"strconv"

	"github.com/pingcap/failpoint/code"
)

// marks are failpoint's functions that a rewrite must leave none of.
var marks = map[string]bool{
	"Inject": true, "InjectContext": true, "InjectCall": true, "Break": true, "Continue": true, "Goto": true,
	"Label": true, "Fallthrough": true, "Return": true,
}

// rewritten is a file after its marks were rewritten.
type rewritten struct {
	pkg    string
	source []byte // nil if there were no marks
}

// rewrite rewrites the marks of one file. pathOf returns the import path of a package by its name. A file that does not
// parse has no marks: the compiler says what is wrong with it.
func rewrite(path string, pathOf func(pkg string) string) (rewritten, error) {
	// The rewriter keeps its positions to itself. Those of a set that has seen only the same file are equal.
	positions := token.NewFileSet()
	before, err := parser.ParseFile(positions, path, nil, parser.ParseComments)
	if err != nil {
		return rewritten{}, nil
	}
	pkg := before.Name.Name
	name := failpointName(before)
	if name == "" {
		return rewritten{pkg: pkg}, nil
	}
	r := code.NewRewriter(path)
	r.SetOutput(io.Discard)
	if err := quietly(func() error { return r.RewriteFile(path) }); err != nil {
		return rewritten{}, err
	}
	if at := markLeft(r.GetCurrentFile(), name); at.IsValid() {
		return rewritten{}, fmt.Errorf("%s: a failpoint mark cannot be rewritten here: it must be a statement of a "+
			"declared function, or of a function literal that one assigns, calls, returns or passes on",
			positions.Position(at))
	}
	if !r.GetRewritten() {
		return rewritten{pkg: pkg}, nil
	}
	nameMarks(r.GetCurrentFile(), pathOf(pkg))
	// SourcePos has the compiler speak of the lines of the file as it was.
	var source bytes.Buffer
	mode := printer.Config{Mode: printer.UseSpaces | printer.TabIndent | printer.SourcePos, Tabwidth: 8}
	err = mode.Fprint(&source, positions, r.GetCurrentFile())
	return rewritten{pkg, source.Bytes()}, err
}

// nameMarks writes the full names of marks in the place of the calls that would put them together each time.
func nameMarks(file *ast.File, importPath string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		for i, arg := range call.Args {
			if name, ok := boundName(arg); ok {
				full := strconv.Quote(importPath + "/" + name)
				call.Args[i] = &ast.BasicLit{ValuePos: arg.Pos(), Kind: token.STRING, Value: full}
			}
		}
		return true
	})
}

// boundName is the name in a call of the binding, if that is written there and not a variable.
func boundName(e ast.Expr) (string, bool) {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	f, isName := call.Fun.(*ast.Ident)
	literal, isLiteral := call.Args[0].(*ast.BasicLit)
	if !isName || !isLiteral || f.Name != bindingName {
		return "", false
	}
	name, err := strconv.Unquote(literal.Value)
	return name, err == nil
}

// failpointName is what a file calls failpoint, "" if it does not import it or imports it for nothing.
func failpointName(file *ast.File) string {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || path != failpointPath {
			continue
		}
		if spec.Name == nil {
			return "failpoint"
		}
		if spec.Name.Name != "_" {
			return spec.Name.Name
		}
	}
	return ""
}

// markLeft finds a mark that was not rewritten: the rewriter passes over what it does not know.
func markLeft(file *ast.File, name string) token.Pos {
	left := token.NoPos
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !left.IsValid() {
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := f.X.(*ast.Ident); ok && of.Name == name && marks[f.Sel.Name] {
				left = call.Pos()
			}
		}
		return true
	})
	return left
}

// quietly keeps the rewriter from printing what it passes over: markLeft finds the places that matter.
func quietly(f func() error) error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	stdout := os.Stdout
	os.Stdout = null
	defer func() { os.Stdout = stdout }()
	return f()
}
