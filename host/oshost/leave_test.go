package oshost_test

import (
	"testing"
	"time"
)

// leaver is a program that is ready for its end when the test says so.
type leaver struct {
	calls
	asked chan func()
}

func (l *leaver) Leave(done func()) { l.asked <- done }

func TestCloseWaitsForTheProgram(t *testing.T) {
	l := &leaver{asked: make(chan func(), 1)}
	m := start(t, alone(t), boots(l))
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		m.Close()
	}()
	ready := <-l.asked
	select {
	case <-closed:
		t.Error("the machine ended before its program was ready")
	case <-time.After(20 * time.Millisecond):
	}
	ready()
	<-closed
	m.Close() // a second time it asks no program
}

func TestCloseDoesNotWaitForEver(t *testing.T) {
	l := &leaver{asked: make(chan func(), 1)}
	cfg := alone(t)
	cfg.LeaveMax = 10 * time.Millisecond
	start(t, cfg, boots(l)).Close()
	if len(l.asked) != 1 {
		t.Error("the program was not asked")
	}
}

func TestKillAsksNobody(t *testing.T) {
	l := &leaver{asked: make(chan func(), 1)}
	start(t, alone(t), boots(l)).Kill()
	if len(l.asked) != 0 {
		t.Error("the program was asked")
	}
}
