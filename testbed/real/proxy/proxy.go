// Package proxy carries connections of TCP between machines that share one network, a port for each way between two of
// them, and does to them what the nemesis asks of links: in real time, and with chance from a seed for each direction.
// It needs no rights. What it can't do is what happens to packets alone: lose, double or overtake.
package proxy

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
)

// Proxy carries connections. Its methods may be called from any goroutine.
type Proxy struct {
	mu      sync.Mutex
	links   map[nemesis.Way]*link
	chance  func(w nemesis.Way) *rand.Rand
	changed chan struct{} // closed, and replaced, when a link has changed
	done    chan struct{}
	closers map[*carried]bool
	ports   []net.Listener
	tasks   sync.WaitGroup

	count, resets uint64
}

// link is one direction of the way between two machines.
type link struct {
	rng          *rand.Rand
	worse        nemesis.Link
	cut, clogged bool
	free         time.Time // when it has carried what it was given
}

// New makes a proxy without ways. chance makes the stream of a direction, from which is drawn what becomes of what is
// carried there.
func New(chance func(w nemesis.Way) *rand.Rand) *Proxy {
	return &Proxy{
		links: make(map[nemesis.Way]*link), chance: chance, changed: make(chan struct{}), done: make(chan struct{}),
		closers: make(map[*carried]bool),
	}
}

// Open opens a way: what one machine sends to a port of the other comes to the address that is returned, and from there
// to the other's.
func (p *Proxy) Open(w nemesis.Way, listen, address string) (string, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", fmt.Errorf("proxy: the way %v: %w", w, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ports = append(p.ports, l)
	p.tasks.Go(func() { p.accept(l, w, address) })
	return l.Addr().String(), nil
}

func (p *Proxy) accept(l net.Listener, w nemesis.Way, address string) {
	for {
		caller, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many files are open, for one
			if !p.sleep(10 * time.Millisecond) {
				return
			}
			continue
		}
		p.tasks.Go(func() { p.carry(caller.(*net.TCPConn), w, address) })
	}
}

// Close ends all that is carried.
func (p *Proxy) Close() {
	p.mu.Lock()
	close(p.done)
	for _, l := range p.ports {
		l.Close()
	}
	for c := range p.closers {
		c.close()
	}
	p.mu.Unlock()
	p.tasks.Wait()
}

// Connections counts those that were carried, and those of them that the links have reset.
func (p *Proxy) Connections() (carried, reset uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count, p.resets
}

// sleep waits for so long; it reports false if the proxy is closed meanwhile.
func (p *Proxy) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return false
	case <-timer.C:
		return true
	}
}

// pass waits until something may go there in all these directions; it reports false if the proxy is closed, or what is
// gone tells that it is in vain.
func (p *Proxy) pass(gone <-chan struct{}, ways ...nemesis.Way) bool {
	for {
		p.mu.Lock()
		shut := slices.ContainsFunc(ways, func(w nemesis.Way) bool { return p.link(w).cut || p.link(w).clogged })
		changed := p.changed
		p.mu.Unlock()
		if !shut {
			return true
		}
		select {
		case <-changed:
		case <-gone:
			return false
		case <-p.done:
			return false
		}
	}
}

func (p *Proxy) link(w nemesis.Way) *link {
	l := p.links[w]
	if l == nil {
		l = &link{rng: p.chance(w)}
		p.links[w] = l
	}
	return l
}

// change changes a direction of a link.
func (p *Proxy) change(from, to host.Addr, f func(l *link)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p.link(nemesis.Way{From: from, To: to}))
	close(p.changed)
	p.changed = make(chan struct{})
}

// Cut holds up what connections send from one machine to the other, their ends too, and lets none begin; Mend ends
// that. It is what TCP makes of a cut that does not last too long: what was lost is sent again.
func (p *Proxy) Cut(from, to host.Addr) { p.change(from, to, func(l *link) { l.cut = true }) }

// Mend is described at Cut.
func (p *Proxy) Mend(from, to host.Addr) { p.change(from, to, func(l *link) { l.cut = false }) }

// Clog holds up what one machine sends to the other; Unclog ends that.
func (p *Proxy) Clog(from, to host.Addr) { p.change(from, to, func(l *link) { l.clogged = true }) }

// Unclog is described at Clog.
func (p *Proxy) Unclog(from, to host.Addr) { p.change(from, to, func(l *link) { l.clogged = false }) }

// Set makes a direction of a link worse than it is by nature, in place of what was set before; the zero value makes it
// what it is by nature. Of probabilities only CorruptPPM counts: that a piece of what is sent resets its connection.
func (p *Proxy) Set(from, to host.Addr, worse nemesis.Link) {
	p.change(from, to, func(l *link) { l.worse = worse })
}

// fate is when a piece of so many bytes is to be handed over that comes now, and whether it resets its connection.
func (p *Proxy) fate(w nemesis.Way, bytes int) (due time.Time, reset bool) {
	const million = 1_000_000
	p.mu.Lock()
	defer p.mu.Unlock()
	l, now := p.link(w), time.Now()
	due = now
	if l.worse.BytesPerSecond > 0 {
		if l.free.Before(now) {
			l.free = now
		}
		l.free = l.free.Add(time.Duration(bytes) * time.Second / time.Duration(l.worse.BytesPerSecond))
		due = l.free
	}
	due = due.Add(l.worse.Delay)
	if l.worse.Jitter > 0 {
		due = due.Add(time.Duration(l.rng.Int64N(int64(l.worse.Jitter))))
	}
	return due, l.worse.CorruptPPM > 0 && l.rng.IntN(million) < l.worse.CorruptPPM
}
