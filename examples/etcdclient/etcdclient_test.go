package main

import (
	"testing"

	"ordeal/testbed"
)

var service = etcdclient.MustService()

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

func TestLocksWithoutFaults(t *testing.T) {
	regression(t, `etcdclient/1 seed=1 workload=lock nodes=3 length=5s rate=30 faults=none settings=by-chance`)
}
