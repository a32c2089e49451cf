package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// statement notes what can be wrong with a statement by itself.
func (f *finder) statement(s ast.Stmt) {
	switch n := s.(type) {
	case *ast.IfStmt:
		f.condition(n)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.replace("loop never entered", n.Cond, "false && ("+f.text(n.Cond)+")")
		}
	case *ast.BranchStmt:
		f.branch(n)
	case *ast.DeferStmt:
		f.replace("at once, not at the end", n, f.text(n.Call))
	case *ast.SwitchStmt:
		f.cases(n.Body)
	case *ast.TypeSwitchStmt:
		f.cases(n.Body)
	case *ast.AssignStmt:
		f.assignment(n)
	}
}

// condition turns an if round, and makes it always true. What it tests stays used, so that the mutant compiles.
func (f *finder) condition(n *ast.IfStmt) {
	cond := f.text(n.Cond)
	f.replace("condition turned round", n.Cond, "!("+cond+")")
	f.replace("condition always true", n.Cond, "true || ("+cond+")")
	if n.Else != nil {
		f.span("else forgotten", n.Body.End(), n.Else.End(), "")
	}
}

func (f *finder) branch(n *ast.BranchStmt) {
	if n.Label != nil {
		return
	}
	switch n.Tok {
	case token.BREAK:
		f.replace("continue for break", n, "continue")
	case token.CONTINUE:
		f.replace("continue for break", n, "break")
	}
}

// cases leaves out each case of a switch but the default.
func (f *finder) cases(body *ast.BlockStmt) {
	for _, s := range body.List {
		if clause, ok := s.(*ast.CaseClause); ok && clause.List != nil {
			f.replace("case forgotten", clause, "")
		}
	}
}

// assignment adds where it should set, and the other way round.
func (f *finder) assignment(n *ast.AssignStmt) {
	after := map[token.Token]string{token.ADD_ASSIGN: "=", token.SUB_ASSIGN: "+=", token.OR_ASSIGN: "="}[n.Tok]
	if after != "" {
		f.span("set for added", n.TokPos, n.TokPos+token.Pos(len(n.Tok.String())), after)
	}
}

// statements notes what can be wrong with a list of statements: one is left out, or two are in the wrong order.
func (f *finder) statements(list []ast.Stmt) {
	for i, s := range list {
		if f.isMark(s) {
			continue
		}
		if name := leftOut(s); name != "" {
			f.replace(name, s, "")
		}
		if i > 0 && movable(s) && movable(list[i-1]) && !f.isMark(list[i-1]) {
			f.swap(list[i-1], s)
		}
	}
}

// leftOut names the mistake of forgetting a statement, or returns "" if it is none that can be left out.
func leftOut(s ast.Stmt) string {
	switch n := s.(type) {
	case *ast.ExprStmt, *ast.IncDecStmt:
		return "statement forgotten"
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return "statement forgotten"
		}
	case *ast.IfStmt:
		if leaves(n.Body) && n.Else == nil {
			return "guard forgotten"
		}
		return "statement forgotten"
	case *ast.DeferStmt:
		return "statement forgotten"
	}
	return ""
}

// leaves says whether a block ends by leaving what is around it.
func leaves(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	switch body.List[len(body.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

// movable says whether a statement could stand one place earlier or later by mistake.
func movable(s ast.Stmt) bool {
	switch n := s.(type) {
	case *ast.ExprStmt, *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		return n.Tok != token.DEFINE
	case *ast.IfStmt:
		return n.Init == nil && n.Else == nil
	}
	return false
}

func (f *finder) swap(first, second ast.Stmt) {
	between := string(f.source[f.offset(first.End()):f.offset(second.Pos())])
	if strings.Contains(between, "//") {
		between = "\n"
	}
	f.span("order of two statements", first.Pos(), second.End(), f.text(second)+between+f.text(first))
}
