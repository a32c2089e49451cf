package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// other has, for each operator that a mistake may turn into another, that other one.
var other = map[token.Token]struct {
	with token.Token
	name string
}{
	token.LSS: {token.LEQ, "bound off by one"}, token.LEQ: {token.LSS, "bound off by one"},
	token.GTR: {token.GEQ, "bound off by one"}, token.GEQ: {token.GTR, "bound off by one"},
	token.EQL: {token.NEQ, "comparison turned round"}, token.NEQ: {token.EQL, "comparison turned round"},
	token.LAND: {token.LOR, "and for or"}, token.LOR: {token.LAND, "and for or"},
	token.ADD: {token.SUB, "plus for minus"}, token.SUB: {token.ADD, "plus for minus"},
	token.AND: {token.OR, "bits mixed up"}, token.OR: {token.AND, "bits mixed up"},
}

// expression notes what can be wrong with an expression.
func (f *finder) expression(e ast.Expr) {
	switch n := e.(type) {
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.replace("not forgotten", n, f.text(n.X))
		}
	case *ast.BasicLit:
		if value, err := strconv.ParseInt(n.Value, 10, 32); n.Kind == token.INT && err == nil {
			f.replace("number off by one", n, strconv.FormatInt(value+1, 10))
		}
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			f.replace("true for false", n, strconv.FormatBool(n.Name == "false"))
		}
	case *ast.CallExpr:
		f.call(n)
	case *ast.SliceExpr:
		f.slice(n)
	case *ast.CompositeLit:
		f.literal(n)
	}
}

func (f *finder) binary(n *ast.BinaryExpr) {
	if o, ok := other[n.Op]; ok {
		f.span(o.name, n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), o.with.String())
	}
	if n.Op == token.LAND || n.Op == token.LOR {
		f.replace("condition forgotten", n, f.text(n.X))
		f.replace("condition forgotten", n, f.text(n.Y))
	}
}

// call mixes up neighbours among arguments that could be of one type, and the larger with the smaller.
func (f *finder) call(n *ast.CallExpr) {
	if name, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 1 {
		switch name.Name {
		case "min":
			f.replace("larger for smaller", name, "max")
		case "max":
			f.replace("larger for smaller", name, "min")
		}
	}
	for i := 1; i < len(n.Args); i++ {
		first, second := n.Args[i-1], n.Args[i]
		if named(first) && named(second) && f.text(first) != f.text(second) {
			f.span("arguments swapped", first.Pos(), second.End(), f.text(second)+", "+f.text(first))
		}
	}
}

// named says whether an expression is a name or a field, so that a neighbour may be of its type.
func named(e ast.Expr) bool {
	switch n := e.(type) {
	case *ast.Ident:
		return n.Name != "nil" && n.Name != "true" && n.Name != "false"
	case *ast.SelectorExpr:
		return true
	}
	return false
}

func (f *finder) slice(n *ast.SliceExpr) {
	if n.Low != nil {
		f.replace("bound off by one", n.Low, f.text(n.Low)+"+1")
	}
	if n.High != nil {
		f.replace("bound off by one", n.High, f.text(n.High)+"-1")
	}
}

// literal leaves out one field of those that a composite literal gives.
func (f *finder) literal(n *ast.CompositeLit) {
	for i, element := range n.Elts {
		if _, ok := element.(*ast.KeyValueExpr); !ok {
			continue
		}
		to := n.Rbrace
		if i+1 < len(n.Elts) {
			to = n.Elts[i+1].Pos()
		}
		f.span("field forgotten", element.Pos(), to, "")
	}
}
