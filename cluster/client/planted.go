package client

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// bendUnlinked is called when a connection is given up, with the requests that were sent on it and not answered, and
// returns those that stay unknown: all in a plain build. The planted bug bugRequestsResent has the next connection send
// them once more.
func (c *Client) bendUnlinked(flying []*call) []*call {
	failpoint.Inject("bugRequestsResent", func(_ failpoint.Value) { flying = c.takeBack(flying) })
	return flying
}

func (c *Client) takeBack(flying []*call) (rest []*call) {
	var again []*call
	for _, k := range flying {
		if c.state == serving && k.xid != wire.XidSetWatches && k.deadline > c.p.Now() {
			k.xid = 0
			again = append(again, k)
		} else {
			rest = append(rest, k)
		}
	}
	c.queue = append(again, c.queue...)
	return rest
}
