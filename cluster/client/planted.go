package client

import (
	"time"

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

// bendContact is when something left that was answered now: for bugContactIsAnswer, now.
func (c *Client) bendContact(sent time.Duration) time.Duration {
	failpoint.Inject("bugContactIsAnswer", func(_ failpoint.Value) { sent = c.p.Now() })
	return sent
}

// bendQueue has what waited sent before the watches are set again.
func (l *link) bendQueue() {
	failpoint.Inject("bugQueueBeforeWatches", func(_ failpoint.Value) { l.sendQueue() })
}

// bendSplit reports whether the watch that another request begins with is left out.
func bendSplit() bool {
	left := false
	failpoint.Inject("bugWatchesSplit", func(_ failpoint.Value) { left = true })
	return left
}

// bendPinged is what is noted of the ping under way when it is answered: that there is none, or, for bugPingsOnce, that
// it is under way still.
func (l *link) bendPinged() time.Duration {
	pinged := noPing
	failpoint.Inject("bugPingsOnce", func(_ failpoint.Value) { pinged = l.pinged })
	return pinged
}

// bendRefused reports whether a claim that was refused is made again on every connection.
func bendRefused() bool {
	again := false
	failpoint.Inject("bugRefusedClaimAgain", func(_ failpoint.Value) { again = true })
	return again
}

// bendSilence returns how long a server may be silent: for bugSilentServerKept, thrice as long as it may.
func (c *Client) bendSilence(most time.Duration) time.Duration {
	failpoint.Inject("bugSilentServerKept", func(_ failpoint.Value) { most *= 3 })
	return most
}

// bendAttempt returns how long an attempt to get a session may take: for bugAttemptTooLong, its timeout and half of it.
func (c *Client) bendAttempt(most time.Duration) time.Duration {
	failpoint.Inject("bugAttemptTooLong", func(_ failpoint.Value) { most = c.timeout * 3 / 2 })
	return most
}

// bendClaims returns what is claimed again on another connection: for bugClaimsOnce, the newest claim alone.
func bendClaims(claims []*claim) []*claim {
	failpoint.Inject("bugClaimsOnce", func(_ failpoint.Value) { claims = claims[max(0, len(claims)-1):] })
	return claims
}

// bendAway is called with a claim that waits for a connection: bugClaimAway forgets one that has had another before.
func (c *Client) bendAway(a *claim) {
	failpoint.Inject("bugClaimAway", func(_ failpoint.Value) {
		if c.links > 0 {
			c.disclaim(a)
		}
	})
}

// bendPath is the path of an event as watches know it: for bugEventUnchrooted, as the servers do.
func (c *Client) bendPath(path, theirs string) string {
	failpoint.Inject("bugEventUnchrooted", func(_ failpoint.Value) { path = theirs })
	return path
}
