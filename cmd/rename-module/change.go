package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"

	"golang.org/x/mod/modfile"
)

// change gives a module another path.
type change struct {
	from, to string
	places   []*regexp.Regexp // where text names from as a path: what stands before it, and what behind
}

// places are where text names a module's path %s as one, as it is written in prose or in a literal of Go, with escapes:
// before a package's path, where a go.mod or a flag names a module, and in a line that imports the root package.
var places = []string{
	`(^|[^\w./\\-]|\\[abfnrtv"])%s(/[A-Za-z])`,
	`(?m)(\b(?:module|require|replace)[ =])%s([\s,"` + "`" + `]|\\[nt]|$)`,
	`(?m)((?:^|\\n)(?:[ \t]|\\t)*(?:import )?\\?")%s(\\?"(?:$|\\n))`,
}

func newChange(from, to string) change {
	c := change{from: from, to: to}
	for _, place := range places {
		c.places = append(c.places, regexp.MustCompile(fmt.Sprintf(place, regexp.QuoteMeta(from))))
	}
	return c
}

// path is an import path after the change.
func (c change) path(p string) string {
	if below(p, c.from) {
		return c.to + p[len(c.from):]
	}
	return p
}

// modFile renames the module in a go.mod: that it is it, and that others require or replace it.
func (c change) modFile(name string, before []byte) ([]byte, error) {
	f, err := modfile.Parse(name, before, nil)
	if err != nil {
		return nil, err
	}
	rename := func(line *modfile.Line) {
		for i, word := range line.Token {
			line.Token[i] = c.path(word)
		}
	}
	for _, statement := range f.Syntax.Stmt {
		switch statement := statement.(type) {
		case *modfile.Line:
			rename(statement)
		case *modfile.LineBlock:
			for _, line := range statement.Line {
				rename(line)
			}
		}
	}
	return modfile.Format(f.Syntax), nil
}

// edit is a part of a file with what goes in its place.
type edit struct {
	begin, end int
	text       []byte
}

// source renames the module in a file of Go: in imports, literals and comments. Imports may sort differently then.
func (c change) source(name string, before []byte) ([]byte, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, before, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the file must parse to be renamed: %w", err)
	}
	var edits []edit
	replace := func(n ast.Node, rename func(text []byte) []byte) {
		begin, end := set.Position(n.Pos()).Offset, set.Position(n.End()).Offset
		edits = append(edits, edit{begin, end, rename(before[begin:end])})
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			replace(n.Path, c.whole)
			return false
		case *ast.ValueSpec:
			c.namedModule(n, replace)
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				replace(n, c.literal)
			}
		}
		return true
	})
	for _, group := range f.Comments {
		for _, comment := range group.List {
			replace(comment, c.prose)
		}
	}
	after := applied(before, edits)
	if slices.Equal(before, after) {
		return before, nil
	}
	return format.Source(after)
}

// namedModule renames the values of constants and variables that are called module.
func (c change) namedModule(spec *ast.ValueSpec, replace func(ast.Node, func([]byte) []byte)) {
	for i, name := range spec.Names {
		if i < len(spec.Values) && name.Name == "module" {
			if _, ok := spec.Values[i].(*ast.BasicLit); ok {
				replace(spec.Values[i], c.whole)
			}
		}
	}
}

// whole renames a literal that is an import path and nothing else.
func (c change) whole(literal []byte) []byte {
	p, err := strconv.Unquote(string(literal))
	if err != nil || !below(p, c.from) {
		return literal
	}
	return []byte(strconv.Quote(c.path(p)))
}

// literal renames import paths in a literal of Go, and one that is how the names of the root package's functions begin.
func (c change) literal(literal []byte) []byte {
	if string(literal) == strconv.Quote(c.from+".") {
		return []byte(strconv.Quote(c.to + "."))
	}
	quote, inner := literal[:1], literal[1:len(literal)-1]
	return slices.Concat(quote, c.prose(inner), quote)
}

// prose renames import paths in text.
func (c change) prose(text []byte) []byte {
	for _, place := range c.places {
		text = place.ReplaceAll(text, []byte("${1}"+c.to+"${2}"))
	}
	return text
}

// applied makes edits, of which none is within another but may be there twice: the first of two at a place that changes
// anything counts.
func applied(text []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.begin - b.begin })
	var out []byte
	at := 0
	for _, e := range edits {
		if e.begin >= at && !slices.Equal(e.text, text[e.begin:e.end]) {
			out = append(append(out, text[at:e.begin]...), e.text...)
			at = e.end
		}
	}
	return append(out, text[at:]...)
}
