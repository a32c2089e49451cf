package main

import (
	"fmt"
	"testing"

	"ordeal/checker"
)

func TestStack(t *testing.T) {
	h := ""
	for i, op := range [][2]string{{"push", "1"}, {"push", "2"}, {"pop", "%d"}, {"pop", "%d"}} {
		for _, event := range []string{"invoke", "ok"} {
			h += fmt.Sprintf("{:process %d :type :%s :f :%s :value %s}\n", i%2, event, op[0], op[1])
		}
	}
	for values, want := range map[[2]int]checker.Outcome{{2, 1}: checker.Valid, {1, 2}: checker.Invalid} {
		text := fmt.Sprintf(h, values[0], values[0], values[1], values[1])
		v, err := judge("stack", []byte(text))
		if err != nil || v.Outcome != want {
			t.Errorf("%v: %s %s, %v", values, v.Outcome, v.Reason, err)
		}
	}
}
