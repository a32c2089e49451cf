package oshost_test

import (
	"testing"

	"ordeal/host"
	"ordeal/host/oshost"
)

// run runs a process to its end.
func run(t *testing.T, f func(p host.Process)) {
	t.Helper()
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()}, f)
	await(t, "the process to end", p.Done())
}

// TestHandlerMustNotWait has a function that was asked for with After sleep.
func TestHandlerMustNotWait(t *testing.T) {
	var cause any
	run(t, func(p host.Process) {
		tried := p.NewSignal()
		p.After(0, func() {
			defer func() { cause = recover(); tried.Set() }()
			p.Sleep(1)
		})
		tried.Wait(-1)
	})
	if cause == nil {
		t.Error("it slept")
	}
}

// TestTimersLetFramesThrough has a timer that is always due.
func TestTimersLetFramesThrough(t *testing.T) {
	m := start(t, alone(t), echoes)
	run(t, func(p host.Process) {
		answer := p.NewSignal()
		var again func()
		again = func() { p.After(0, again) }
		again()
		p.Dial(host.Addr(m.ClientAddr()), &hears{frame: func([]byte) { answer.Set() }}).Send(nil)
		answer.Wait(-1)
	})
}

// TestStopWakes stops processes that wait for ever, in each way of waiting.
func TestStopWakes(t *testing.T) {
	for _, wait := range []func(p host.Process){
		func(p host.Process) { p.Sleep(1<<63 - 1) },
		func(p host.Process) { p.NewSignal().Wait(-1) },
	} {
		waiting, passed := make(chan struct{}), false
		p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()}, func(p host.Process) {
			close(waiting)
			wait(p)
			passed = true
		})
		await(t, "the process to start", waiting)
		p.Stop()
		if passed {
			t.Error("the process went on after Stop")
		}
	}
}

// TestSeed draws from equal and from other seeds.
func TestSeed(t *testing.T) {
	draw := func(seed uint64) (n uint64) {
		p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet(), Seed: seed},
			func(p host.Process) { n = p.Rand().Uint64() })
		await(t, "the process to end", p.Done())
		return n
	}
	first, again, other := draw(1), draw(1), draw(2)
	if first != again || first == other {
		t.Errorf("seed 1 drew %d and %d, seed 2 %d", first, again, other)
	}
	if chance, once := draw(0), draw(0); chance == once {
		t.Errorf("without a seed, %d came twice", chance)
	}
}

// TestDoIsCalledWhereTheProcessWaits asks a process that waits to go on.
func TestDoIsCalledWhereTheProcessWaits(t *testing.T) {
	var wake host.Signal
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()}, func(p host.Process) {
		wake = p.NewSignal()
		wake.Wait(-1)
	})
	if !p.Do(func() { wake.Set() }) {
		t.Error("the process waits, and Do says that it has ended")
	}
	await(t, "the process to end", p.Done())
	if p.Do(func() { t.Error("a process that has ended was asked") }) {
		t.Error("the process has ended, and Do says that it may call")
	}
}
