// Package router carries IP packets between machines that have a network of their own each, and does to them what the
// nemesis asks of links: in real time, and with chance from a seed for each direction of each link. It knows nothing of
// where packets come from; package netns has devices for it.
package router

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
)

// packetMax is the largest packet in bytes that a device hands over.
const packetMax = 64 << 10

// heldMax is how many packets a direction of a link holds while it is clogged, or slow. What comes then is lost, as in
// a router whose buffer is full.
const heldMax = 4096

// Router connects machines. Its methods may be called from any goroutine.
type Router struct {
	mu     sync.Mutex
	ports  map[netip.Addr]*port
	names  map[host.Addr]*port
	links  map[nemesis.Way]*link
	chance func(w nemesis.Way) *rand.Rand
	late   schedule
	wake   chan struct{} // has a token when the earliest packet of late may have changed
	done   chan struct{}
	tasks  sync.WaitGroup
	sent   uint64
	lost   uint64
}

// port is where a machine is attached.
type port struct {
	name   host.Addr
	device io.ReadWriteCloser
}

// New makes a router without machines. chance makes the stream of a direction of a link, from which is drawn what
// becomes of its packets.
func New(chance func(w nemesis.Way) *rand.Rand) *Router {
	r := &Router{
		ports: make(map[netip.Addr]*port), names: make(map[host.Addr]*port), links: make(map[nemesis.Way]*link),
		chance: chance, wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	r.tasks.Go(r.deliverLate)
	return r
}

// Attach connects a machine: what its device yields is sent to the machine that has the packet's destination. Each Read
// of the device yields one packet, each Write takes one. The router closes it.
func (r *Router) Attach(name host.Addr, address netip.Addr, device io.ReadWriteCloser) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ports[address] != nil || r.names[name] != nil {
		return fmt.Errorf("router: %s at %v is attached already", name, address)
	}
	p := &port{name, device}
	r.ports[address], r.names[name] = p, p
	r.tasks.Go(func() { r.read(p) })
	return nil
}

// Close takes all machines off, and returns when nothing is carried any more.
func (r *Router) Close() {
	r.mu.Lock()
	for _, p := range r.ports {
		p.device.Close()
	}
	close(r.done)
	r.mu.Unlock()
	r.tasks.Wait()
}

// Packets counts those that were handed over, and those that the links have lost.
func (r *Router) Packets() (handed, lost uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent, r.lost
}

// read takes what a machine sends, until its device is closed.
func (r *Router) read(p *port) {
	buffer := make([]byte, packetMax)
	for {
		n, err := p.device.Read(buffer)
		if err != nil {
			return
		}
		if to, ok := destination(buffer[:n]); ok {
			r.route(p, to, buffer[:n])
		}
	}
}

// destination is where an IPv4 packet is to go. Machines have no other addresses.
func destination(packet []byte) (to netip.Addr, ok bool) {
	if len(packet) < 20 || packet[0]>>4 != 4 || int(binary.BigEndian.Uint16(packet[2:])) > len(packet) {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(packet[16:20])), true
}

// route sends a packet on its way, which is borrowed.
func (r *Router) route(from *port, address netip.Addr, packet []byte) {
	r.mu.Lock()
	to := r.ports[address]
	if to == nil || to == from {
		r.mu.Unlock()
		return
	}
	l := r.link(nemesis.Way{From: from.name, To: to.name})
	fate := l.fate(time.Now(), len(packet))
	if fate.corrupt {
		packet = append([]byte(nil), packet...)
		flip(packet, l.rng)
	}
	r.lost += uint64(fate.lost)
	now := 0
	for _, due := range fate.dues {
		if due.IsZero() {
			now++
			continue
		}
		r.late.add(parcel{due: due, to: to, link: l, packet: append([]byte(nil), packet...)})
		r.stir()
	}
	if l.clogged && !fate.dropped {
		l.held = append(l.held, parcel{to: to, link: l, packet: append([]byte(nil), packet...)})
	}
	r.sent += uint64(now)
	r.mu.Unlock()
	for range now {
		// A machine that takes nothing loses it, as one whose network card is full does.
		_, _ = to.device.Write(packet)
	}
}

func (r *Router) stir() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// deliverLate hands over packets whose time has come.
func (r *Router) deliverLate() {
	for {
		r.mu.Lock()
		wait := time.Hour
		var due []parcel
		for now := time.Now(); ; {
			p, any := r.late.first()
			if !any {
				break
			}
			if wait = p.due.Sub(now); wait > 0 {
				break
			}
			r.late.remove()
			p.link.waiting--
			due = append(due, p)
		}
		r.sent += uint64(len(due))
		r.mu.Unlock()
		for _, p := range due {
			_, _ = p.to.device.Write(p.packet) // as in route
		}
		if len(due) > 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-r.done:
			timer.Stop()
			return
		case <-r.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (r *Router) link(w nemesis.Way) *link {
	l := r.links[w]
	if l == nil {
		l = &link{rng: r.chance(w)}
		r.links[w] = l
	}
	return l
}

// change changes a direction of a link.
func (r *Router) change(from, to host.Addr, f func(l *link)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r.link(nemesis.Way{From: from, To: to}))
}

// Cut loses all packets that one machine sends to the other; Mend ends that.
func (r *Router) Cut(from, to host.Addr) { r.change(from, to, func(l *link) { l.cut = true }) }

// Mend is described at Cut.
func (r *Router) Mend(from, to host.Addr) { r.change(from, to, func(l *link) { l.cut = false }) }

// Set makes a direction of a link worse than it is by nature, in place of what was set before; the zero value makes it
// what it is by nature.
func (r *Router) Set(from, to host.Addr, worse nemesis.Link) {
	r.change(from, to, func(l *link) { l.worse = worse })
}

// Clog holds the packets that one machine sends to the other; Unclog lets them go, in their order.
func (r *Router) Clog(from, to host.Addr) { r.change(from, to, func(l *link) { l.clogged = true }) }

// Unclog is described at Clog.
func (r *Router) Unclog(from, to host.Addr) {
	r.change(from, to, func(l *link) {
		l.clogged = false
		now := time.Now()
		for _, p := range l.held {
			p.due = now
			l.waiting++
			r.late.add(p)
		}
		l.held, l.last = nil, now
		r.stir()
	})
}
