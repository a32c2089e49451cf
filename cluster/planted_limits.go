package cluster

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// What planted bugs do where something is divided into parts, or comes at another time or under another name than most
// do; see planted.go.

// bendCut is what is left to be sent behind the first message with requests.
func bendCut(rest []*request) []*request {
	failpoint.Inject("bugForwardsCut", func(_ failpoint.Value) { rest = nil })
	return rest
}

// bendTakenAnyway reports whether requests count as taken that raft has not taken.
func bendTakenAnyway() bool {
	anyway := false
	failpoint.Inject("bugTakenUnproposed", func(_ failpoint.Value) { anyway = true })
	return anyway
}

// bendOut reports whether a server that was taken out goes on as if it was not.
func bendOut() bool {
	on := false
	failpoint.Inject("bugRemovedKeepsClients", func(_ failpoint.Value) { on = true })
	return on
}

// bendReader is as whom a server reads the ensemble's configuration.
func bendReader(ids []wire.ID) []wire.ID {
	failpoint.Inject("bugConfigReadAsClient", func(_ failpoint.Value) { ids = nil })
	return ids
}

// bendSaved is the snapshot that is being saved when one is done: none.
func bendSaved(m *making) (next *making) {
	failpoint.Inject("bugSnapshotNeverDone", func(_ failpoint.Value) { next = m })
	return next
}

// bendStrangers reports whether a connection may be silent for ever.
func bendStrangers() bool {
	stay := false
	failpoint.Inject("bugStrangersStay", func(_ failpoint.Value) { stay = true })
	return stay
}

// bendRoot reports whether a watch on everything is not set.
func bendRoot(path string) bool {
	unset := false
	if path == "/" {
		failpoint.Inject("bugRootUnwatched", func(_ failpoint.Value) { unset = true })
	}
	return unset
}

// bendQuorum says whether so many of so many voters are a majority: with bugHalfIsQuorum half of them are.
func bendQuorum(able, voters int) bool {
	failpoint.Inject("bugHalfIsQuorum", func(_ failpoint.Value) { able++ })
	return able > voters/2
}

// bendSeen is what a client that comes back has seen: with bugToldAgain, all but the newest transaction.
func bendSeen(r wire.SetWatchesRequest) wire.SetWatchesRequest {
	failpoint.Inject("bugToldAgain", func(_ failpoint.Value) { r.RelativeZxid-- })
	return r
}
