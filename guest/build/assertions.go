package build

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Assertion is a call of the Antithesis SDK in a program's source, or in that of a package that it imports.
type Assertion struct {
	// Package is "assert" or "lifecycle", Func the function's name, such as "Sometimes", and Message the text that names
	// the assertion; "" of one that has none.
	Package, Func, Message string
	// At is where it is: the file's name and the line.
	At string
}

// sdk is the import path of the SDK's packages.
const sdk = "github.com/antithesishq/antithesis-sdk-go/"

// Assertions lists the calls of the Antithesis SDK in the packages of a program, the SDK's own aside: what is never
// called tells nothing of itself. Calls whose text is no literal are left out, as by the SDK's own tool.
func Assertions(pkg string, o Options) (list []Assertion, err error) {
	format := `{{if not .Standard}}{{.Dir}}{{range .Imports}} {{.}}{{end}}{{"\t"}}{{range .GoFiles}} {{.}}{{end}}{{end}}`
	args := append([]string{"list", "-deps", "-f", format}, o.Flags...)
	out, err := command(o.Dir, append(args, pkg)...).Output()
	if err != nil {
		return nil, fmt.Errorf("can't list the packages of %s: %w", pkg, err)
	}
	for line := range strings.Lines(string(out)) {
		imports, files, _ := strings.Cut(line, "\t")
		if !strings.Contains(imports, " "+sdk) || strings.Contains(imports, filepath.FromSlash("/antithesis-sdk-go@")) {
			continue
		}
		dir, _, _ := strings.Cut(imports, " ")
		for _, file := range strings.Fields(files) {
			more, err := assertionsOf(filepath.Join(dir, file))
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
	}
	return list, nil
}

// assertionsOf are those of a file.
func assertionsOf(file string) (list []Assertion, err error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	names := map[string]string{} // of the SDK's packages in this file
	for _, i := range tree.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		if name, ok := strings.CutPrefix(path, sdk); ok && (name == "assert" || name == "lifecycle") {
			if names[name] = name; i.Name != nil {
				names[name] = ""
				names[i.Name.Name] = name
			}
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok || names[x.Name] == "" {
			return true
		}
		at := set.Position(call.Pos())
		a := Assertion{names[x.Name], selector.Sel.Name, message(call),
			fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)}
		if a.Message != "" || a.Func == "SetupComplete" {
			list = append(list, a)
		}
		return true
	})
	return list, nil
}

// message is the first argument that is a text.
func message(call *ast.CallExpr) string {
	i := slices.IndexFunc(call.Args, func(e ast.Expr) bool {
		literal, ok := e.(*ast.BasicLit)
		return ok && literal.Kind == token.STRING
	})
	if i < 0 {
		return ""
	}
	text, _ := strconv.Unquote(call.Args[i].(*ast.BasicLit).Value)
	return text
}
