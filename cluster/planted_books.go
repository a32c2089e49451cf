package cluster

import "github.com/pingcap/failpoint"

// What the planted bugs leave behind in what the node keeps beside its state; see planted.go.

// bendGone reports whether the watches of a connection that is gone stay.
func bendGone() bool {
	stay := false
	failpoint.Inject("bugWatchesOfGone", func(_ failpoint.Value) { stay = true })
	return stay
}

// bendHeard reports whether a connection counts as heard of that nothing came from since that was told.
func (c *conn) bendHeard() bool {
	heard := false
	failpoint.Inject("bugHeardForever", func(_ failpoint.Value) { heard = c.heard })
	return heard
}

// bendOver reports whether the time of a session that is over is counted on.
func bendOver() bool {
	on := false
	failpoint.Inject("bugDeadlinesStay", func(_ failpoint.Value) { on = true })
	return on
}

// bendNotTouched reports whether a session that is attached anew keeps the deadline that it had.
func (n *Node) bendNotTouched(id int64) bool {
	_, known := n.expirer.deadlines[id]
	kept := false
	failpoint.Inject("bugAttachKeepsDeadline", func(_ failpoint.Value) { kept = known })
	return kept
}
