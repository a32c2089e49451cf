package main

import (
	"strings"
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

// deaf has clients hear nothing from when one gives a lock back until behind its next grant. Its second attempt to give
// the first back has deleted that by then.
const deaf = `etcdclient/1 seed=47 workload=lock nodes=3 length=9s rate=30 plan="at 2.95s for 3s partition one-way-in clients" ops="c1 1@1.5s 2@2.9s 3@3s; c2 1@1.6s 2@5.4s" settings=by-chance`

func TestARetriedUnlockFreesANewerLock(t *testing.T) {
	got := testbed.Play(t, service, deaf)
	if got.Outcome != "invalid" || got.Checker != "linearizable lock" {
		t.Errorf("the trial is %s, by %q", got.Outcome, got.Checker)
	}
}

func TestWhoEndsTheSessionFreesNoNewerLock(t *testing.T) {
	regression(t, strings.Replace(deaf, "settings=", "settings=ends,", 1))
}
