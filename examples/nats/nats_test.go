package main

import (
	"testing"

	"ordeal/testbed"
)

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, nats.MustService(), line)
}

func TestRegistersWithoutFaults(t *testing.T) {
	regression(t, `nats/1 seed=1 workload=register nodes=3 length=5s rate=30 faults=none settings=by-chance`)
}
