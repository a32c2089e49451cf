package oshost

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"ordeal/host"
)

const (
	// strangersMax is how many callers may be about to say who they are. Others wait at the port.
	strangersMax = 32
	// helloTimeout is how long each may take.
	helloTimeout = 5 * time.Second
	// messageMax is the largest message in bytes: it may be a whole snapshot.
	messageMax = 1 << 30
	// unknownMax is how many machines may have a connection here that this one does not know.
	unknownMax = 64
)

// peerPort takes messages from peers. A machine has one connection here, its latest, so there are never more than
// peers, unknownMax and strangersMax. One that belongs to the cluster need not be known yet: it may have come while
// this one was away. What to make of what it says is the program's business.
type peerPort struct {
	m         *Machine
	strangers chan struct{}

	mu      sync.Mutex
	callers map[host.Addr]net.Conn
}

func newPeerPort(m *Machine) *peerPort {
	return &peerPort{m: m, strangers: make(chan struct{}, strangersMax), callers: map[host.Addr]net.Conn{}}
}

func (p *peerPort) run() {
	p.m.acceptFrom(p.m.peerPort, func(nc net.Conn) {
		select {
		case p.strangers <- struct{}{}:
			p.m.task(func() { p.serve(nc) })
		case <-p.m.live.Done():
			nc.Close()
		}
	})
}

// serve hears a caller out and takes its messages until the connection breaks.
func (p *peerPort) serve(nc net.Conn) {
	plain := nc
	defer plain.Close()
	defer context.AfterFunc(p.m.live, func() { plain.Close() })()
	if config := p.m.cfg.PeerTLS; config != nil {
		nc = tls.Server(nc, config) // shakes hands when it is first read from
	}
	r := bufio.NewReaderSize(nc, 4*readBuffer)
	h, err := p.greet(nc, r)
	if err == nil {
		err = p.replace(h.from, nc)
	}
	<-p.strangers
	if err != nil {
		p.m.counters.peersRefused.Add(1)
		p.m.cfg.Logger.Debug("refused a caller on the peer port", "caller", nc.RemoteAddr(), "err", err)
		return
	}
	defer p.forget(h.from, nc)
	live, leave := context.WithCancel(p.m.live)
	p.m.task(func() { sendBeats(live, nc) })
	defer leave()
	for {
		payload, err := readFrame(r, messageMax)
		if err != nil || !p.m.inbox.Put(event{kind: eventReceive, from: h.from, payload: payload}, len(payload)) {
			return
		}
	}
}

func (p *peerPort) greet(nc net.Conn, r *bufio.Reader) (hello, error) {
	if err := nc.SetDeadline(time.Now().Add(helloTimeout)); err != nil {
		return hello{}, err
	}
	h, err := readHello(r)
	if err == nil {
		err = h.check(&p.m.cfg)
	}
	if err == nil {
		err = nc.SetDeadline(time.Time{})
	}
	return h, err
}

// replace records a machine's connection and closes the one before, which the caller has given up.
func (p *peerPort) replace(from host.Addr, nc net.Conn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.callers[from]
	if before != nil {
		before.Close()
	} else if !p.m.peers.has(from) && p.unknown() >= unknownMax {
		return fmt.Errorf("%q is not known, and neither are %d others", from, unknownMax)
	}
	p.callers[from] = nc
	return nil
}

// unknown counts the callers that this machine does not know.
func (p *peerPort) unknown() (n int) {
	for name := range p.callers {
		if !p.m.peers.has(name) {
			n++
		}
	}
	return n
}

func (p *peerPort) forget(from host.Addr, nc net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.callers[from] == nc {
		delete(p.callers, from)
	}
}

// sendBeats tells the caller, at once and then regularly, that this machine is there.
func sendBeats(live context.Context, nc net.Conn) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		if err := nc.SetWriteDeadline(time.Now().Add(silentMax)); err != nil {
			return
		}
		if _, err := nc.Write([]byte{beat}); err != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-live.Done():
			return
		}
	}
}
