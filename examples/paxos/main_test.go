package main

import (
	"fmt"
	"strings"
	"testing"

	"ordeal/testbed"
)

// TestTrials plays some trials as the command does.
func TestTrials(t *testing.T) { testbed.Test(t, service.Campaign("", "swarm"), 1, 20) }

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

// beforeSync is the smallest trial that shows the planted bug: one server loses its power in the middle of a sync, and
// what it had told its client is gone.
const beforeSync = `paxos/1 seed=52 workload=register nodes=1 length=1.4s rate=100 ` +
	`plan="at 760ms for 10ms crash-in-sync leader" bug=bugSendBeforeSync ops="c3 29[1,2]@750ms" draws=52 recovery=skip`

// findings keeps what a failing trial would tell a test.
type findings struct {
	*testing.T
	text string
}

func (f *findings) Errorf(format string, args ...any) { f.text += fmt.Sprintf(format, args...) }

// TestThePlantedBug holds that the bug is found where it is planted, and that the trial is valid without it: without
// the marks of failpoint-build it is played so.
func TestThePlantedBug(t *testing.T) {
	found := &findings{T: t}
	regression(found, beforeSync)
	if testbed.Marked != strings.Contains(found.text, "a slot has one decree") || !testbed.Marked && found.text != "" {
		t.Errorf("with marks (%v): %s", testbed.Marked, found.text)
	}
}
