package servertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Example is a TB for examples, which Go gives none. Its zero value is ready; whoever makes one calls End.
type Example struct {
	cleanup []func()
}

// Helper implements TB.
func (*Example) Helper() {}

// Cleanup implements TB: f is called by End, what was named last first.
func (e *Example) Cleanup(f func()) { e.cleanup = append(e.cleanup, f) }

// TempDir implements TB: End removes the folder.
func (e *Example) TempDir() string {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		e.Fatalf("servertest: %v", err)
	}
	e.Cleanup(func() { _ = os.RemoveAll(folder) })
	return filepath.Join(folder, "data")
}

// Fatalf implements TB: it panics.
func (*Example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// End ends what was started for the example.
func (e *Example) End() {
	for _, f := range slices.Backward(e.cleanup) {
		f()
	}
}
