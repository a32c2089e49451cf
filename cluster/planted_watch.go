package cluster

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// What the planted bugs of watches do; see planted.go.

// bendWatch is called when a read would set its watch. It reports whether bugWatchSetLate holds the watch back.
func (n *Node) bendWatch(c *conn, r wire.Request, code wire.Code) bool {
	late := false
	failpoint.Inject("bugWatchSetLate", func(_ failpoint.Value) {
		late = true
		n.planted.watches = append(n.planted.watches, func() { n.watchFor(c, r, code) })
	})
	return late
}

// bendEvent is called when an event would be sent. It reports whether bugWatchAfterData holds it back.
func (n *Node) bendEvent(f firedEvent) bool {
	late := false
	failpoint.Inject("bugWatchAfterData", func(_ failpoint.Value) {
		late = true
		n.planted.events = append(n.planted.events, f)
	})
	return late
}

// bendTick sends the events and sets the watches that were held back since the last tick.
func (n *Node) bendTick() {
	for _, f := range n.planted.events {
		n.deliverEvent(f)
	}
	n.planted.events = nil
	for _, set := range n.planted.watches {
		set()
	}
	n.planted.watches = nil
}

// bendOrder returns which of the events of a transaction is sent as number k.
func bendOrder(k, events int) int {
	i := k
	if events > 1 {
		failpoint.Inject("bugEventsReversed", func(_ failpoint.Value) { i = events - 1 - k })
	}
	return i
}
