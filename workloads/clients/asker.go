package clients

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ordeal/host"
)

var (
	// ErrNotSent means that no server could be connected to in time. The request was not sent, and has no effect.
	ErrNotSent = errors.New("the request was not sent, for want of a connection")
	// ErrBroken means that the connection broke before the answer came. The request may have been carried out, or may
	// be yet.
	ErrBroken = errors.New("the connection broke before the answer came")
	// ErrNoAnswer means that no answer came in time. The request may have been carried out, or may be yet.
	ErrNoAnswer = errors.New("no answer came in time")
)

// OutcomeOf is what an error of Ask says of the request's effect: Done for nil, as there is an answer, which may of
// course be that the service refused; NoEffect for ErrNotSent; and Unknown for any other. A request that can have no
// effect, as a read, is NoEffect after any error.
func OutcomeOf(err error) Outcome {
	switch {
	case err == nil:
		return Done
	case errors.Is(err, ErrNotSent):
		return NoEffect
	}
	return Unknown
}

const (
	// dialPatience is how long a server may take to accept a connection before the next one is tried.
	dialPatience = time.Second
	// redialPause is the pause after an attempt to connect that failed.
	redialPause = 50 * time.Millisecond
	// againPause is the pause before a request is sent again.
	againPause = 20 * time.Millisecond
)

// Asker asks the servers of a service in whose protocol a request is one frame and its answer is one frame. It has one
// connection at a time and one request under way. After a request without an answer it closes the connection, so that a
// late answer is never taken for the next one's, and goes on with the next server. It has the methods of a Behaviour
// that have to do with connections: embed it.
type Asker struct {
	// Answers, unless it is nil, says whether a frame is the answer to request: by a number that both begin with, say.
	// Other frames are ignored. Without it, every frame that comes while a request is under way is the answer to it.
	// Frames that come while none is are ignored in any case.
	Answers func(request, frame []byte) bool

	p       host.Process
	servers []host.Addr
	next    int   // index of the server to try next
	link    *link // the connection in use, nil for none
	wake    host.Signal
}

// NewAsker makes an Asker of a client. It needs at least one server, and begins with one that chance picks. It connects
// when it is asked to, or for the first request.
func NewAsker(c *Client, servers []host.Addr) *Asker {
	if len(servers) == 0 {
		panic("clients: an Asker needs at least one server")
	}
	p := c.NextSession()
	return &Asker{p: p, servers: slices.Clone(servers), next: p.Rand().IntN(len(servers)), wake: p.NewSignal()}
}

// Ask sends a request, over a new connection if need be, and waits for its answer; the time for connecting is part of
// patience, which may be Forever. The caller owns both frames. The error is ErrNotSent, or names the server and
// wraps ErrBroken or ErrNoAnswer: see OutcomeOf.
func (a *Asker) Ask(request []byte, patience time.Duration) (answer []byte, err error) {
	until := a.until(patience)
	for !a.connected() {
		if a.p.Now() >= until {
			return nil, ErrNotSent
		}
		a.dial(until)
	}
	l := a.link
	l.ask(request)
	a.await(until, func() bool { return !l.pending || l.closed })
	if !l.pending {
		return l.answer, nil
	}
	err = ErrNoAnswer
	if l.closed {
		err = ErrBroken
	}
	a.drop()
	return nil, fmt.Errorf("%s: %w", l.server, err)
}

// AskAgain asks one server after another, each for so long, until one answers and final accepts the answer. It is for a
// request that has one effect however often it is sent, by a number that it carries. final says of an answer that is
// none, as of a server that does not lead, which server is to be asked next; "" for any. The error is ErrNotSent if all
// that was sent was answered so, for then there was no effect. Without a final every answer is one.
func (a *Asker) AskAgain(
	request []byte, each, patience time.Duration, final func(answer []byte) (ok bool, next host.Addr),
) (answer []byte, err error) {
	err = ErrNotSent
	for until := a.until(patience); a.p.Now() < until; a.p.Sleep(againPause) {
		answer, failed := a.Ask(request, min(each, until-a.p.Now()))
		if failed != nil {
			if OutcomeOf(failed) == Unknown {
				err = failed
			}
			continue
		}
		if final == nil {
			return answer, nil
		}
		ok, next := final(answer)
		if ok {
			return answer, nil
		}
		a.Redial(next)
	}
	return nil, err
}

// until is the instant that lies patience ahead on the client's clock.
func (a *Asker) until(patience time.Duration) time.Duration {
	if patience < 0 {
		return never
	}
	return a.p.Now() + patience
}

// Redial closes the connection. The next one is to the server that is named, which need not be one of NewAsker's: the
// leader, say, that an answer names. With "" it is to the next in turn.
func (a *Asker) Redial(to host.Addr) {
	a.drop()
	if to == "" {
		return
	}
	if a.next = slices.Index(a.servers, to); a.next < 0 {
		a.next = len(a.servers)
		a.servers = append(a.servers, to)
	}
}

// Connect opens a connection unless there is one, as Behaviour has it.
func (a *Asker) Connect(c *Client, until time.Duration) bool {
	for !a.connected() {
		if c.Elapsed() >= until {
			return false
		}
		a.dial(never)
	}
	return true
}

// Standing is 0 and the server that the connection is to, as Behaviour has it: the service has no sessions.
func (a *Asker) Standing() (session int64, server host.Addr) {
	if !a.connected() {
		return 0, ""
	}
	return 0, a.link.server
}

// Close closes the connection, as Behaviour has it.
func (a *Asker) Close(*Client) { a.drop() }

func (a *Asker) connected() bool { return a.link != nil && !a.link.closed }

// dial tries to connect to the next server, until an instant at most. After a failure it waits for a moment, and the
// server behind it is the next.
func (a *Asker) dial(until time.Duration) {
	a.drop()
	l := &link{asker: a, server: a.servers[a.next]}
	l.conn = a.p.Dial(l.server, l)
	a.await(min(until, a.p.Now()+dialPatience), func() bool { return l.open || l.closed })
	a.link = l
	if l.open && !l.closed {
		return
	}
	a.drop()
	if left := until - a.p.Now(); left > 0 {
		a.p.Sleep(min(redialPause, left))
	}
}

// await waits until done, and until an instant at most.
func (a *Asker) await(until time.Duration, done func() bool) {
	for !done() {
		left := until - a.p.Now()
		switch {
		case until == never:
			left = Forever
		case left <= 0:
			return
		}
		a.wake.Wait(left)
	}
}

// drop closes the connection, if there is one. The next one is to the next server.
func (a *Asker) drop() {
	if a.link == nil {
		return
	}
	a.link.conn.Close()
	a.link = nil
	a.next = (a.next + 1) % len(a.servers)
}
