package oshost

import (
	"time"

	"ordeal/host"
)

// defaultLeaveMax is how long Close waits for a program that makes ready for its end.
const defaultLeaveMax = 5 * time.Second

// leave lets the program put in order what it has to before it ends, if it is one that does.
func (m *Machine) leave() {
	left := make(chan struct{})
	if !m.Do(func(p host.Program) {
		if l, ok := p.(host.Leaver); ok {
			l.Leave(func() { close(left) })
		} else {
			close(left)
		}
	}) {
		return
	}
	timer := time.NewTimer(m.cfg.LeaveMax)
	defer timer.Stop()
	select {
	case <-left:
	case <-timer.C:
		m.cfg.Logger.Warn("the program did not get ready for its end", "waited", m.cfg.LeaveMax)
	case <-m.quit:
	}
}
