package clients

import (
	"slices"

	"ordeal/host"
)

// link is one connection of an Asker.
type link struct {
	asker        *Asker
	server       host.Addr
	conn         host.Conn
	open, closed bool
	pending      bool   // a request is under way
	request      []byte // the last that was sent
	answer       []byte // the last that came
}

var _ host.ConnHandler = (*link)(nil)

// ask sends a request.
func (l *link) ask(request []byte) {
	l.pending, l.request = true, slices.Clone(request)
	l.conn.Send(slices.Clone(request))
}

// Opened implements host.ConnHandler.
func (l *link) Opened() {
	l.open = true
	l.asker.wake.Set()
}

// Frame implements host.ConnHandler.
func (l *link) Frame(payload []byte) {
	if !l.pending || l.asker.Answers != nil && !l.asker.Answers(l.request, payload) {
		return
	}
	l.pending, l.answer = false, payload
	l.asker.wake.Set()
}

// Closed implements host.ConnHandler.
func (l *link) Closed() {
	l.closed = true
	l.asker.wake.Set()
}
