package ordeal_test

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// A comment "//house:unordered" and a reason, on the line of a range over a map or on the line above it, claims that
// the order does not show.
const unorderedMark = "//house:unordered "

// mapOrder refuses whatever goes through a map in Go's order: a range over one, and its iterators, unless they go
// straight into something that sorts, or that has no order itself.
func mapOrder(s source, n, parent ast.Node) (rule, text string) {
	switch n := n.(type) {
	case *ast.RangeStmt:
		if _, ok := under(s, n.X).(*types.Map); ok && !orderless(s, n) && !sortedNext(s, n, parent) && !s.claimsUnordered(n) {
			return "map", "a range over a map has no order: sort the keys"
		}
	case *ast.CallExpr:
		if name := callee(s, n); name != "maps.Keys" && name != "maps.Values" && name != "maps.All" {
			return "", ""
		}
		if call, ok := parent.(*ast.CallExpr); ok && slices.Contains(ordering, callee(s, call)) {
			return "", ""
		}
		if !s.claimsUnordered(n) {
			return "map", "an iterator of a map has no order: slices.Sorted gives it one"
		}
	}
	return "", ""
}

// ordering are what may take an iterator of a map.
var ordering = []string{"slices.Sorted", "slices.SortedFunc", "maps.Collect", "maps.Insert"}

// callee is the called function as package.Name, or "".
func callee(s source, call *ast.CallExpr) string {
	fun := call.Fun
	if ix, ok := fun.(*ast.IndexExpr); ok {
		fun = ix.X
	}
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	f, ok := s.info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return ""
	}
	return f.Pkg().Path() + "." + f.Name()
}

// orderless reports whether a range's body does nothing but to put or delete what it comes to in a map, under the key
// that it is at: each turn then touches a place of its own.
func orderless(s source, r *ast.RangeStmt) bool {
	key, ok := r.Key.(*ast.Ident)
	if !ok || len(r.Body.List) != 1 {
		return false
	}
	var place ast.Expr
	switch st := r.Body.List[0].(type) {
	case *ast.ExprStmt:
		call, ok := st.X.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return false
		}
		if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "delete" {
			return false
		}
		place = call.Args[1]
	case *ast.AssignStmt:
		ix, ok := st.Lhs[0].(*ast.IndexExpr)
		if !ok || len(st.Lhs) != 1 || hasCall(st.Rhs[0]) {
			return false
		}
		if _, ok := under(s, ix.X).(*types.Map); !ok {
			return false
		}
		place = ix.Index
	}
	id, ok := place.(*ast.Ident)
	return ok && s.info.Uses[id] != nil && s.info.Uses[id] == s.info.Defs[key]
}

// sortedNext reports whether a range does nothing but to append to a slice that the next statement sorts.
func sortedNext(s source, r *ast.RangeStmt, parent ast.Node) bool {
	block, ok := parent.(*ast.BlockStmt)
	if !ok || len(r.Body.List) != 1 {
		return false
	}
	gather, ok := r.Body.List[0].(*ast.AssignStmt)
	if !ok || len(gather.Lhs) != 1 {
		return false
	}
	list, ok := gather.Lhs[0].(*ast.Ident)
	if call, isCall := gather.Rhs[0].(*ast.CallExpr); !ok || !isCall || types.ExprString(call.Fun) != "append" ||
		types.ExprString(call.Args[0]) != list.Name || slices.ContainsFunc(call.Args[1:], hasCall) {
		return false
	}
	next := slices.Index(block.List, ast.Stmt(r)) + 1
	if next == len(block.List) {
		return false
	}
	st, ok := block.List[next].(*ast.ExprStmt)
	if !ok {
		return false
	}
	sort, ok := st.X.(*ast.CallExpr)
	return ok && slices.Contains([]string{"slices.Sort", "slices.SortFunc"}, callee(s, sort)) &&
		types.ExprString(sort.Args[0]) == list.Name
}

func hasCall(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		_, call := n.(*ast.CallExpr)
		found = found || call
		return !found
	})
	return found
}

// claimsUnordered reports whether a comment at the node says, with a reason, that the order does not show.
func (s source) claimsUnordered(n ast.Node) bool {
	line := s.at(n).Line
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			at := s.at(c).Line
			reason, ok := strings.CutPrefix(c.Text, unorderedMark)
			if ok && strings.TrimSpace(reason) != "" && (at == line || at == line-1) {
				return true
			}
		}
	}
	return false
}
