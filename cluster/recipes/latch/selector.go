package latch

import (
	"time"

	"ordeal/cluster/recipes"
)

// Work is what an instance does while a selector runs. Each function may be nil, and returns soon: while it runs
// nothing is heard.
type Work struct {
	// Heard is told what becomes of the connection, before anything is done about it.
	Heard func(Event)
	// Lead is the leader's work, a piece at a time. When it returns false the instance goes to the end of the line.
	Lead func(epoch int64) (goOn bool)
	// Follow is the work of those who do not lead, a piece at a time: another does.
	Follow func(leader Office)
}

// Run has the instance stand in line, lead and follow until the instant until, by the process's clock; it leaves the
// line then. It looks at least once in every pause whether anything has changed.
func (l *Latch) Run(w Work, pause time.Duration, until time.Duration) {
	for l.p.Now() < until {
		l.Listen(0, w.heard)
		if !l.Joined() {
			if _, outcome, err := l.Join(pause); err != nil {
				l.doubt(outcome, w, pause)
				continue
			}
		}
		if _, err := l.Follow(0); err != nil {
			l.Listen(pause, w.heard)
			continue
		}
		l.piece(w, pause)
	}
	if outcome, _ := l.Leave(pause); outcome == recipes.Unknown {
		l.link.Session().Abandon()
	}
}

// doubt ends a session of which it is not known whether it stands in line, and waits.
func (l *Latch) doubt(outcome recipes.Outcome, w Work, pause time.Duration) {
	if c := l.link.Session(); outcome == recipes.Unknown && c != nil {
		c.Abandon()
	}
	l.Listen(pause, w.heard)
}

// piece does one piece of work.
func (l *Latch) piece(w Work, pause time.Duration) {
	if epoch, leads := l.Leads(); leads {
		if w.Lead != nil && w.Lead(epoch) {
			return
		}
		if outcome, err := l.Leave(pause); err != nil {
			l.doubt(outcome, w, pause)
		}
		return
	}
	if leader, ok := l.Leader(); ok && w.Follow != nil {
		w.Follow(leader)
	}
	l.Listen(pause, w.heard)
}

func (w Work) heard(e Event) {
	if w.Heard != nil {
		w.Heard(e)
	}
}
