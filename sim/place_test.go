package sim

import (
	"slices"
	"testing"
)

// TestPlaces reads a stack as the runtime writes it.
func TestPlaces(t *testing.T) {
	f := Failure{Stack: `goroutine 1 [running]:
runtime/debug.Stack()
	/go/src/runtime/debug/stack.go:26 +0x5e
example.org/x/sim.(*machine).caught(0xc0000b4008, {0x7a3f20, 0xc000012345}, {0x0, 0x0})
	/src/x/sim/failure.go:66 +0x1a5
panic({0x7a3f20?, 0xc0000123?})
	/go/src/runtime/panic.go:783 +0x132
runtime.goPanicIndex(0x3, 0x2)
	/go/src/runtime/panic.go:115 +0x74
example.org/x/cluster.(*Node).applyEntry(...)
	/src/x/cluster/ready.go:124
example.org/x/cluster.(*Node).apply(0xc00018e000, 0xc0001)
	/src/x/cluster/ready.go:111 +0x4a
example.org/x/cluster/wal.(*queue).beside.func2({0x1, 0x2})
	/src/x/cluster/wal/queue.go:70 +0x1b
example.org/x/sim.(*machine).call(0xc0000b4008, 0xc00011)
	/src/x/sim/machine.go:200 +0x6d
`}
	want := []string{"cluster.(*Node).applyEntry, cluster/ready.go:124", "cluster.(*Node).apply, cluster/ready.go:111",
		"wal.(*queue).beside.func2, wal/queue.go:70"}
	if got := f.Places(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Failure{}).Places(); got != nil {
		t.Errorf("of no stack there is %q", got)
	}
}
