package sim

// unread are the pieces that have arrived at an end whose owner does not read for now: they wait in its socket. The
// other end does not know; nor does the owner, when the other end has closed.
type unread struct{ pieces []event }

// keeps keeps a piece back, and says whether it did. No piece is kept where the owner reads, which is where u is nil.
func (u *unread) keeps(ev *event) bool {
	if u == nil || ev.kind != evFrame && ev.kind != evFin && ev.kind != evReset {
		return false
	}
	u.pieces = append(u.pieces, *ev)
	return true
}

// Pause implements host.Pauser.
func (e *end) Pause(paused bool) {
	switch {
	case e.state != connOpen || paused == (e.unread != nil):
	case paused:
		e.unread = &unread{}
	default:
		pieces := e.unread.pieces
		e.unread = nil
		for i := range pieces {
			e.w.take(&pieces[i])
		}
	}
}
