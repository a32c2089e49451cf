package recipes

import (
	"math"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// worker is what a client does in a trial.
type worker struct {
	e    *Env
	c    *clients.Client
	p    host.Process // of the connection that is in use: the client's with its chance
	wake host.Signal
	conn *conn
	next int // the server that is tried next

	// lease is the client's session, 0 if it has none, for as long as until by its own clock unless it is over; the next
	// sign of life is due at renew.
	lease        int64
	ttl          time.Duration
	until, renew time.Duration
	over         bool

	waits          *object        // what the client waits for
	had            map[int64]bool // the tokens that its leases were granted
	owed           []owed         // what it could not give back for want of an answer
	process, items int64          // the number by which its items are named, and how many it has put into queues
}

// owed is a key that was to be freed.
type owed struct {
	key   []byte
	made  int64
	tries int
}

const (
	// sessionTTL is the time of a client's lease, in seconds.
	sessionTTL = 3
	// dialPatience is how long a server may take to accept a connection, and redialPause how long the client waits if it
	// did not.
	dialPatience = time.Second
	redialPause  = 50 * time.Millisecond
	// silenceMax is for how long a client listens to a server that says nothing.
	silenceMax = 2 * time.Second
	// partingPatience is how long a client waits for what it leaves to be gone.
	partingPatience = 2 * time.Second
	forever         = time.Duration(math.MaxInt64)
)

var _ clients.Behaviour = (*worker)(nil)

// Connect implements clients.Behaviour.
func (w *worker) Connect(c *clients.Client, until time.Duration) bool {
	w.begun(c)
	for !w.ready() || w.e.workload.EndsSessions && !w.standing() {
		if c.Elapsed() >= until {
			return false
		}
		if !w.ready() {
			w.dial()
		} else {
			w.grant()
		}
	}
	return true
}

func (w *worker) begun(c *clients.Client) {
	w.c = c
	if w.wake == nil {
		w.wake, w.next, w.process = c.NewSignal(), c.Number(), int64(c.NewProcess())
	}
}

func (w *worker) ready() bool { return w.conn != nil && w.conn.open && !w.conn.closed }

// standing says that the client has a lease, as far as it knows.
func (w *worker) standing() bool { return w.lease != 0 && !w.over && w.c.Now() < w.until }

// dial tries to connect to the next server.
func (w *worker) dial() {
	w.leave()
	w.p = w.c.NextSession()
	c := &conn{w: w, calls: map[uint64]*call{}, heard: w.c.Now()}
	c.server = w.e.cfg.Servers[w.next%len(w.e.cfg.Servers)]
	w.next++
	c.c = w.p.Dial(c.server, c)
	w.conn = c
	c.c.Send([]byte(etcdwire.Preface))
	w.await(w.c.Now()+dialPatience, func() bool { return c.open || c.closed })
	if w.ready() {
		w.renew = w.c.Now()
		return
	}
	w.leave()
	w.p.Sleep(redialPause)
}

// leave closes the connection, if there is one.
func (w *worker) leave() {
	if w.conn != nil {
		w.conn.closed = true
		w.conn.c.Close()
		w.conn = nil
	}
}

// grant gets the client a lease.
func (w *worker) grant() {
	w.abandon()
	asked, r := w.c.Now(), &etcdwire.LeaseGrantResponse{}
	k := w.keysFor(partingPatience)
	if k.Ask(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{TTL: sessionTTL}, r) != nil {
		return
	}
	w.lease, w.ttl = r.ID, time.Duration(r.TTL)*time.Second
	w.until, w.renew = asked+w.ttl, asked+w.ttl/3
}

// abandon leaves the client's lease to end, as a client does that died. The next turn has another.
func (w *worker) abandon() {
	w.lease, w.over, w.owed = 0, false, nil
}

// revoke ends a lease.
func (w *worker) revoke(lease int64) error {
	return w.keysFor(partingPatience).Ask(etcdwire.MethodLeaseRevoke, &etcdwire.LeaseRevokeRequest{ID: lease},
		&etcdwire.LeaseRevokeResponse{})
}

// await waits until done, and keeps the lease alive meanwhile. It says whether it is done, or the time is over.
func (w *worker) await(until time.Duration, done func() bool) bool {
	for !done() {
		now := w.c.Now()
		if now >= until {
			return false
		}
		left := until - now
		if w.lease != 0 && w.ready() {
			if now >= w.renew {
				w.renew = now + w.ttl/3
				w.conn.keepAlive(w.lease)
			}
			left = min(left, w.renew-now)
		}
		w.wake.Wait(left)
	}
	return true
}

// sleep lets time pass, and keeps the lease alive.
func (w *worker) sleep(d time.Duration) { w.await(w.c.Now()+d, func() bool { return false }) }

// Turn implements clients.Behaviour.
func (w *worker) Turn(c *clients.Client) {
	w.begun(c)
	if c.Chance(3) {
		w.leave()
		w.dial()
	}
	place := c.Number()
	if c.Chance(20) {
		place = c.Rand().IntN(len(w.e.places))
	}
	w.e.workload.step(w, w.e.object(place))
}

// do records an operation on an object.
func (w *worker) do(o *object, f string, argument any, op func() (any, clients.Outcome, error)) (any, clients.Outcome) {
	return w.c.Do(o.key, f, argument, func() (any, clients.Outcome, error) {
		o.ops++
		o.infos++ // for one in whose middle the machine crashes
		result, outcome, err := op()
		if outcome != clients.Unknown {
			o.infos--
		}
		return result, outcome, err
	})
}

// Standing implements clients.Behaviour.
func (w *worker) Standing() (session int64, server host.Addr) {
	if w.ready() {
		server = w.conn.server
	}
	return w.lease, server
}

// Close implements clients.Behaviour: the session ends.
func (w *worker) Close(c *clients.Client) {
	w.begun(c)
	if w.lease != 0 && w.ready() {
		_ = w.revoke(w.lease) // else it ends by itself
	}
	w.abandon()
	w.leave()
}

// Probe implements clients.Behaviour.
func (w *worker) Probe(c *clients.Client) bool {
	w.begun(c)
	return w.e.workload.probe(w, w.e.places[(c.Number()-1)%len(w.e.places)])
}

// Drain implements clients.Behaviour.
func (w *worker) Drain(c *clients.Client, i, n int) {
	w.begun(c)
	for ; i < len(w.e.objects); i += n {
		c.Insist(func() bool { return w.e.workload.drain(w, w.e.objects[i]) })
	}
}
