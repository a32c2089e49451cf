package oshost_test

import (
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/oshost"
)

// TestTurns has processes that share Turns, and a goroutine that takes one, write to the same memory. What each writes
// between two waits stays together; the race detector sees the rest.
func TestTurns(t *testing.T) {
	var turns oshost.Turns
	var written []int
	const processes, rounds = 4, 50
	write := func(i int) { written = append(written, i, i, i) }
	var all []*oshost.Process
	for i := range processes {
		all = append(all, oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet(), Turns: &turns},
			func(p host.Process) {
				for range rounds {
					write(i)
					p.Sleep(time.Microsecond)
				}
			}))
	}
	for range rounds {
		turns.Do(func() { write(processes) })
	}
	for _, p := range all {
		await(t, "a process to end", p.Done())
	}
	if want := 3 * rounds * (processes + 1); len(written) != want {
		t.Fatalf("%d numbers were written, and must be %d", len(written), want)
	}
	for i := 0; i < len(written); i += 3 {
		if written[i] != written[i+1] || written[i] != written[i+2] {
			t.Fatalf("another process wrote between these three: %v", written[i:i+3])
		}
	}
}

// TestTurnsAreGivenBack stops a process that waits for ever: the turn is free afterwards.
func TestTurnsAreGivenBack(t *testing.T) {
	var turns oshost.Turns
	waiting := make(chan struct{})
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet(), Turns: &turns}, func(p host.Process) {
		close(waiting)
		p.NewSignal().Wait(-1)
	})
	await(t, "the process to start", waiting)
	p.Stop()
	turns.Do(func() {})
}
