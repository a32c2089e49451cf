package cluster

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// What the planted bugs of reads without a leader, and of operations that there are not, do; see planted.go.

// bendPermitted reports whether a server without a leader takes a request that asks for more than reads: for
// bugReadOnlySyncs, a sync, which then waits for a leader.
func bendPermitted(r wire.Request) bool {
	permitted := false
	if _, ok := r.(wire.SyncRequest); ok {
		failpoint.Inject("bugReadOnlySyncs", func(_ failpoint.Value) { permitted = true })
	}
	return permitted
}

// bendUnasked reports whether a server without a leader gives a session to whoever knows its id.
func bendUnasked() bool {
	unasked := false
	failpoint.Inject("bugReadOnlyPassword", func(_ failpoint.Value) { unasked = true })
	return unasked
}

// bendVouch reports whether a server vouches for a leader that was replaced.
func bendVouch() bool {
	vouches := false
	failpoint.Inject("bugVouchesForOld", func(_ failpoint.Value) { vouches = true })
	return vouches
}

// bendBefore reports whether a word that was asked for before a question came counts for it.
func bendBefore() bool {
	begun := false
	failpoint.Inject("bugWordOfBefore", func(_ failpoint.Value) { begun = true })
	return begun
}

// bendHeardOf is the tick at which a local session was heard of: for bugLocalUnheard, that of its handshake.
func (s *localSession) bendHeardOf(tick uint64) uint64 {
	failpoint.Inject("bugLocalUnheard", func(_ failpoint.Value) { tick = s.heardAt })
	return tick
}

// bendUnknown reports whether a connection goes on behind an operation that there is not.
func bendUnknown() bool {
	goesOn := false
	failpoint.Inject("bugUnknownGoesOn", func(_ failpoint.Value) { goesOn = true })
	return goesOn
}
