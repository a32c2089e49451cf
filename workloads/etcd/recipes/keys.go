package recipes

import (
	"errors"
	"time"

	"ordeal/cluster/etcdrecipes"
	"ordeal/cluster/etcdwire"
	"ordeal/workloads/clients"
)

// keys asks servers on a client's behalf, until an instant of its clock.
type keys struct {
	w     *worker
	until time.Duration
}

var _ etcdrecipes.Keys = keys{}

// keysFor asks for so long; for a negative time, for ever.
func (w *worker) keysFor(patience time.Duration) keys {
	if patience < 0 {
		return keys{w, forever}
	}
	return keys{w, w.c.Now() + patience}
}

// keys asks for as long as an operation may take.
func (w *worker) keys() keys { return w.keysFor(w.c.Patience()) }

var (
	errNotSent = errors.New("the request was not sent, for want of a connection")
	errSilent  = errors.New("no answer came in time")
	errBroken  = errors.New("the connection broke before the answer came")
	errUnread  = errors.New("nothing could be read in time")
)

// refusal is an answer that a request was not carried out.
type refusal struct{ status etcdwire.Status }

func (r refusal) Error() string { return r.status.Text }

// outcomeOf is what an error says of the effect of what was asked last.
func outcomeOf(err error) clients.Outcome {
	var refused refusal
	switch {
	case err == nil:
		return clients.Done
	case errors.Is(err, errNotSent), errors.Is(err, errUnread), gone(err):
		return clients.NoEffect
	case errors.As(err, &refused) && refused.status.Code != etcdwire.Unavailable:
		return clients.NoEffect
	}
	return clients.Unknown
}

// gone says that what a client waited for is not its own, since its lease was over.
func gone(err error) bool {
	return errors.Is(err, errLost) || errors.Is(err, etcdrecipes.ErrSessionExpired)
}

// Ask implements etcdrecipes.Keys. What only reads is asked of one server after another; what may have had an effect is
// asked once.
func (k keys) Ask(method string, request, answer etcdwire.Message) error {
	for reads := method == etcdwire.MethodRange; ; {
		if !k.connected() {
			return errNotSent
		}
		err := k.once(method, request, answer)
		switch {
		case err == nil, !reads:
			return err
		case errors.As(err, new(refusal)) && outcomeOf(err) == clients.NoEffect:
			return err
		}
		k.w.leave()
		if k.w.c.Now() >= k.until {
			return errUnread
		}
	}
}

// connected makes sure that there is a connection, while there is time.
func (k keys) connected() bool {
	for !k.w.ready() {
		if k.w.c.Now() >= k.until {
			return false
		}
		k.w.dial()
	}
	return true
}

// once asks the server that the client is connected to. A client leaves one that does not answer.
func (k keys) once(method string, request, answer etcdwire.Message) error {
	w, c := k.w, k.w.conn
	until := k.until
	if method == etcdwire.MethodRange || until == forever {
		until = min(until, w.c.Now()+silenceMax)
	}
	one := c.begin(method, request)
	w.await(until, func() bool { return one.ended || c.closed })
	switch {
	case !one.ended && c.closed:
		w.leave()
		return errBroken
	case !one.ended:
		w.leave()
		return errSilent
	case one.status.Code != etcdwire.OK:
		return refusal{one.status}
	case len(one.messages) == 0:
		return errBroken
	}
	return etcdwire.Decode(one.messages[0], answer)
}

// Watch implements etcdrecipes.Keys. When the connection is lost, or says nothing, the watch goes on at another server.
func (k keys) Watch(r *etcdwire.WatchCreateRequest,
	f func(*etcdwire.ResponseHeader, *etcdwire.Event) (bool, error)) error {
	request := *r
	for k.connected() {
		more, err := k.watchOnce(&request, f)
		if !more || err != nil {
			return err
		}
		if k.w.c.Now() >= k.until {
			break
		}
		k.w.leave()
	}
	return errUnread
}

// watchOnce watches at the server that the client is connected to. more says that the watch is to go on, from the
// revision that the request then has.
func (k keys) watchOnce(r *etcdwire.WatchCreateRequest,
	f func(*etcdwire.ResponseHeader, *etcdwire.Event) (bool, error)) (more bool, err error) {
	w, c := k.w, k.w.conn
	one := c.begin(etcdwire.MethodWatch, &etcdwire.WatchRequest{Create: r})
	defer c.cancel(one)
	c.heard = w.c.Now()
	came := func() bool { return len(one.messages) > 0 || one.ended || c.closed }
	for {
		for !came() && w.c.Now() < k.until && w.c.Now() < c.heard+silenceMax {
			w.await(min(k.until, c.heard+silenceMax), came)
		}
		if len(one.messages) == 0 {
			return true, nil
		}
		m := &etcdwire.WatchResponse{}
		if err := etcdwire.Decode(one.messages[0], m); err != nil {
			return false, err
		}
		one.messages = one.messages[1:]
		switch {
		case m.Canceled && m.CompactRevision > 0:
			return false, refusal{etcdwire.ErrCompacted}
		case m.Canceled:
			return false, refusal{etcdwire.Status{Code: etcdwire.Unknown, Text: m.CancelReason}}
		case m.Created && r.StartRevision == 0:
			r.StartRevision = m.Header.Revision + 1
		}
		for i := range m.Events {
			if more, err := f(m.Header, &m.Events[i]); err != nil || !more {
				return false, err
			}
			r.StartRevision = m.Events[i].KV.ModRevision + 1
		}
	}
}
