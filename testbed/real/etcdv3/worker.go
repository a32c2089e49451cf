package etcdv3

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"

	"ordeal/host"
	"ordeal/workloads/clients"
)

// worker is what a client does in a trial.
type worker struct {
	v       *visit
	c       *clients.Client
	client  *clientv3.Client
	session *concurrency.Session
	lease   int64 // the session's, or the one that the client has granted itself; 0 for none
	retries int   // releases that are being tried again beside the client's turns
	seen    map[string]int64
	watches []*watch
	// tokens are those of locks that the client was given.
	tokens map[int64]bool
	// answered is the revision that the last answer showed.
	answered int64
}

var _ clients.Behaviour = (*worker)(nil)

func newWorker(v *visit, c *clients.Client) *worker {
	return &worker{v: v, c: c, seen: map[string]int64{}, tokens: map[int64]bool{}}
}

// How long a client waits.
const (
	graceMax    = time.Second // for a call whose time is over to come back
	steadyMax   = 5 * time.Second
	redialPause = 50 * time.Millisecond
)

var errStuck = errors.New("the call did not come back, and its client was closed")

// patience is how long the client waits for one call.
func (w *worker) patience() time.Duration {
	if p := w.c.Patience(); p > 0 {
		return p
	}
	return steadyMax
}

// call calls etcd's client, for so long at most, while other clients take their turns. A call that does not come back
// even then is ended by closing the client.
func (w *worker) call(patience time.Duration, f func(ctx context.Context) error) (err error) {
	client := w.client
	w.v.Aside(w.c.Process, func(live context.Context) {
		ctx, cancel := context.WithTimeout(live, patience)
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- f(ctx) }()
		select {
		case err = <-done:
			return
		case <-ctx.Done():
		}
		select {
		case err = <-done:
		case <-time.After(graceMax):
			_ = client.Close() // so that the call comes back
			<-done
			err = errStuck
		}
	})
	if errors.Is(err, errStuck) {
		w.forget()
	}
	return err
}

// forget gives up the client and its session, which ends by itself.
func (w *worker) forget() { w.client, w.session, w.lease = nil, nil, 0 }

// Connect implements clients.Behaviour.
func (w *worker) Connect(_ *clients.Client, until time.Duration) bool {
	for {
		if w.ready() {
			return true
		}
		if w.c.Elapsed() >= until {
			return false
		}
		w.c.Sleep(redialPause)
	}
}

// ready makes sure that there is a client, and a session if the workload has those.
func (w *worker) ready() bool {
	if w.client == nil && !w.dial() {
		return false
	}
	if !w.v.kind.sessions {
		return true
	}
	if w.session != nil {
		select {
		case <-w.session.Done():
			w.session, w.lease = nil, 0
		default:
			return true
		}
	}
	return w.begin()
}

func (w *worker) dial() bool {
	var c *clientv3.Client
	var err error
	if w.v.kind.users {
		who := w.who()
		w.v.Aside(w.c.Process, func(context.Context) { c, err = w.v.dialAs(who, w.c.Self(), w.v.Servers...) })
	} else {
		c, err = w.v.dial(w.c.Self(), w.v.Servers...)
	}
	if err != nil {
		return false
	}
	w.client = c
	w.v.open = append(w.v.open, c)
	return true
}

// begin begins a session, and leaves a mark of it.
func (w *worker) begin() bool {
	var s *concurrency.Session
	client, asked := w.client, w.v.Now()
	err := w.call(w.patience(), func(ctx context.Context) error {
		grant, err := client.Grant(ctx, ttl)
		if err != nil {
			return err
		}
		if s, err = concurrency.NewSession(client, concurrency.WithLease(grant.ID)); err != nil {
			return err
		}
		_, err = client.Put(ctx, markOf(int64(s.Lease())), "", clientv3.WithLease(s.Lease()))
		return err
	})
	if err != nil {
		if s != nil {
			s.Orphan() // its lease ends by itself
		}
		return false
	}
	w.session, w.lease = s, int64(s.Lease())
	w.v.leases.granted(w.lease, asked)
	return true
}

// abandon leaves the session to end by itself.
func (w *worker) abandon() {
	if w.session != nil {
		w.session.Orphan()
	}
	w.session, w.lease = nil, 0
}

// finish ends the session.
func (w *worker) finish() {
	s := w.session
	if s == nil || w.client == nil {
		return
	}
	w.v.leases.wanted(w.lease)
	w.session, w.lease = nil, 0
	_ = w.call(w.patience(), func(context.Context) error { return s.Close() }) // else it ends by itself
}

// Turn implements clients.Behaviour.
func (w *worker) Turn(*clients.Client) { w.v.kind.step(w) }

// Probe implements clients.Behaviour.
func (w *worker) Probe(*clients.Client) bool { return w.v.kind.probe(w) }

// Drain implements clients.Behaviour: everything is read once more.
func (w *worker) Drain(_ *clients.Client, i, _ int) {
	w.c.Insist(func() bool {
		switch {
		case w.v.Workload == "keys":
			return w.drainKeys(i)
		case w.v.Workload == "register":
			return w.drainRegisters()
		case w.v.Workload == "bank":
			return w.readByRange()
		}
		return true
	})
}

// Standing implements clients.Behaviour. Which server answers is the client's own affair.
func (w *worker) Standing() (session int64, server host.Addr) { return w.lease, "" }

// Close implements clients.Behaviour. Watches go on: they are to be told of what comes.
func (w *worker) Close(*clients.Client) {
	for until := w.c.Now() + steadyMax; w.retries > 0 && w.c.Now() < until; {
		w.c.Sleep(redialPause)
	}
	w.finish()
}

// one carries out an operation that one call makes.
func (w *worker) one(key, f string, argument any, reads bool, call func(ctx context.Context) (any, int64, error),
) (result any, outcome clients.Outcome) {
	return w.c.Do(key, f, argument, func() (any, clients.Outcome, error) {
		return w.ask(w.patience(), reads, call)
	})
}

// ask makes a call, and notes the revision that its answer shows, which the call returns; 0 for none.
func (w *worker) ask(patience time.Duration, reads bool, call func(ctx context.Context) (any, int64, error)) (any,
	clients.Outcome, error) {
	began := len(w.v.Record.Ops()) - 1
	var result any
	var revision int64
	err := w.call(patience, func(ctx context.Context) (err error) {
		result, revision, err = call(ctx)
		return err
	})
	switch {
	case err == nil:
		if revision > 0 {
			w.v.show(began, revision)
			w.answered = revision
		}
		return result, clients.Done, nil
	case reads:
		return nil, clients.NoEffect, err
	}
	return nil, clients.Unknown, err
}

// refusals are what the store says of requests that it did not carry out.
var refusals = []error{
	rpctypes.ErrLeaseNotFound, rpctypes.ErrCompacted, rpctypes.ErrFutureRev, rpctypes.ErrKeyNotFound,
}

// refused says with which of those words a request was refused.
func refused(err error) (text string, yes bool) {
	for _, r := range refusals {
		if errors.Is(err, r) {
			return r.Error(), true
		}
	}
	return "", false
}
