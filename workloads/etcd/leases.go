package etcd

import (
	"ordeal/cluster/etcdwire"
)

// chosenLeases is how many ids there are that clients choose.
const chosenLeases = 6

// drawLease draws a lease that was granted, or one that may be there.
func (w *worker) drawLease() int64 {
	for _, list := range [][]int64{w.e.leases, w.e.long} {
		if n := len(list); n > 0 && w.c.Chance(50) {
			return list[w.c.Rand().IntN(n)]
		}
	}
	return int64(1 + w.c.Rand().IntN(chosenLeases))
}

// drawGrant draws a grant. Most leases last a few seconds.
func (w *worker) drawGrant() drawn {
	r := &etcdwire.LeaseGrantRequest{TTL: int64(1 + w.c.Rand().IntN(4))}
	switch n := w.c.Rand().IntN(100); {
	case n < 25:
		r.TTL = int64(longTTL + w.c.Rand().IntN(10))
	case n < 28:
		r.TTL = -1
	case n < 30:
		r.TTL = 9_000_000_001
	}
	if w.c.Chance(50) {
		r.ID = int64(1 + w.c.Rand().IntN(chosenLeases))
	}
	return of(etcdwire.MethodLeaseGrant, r, false)
}

func (w *worker) drawRevoke() drawn {
	return of(etcdwire.MethodLeaseRevoke, &etcdwire.LeaseRevokeRequest{ID: w.drawLease()}, false)
}

// drawAlive draws a keep-alive. That one without an answer may have had an effect only makes a lease last longer.
func (w *worker) drawAlive() drawn {
	id := w.drawLease()
	return named("alive", []any{id}, etcdwire.MethodKeepAlive, &etcdwire.LeaseKeepAliveRequest{ID: id}, false)
}

func (w *worker) drawLeft() drawn {
	r := &etcdwire.LeaseTimeToLiveRequest{ID: w.drawLease(), Keys: w.c.Chance(60)}
	return named("left", []any{r.ID, r.Keys}, "/etcdserverpb.Lease/LeaseTimeToLive", r, true)
}
