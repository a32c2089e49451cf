// Command own-model judges recorded histories of stacks, which ordeal has no model of.
//
//	go run . FILE
package main

import (
	"fmt"
	"os"
	"slices"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/history/formats"
	"ordeal/model"
)

// stack is the specification: push v -> anything; pop nil -> what was pushed last, or nil if nothing is left. A pop
// whose end is unknown takes whatever is there.
var stack = model.Spec[[]any, history.Operation, any]{
	Name: "stack",
	Step: func(s []any, op history.Operation, out any) ([]any, bool) {
		if op.F == "push" {
			return append(slices.Clip(s), op.Argument), true
		}
		if len(s) == 0 {
			return s, out == nil
		}
		top, rest := s[len(s)-1], s[:len(s)-1]
		return rest, out == top || op.End == history.Info
	},
}

func judge(name string, data []byte) (checker.Verdict, error) {
	h, err := formats.Read(name, data)
	if err != nil {
		return checker.Verdict{}, err
	}
	return checker.Linearizable(stack, checker.Budget{}).Check(h), nil
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	v, err := judge(os.Args[1], data)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println(v.Outcome, v.Reason)
	if v.Outcome != checker.Valid {
		os.Exit(1)
	}
}
