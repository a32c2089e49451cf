package latch

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Kind is what has become of a client's connection to the service.
type Kind uint8

const (
	// Connected says that there is a session, the first one.
	Connected Kind = iota + 1
	// Suspended says that no connection carries the session, which may live on.
	Suspended
	// Lost says that the session is over, or may be, by the client's own clock. It is not used any more.
	Lost
	// Reconnected says that a connection carries the session again; behind Lost, that there is another session.
	Reconnected
)

// String is "connected", "suspended", "lost" or "reconnected".
func (k Kind) String() string {
	if k < Connected || k > Reconnected {
		return fmt.Sprint("kind ", uint8(k))
	}
	return [...]string{"connected", "suspended", "lost", "reconnected"}[k-Connected]
}

// Event is a change of the connection, and the session that it is about.
type Event struct {
	Kind    Kind
	Session int64
}

// Link keeps a session with the service for as long as it is asked, another one behind each that is lost, and tells of
// the changes in their order.
//
// Guaranteed: the first event is Connected; Suspended comes before Lost, and Lost is told before another session is
// begun, so whoever hears of Reconnected has heard before that the old session is over; a session that was told to be
// lost is never used again. Not guaranteed: that a connection which is back before Next is called is told of (its
// session has lived on); that a session which is not told to be lost lives.
type Link struct {
	p    host.Process
	dial func() *client.Client
	c    *client.Client
	// state is the last event, told or not, and pending are those that are not told.
	state   Event
	pending []Event
	late    Event // of a planted bug
}

// NewLink makes a link, whose sessions dial begins. A client that others close is a
// session that is lost.
func NewLink(p host.Process, dial func() *client.Client) *Link { return &Link{p: p, dial: dial} }

// Session is the client of the session that was told last; nil before the first, and behind Lost.
func (l *Link) Session() *client.Client {
	if l.state.Kind == Lost {
		return nil
	}
	return l.c
}

// Up says whether the last event that there was, and that was told, is that a connection carries the session.
func (l *Link) Up() bool {
	l.look()
	return len(l.pending) == 0 && (l.state.Kind == Connected || l.state.Kind == Reconnected)
}

// glances is how often in a session's timeout a link looks at its connection while it waits for an event.
const glances = 16

// Next is the next event; ok is false if none comes within timeout.
func (l *Link) Next(timeout time.Duration) (e Event, ok bool) {
	for until := l.p.Now() + timeout; ; {
		if l.look(); len(l.pending) > 0 {
			e, l.pending = l.pending[0], l.pending[1:]
			return e, true
		}
		left := until - l.p.Now()
		if left <= 0 {
			return Event{}, false
		}
		l.p.Sleep(min(left, l.c.Timeout()/glances))
	}
}

// look compares the connection with the last event. Another session begins only when it was told that the last is lost.
func (l *Link) look() {
	none := l.state.Kind == 0 || l.state.Kind == Lost
	if l.c == nil || none && len(l.pending) == 0 && !l.c.Alive() {
		l.c = l.dial()
	}
	id, _ := l.c.Session()
	switch up := l.c.Connected() && !l.c.Overdue(); l.state.Kind {
	case 0, Lost:
		switch {
		case !up || len(l.pending) > 0:
		case l.state.Kind == Lost:
			l.note(Reconnected, id)
			l.bendLate()
		default:
			l.note(Connected, id)
		}
	case Connected, Reconnected:
		if !up {
			l.note(Suspended, l.state.Session)
			l.look()
		}
	case Suspended:
		switch {
		case !l.c.Alive(), l.c.Overdue():
			l.c.Abandon()
			if !l.bendSilent() {
				l.note(Lost, l.state.Session)
			}
		case up:
			l.note(Reconnected, id)
		}
	}
}

func (l *Link) note(k Kind, session int64) {
	l.state = Event{k, session}
	l.pending = append(l.pending, l.state)
}
