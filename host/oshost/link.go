package oshost

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"ordeal/host"
)

const (
	// linkQueue is how many bytes may wait for a peer. What comes when it is full is dropped: messages may be lost,
	// and the sender has to be prepared for it anyway.
	linkQueue = 64 << 20
	// dialTimeout is how long a peer may take to answer a call.
	dialTimeout = 5 * time.Second
	// A peer is called again after a pause between these, doubled at each failure.
	redialMin = 20 * time.Millisecond
	redialMax = 2 * time.Second
	// beatEvery is how often the called machine says that it is there, and after silentMax without a word the caller
	// gives the connection up. TCP alone would take a quarter of an hour to find that a machine is gone.
	beatEvery = time.Second
	silentMax = 6 * time.Second
)

// link is a machine's way to one peer: a connection that it dials, and dials again, for messages in that direction
// only. The peer has a link of its own for the other.
type link struct {
	hello   hello
	address string // host:port
	tls     *tls.Config
	out     *outbox
	dirty   bool // the loop's own: it has something to write; see flusher
	live    context.Context
	leave   context.CancelFunc // ends the link
	log     *slog.Logger
}

func newLink(m *Machine, to host.Addr, address string) *link {
	live, leave := context.WithCancel(m.live)
	return &link{
		hello:   hello{cluster: m.cfg.Cluster, from: m.cfg.Self, to: to},
		address: address,
		tls:     m.cfg.PeerTLS,
		out:     newOutbox(linkQueue),
		live:    live,
		leave:   leave,
		log:     m.cfg.Logger.With("peer", string(to)),
	}
}

// run keeps the link up until the machine ends.
func (l *link) run() {
	pause := redialMin
	for l.live.Err() == nil {
		err := l.connect(func() { pause = redialMin })
		if pause == redialMin {
			l.log.Debug("no connection to a peer", "err", err)
		}
		l.out.writeDirectly(nil)
		l.out.drop() // it was meant for the moment that is over
		l.rest(pause/2 + time.Duration(rand.Int64N(int64(pause))))
		pause = min(2*pause, redialMax)
	}
}

func (l *link) rest(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.live.Done():
	}
}

// connect calls the peer and carries messages to it until the connection breaks. It says so when the peer accepts.
func (l *link) connect(accepted func()) error {
	dialer := net.Dialer{Timeout: dialTimeout}
	nc, err := dialer.DialContext(l.live, "tcp", l.address)
	if err != nil {
		return err
	}
	plain := nc
	defer plain.Close()
	defer context.AfterFunc(l.live, func() { plain.Close() })()
	if l.tls != nil {
		if nc, err = dialTLS(l.live, nc, l.address, l.tls); err != nil {
			return err
		}
	}
	if _, err := nc.Write(l.hello.encode()); err != nil {
		return err
	}
	if err := hearBeat(nc, dialTimeout); err != nil {
		return err
	}
	accepted()
	l.out.writeDirectly(directOf(nc))
	return l.carry(nc)
}

// carry writes messages and listens for the beat at once; the end of one is the end of the other.
func (l *link) carry(nc net.Conn) error {
	broken, written := make(chan struct{}), make(chan error, 1)
	go func() {
		err := l.out.writeTo(nc, silentMax, broken)
		nc.Close()
		written <- err
	}()
	var err error
	for err == nil {
		err = hearBeat(nc, silentMax)
	}
	nc.Close()
	close(broken)
	return errors.Join(err, <-written)
}

// hearBeat waits for a beat. The peer sends nothing else.
func hearBeat(nc net.Conn, patience time.Duration) error {
	if err := nc.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	var b [1]byte
	if _, err := io.ReadFull(nc, b[:]); err != nil {
		return err
	}
	if b[0] != beat {
		return errors.New("what answers at the peer's address does not speak this protocol")
	}
	return nil
}
