package ordeal

import (
	"ordeal/testbed"
	"ordeal/testbed/coordination"
	"ordeal/testbed/gotest"
)

// Service is the coordination service, as the testbed tries it.
func Service() *testbed.Service { return coordination.Service() }

// Test plays the trials of the seeds from first to last within a Go test: see testbed.Test.
func Test[T gotest.T[T]](t T, seeds testbed.Seeds, first, last uint64) {
	t.Helper()
	testbed.Test(t, seeds, first, last)
}

// Regression plays one trial within a Go test, and fails the test if it breaks a promise again: see testbed.Regression.
// It is what the tests that `ordeal shrink --emit-test` writes consist of.
func Regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, coordination.Service(), line)
}
