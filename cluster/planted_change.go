package cluster

import "github.com/pingcap/failpoint"

// What planted bugs do where the ensemble changes and snapshots are sent; see planted.go.

// bendHandsOver reports whether a leader that is to be taken out lets no other lead.
func bendHandsOver() bool {
	keeps := false
	failpoint.Inject("bugLeadsItselfOut", func(_ failpoint.Value) { keeps = true })
	return keeps
}

// bendPieceLost reports whether a piece of a snapshot that got no answer is not sent again.
func bendPieceLost() bool {
	once := false
	failpoint.Inject("bugPieceOnce", func(_ failpoint.Value) { once = true })
	return once
}

// bendReadOnlyStays reports whether the session of a client that made do with reads stays when there is a leader.
func bendReadOnlyStays() bool {
	stays := false
	failpoint.Inject("bugReadOnlySessionStays", func(_ failpoint.Value) { stays = true })
	return stays
}
