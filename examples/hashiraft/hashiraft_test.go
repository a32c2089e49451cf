package main

import (
	"testing"

	"ordeal/testbed"
)

func TestALeaderThatLosesPowerForgetsNothing(t *testing.T) {
	testbed.Regression(t, hashiraft.MustService(), `hashiraft/1 seed=5 workload=register nodes=3 length=8s rate=40 `+
		`plan="at 3s for 2s crash leader; at 5.5s for 1s partition isolate leader" settings=by-chance`)
}
