package sim

import (
	"encoding/binary"
	"fmt"

	"ordeal/host"
)

// network is a machine's ports as host.Sockets, in one life.
type network struct{ kernel }

var _ host.Sockets = network{}

// sockets are a machine's open ports. They end with its life.
type sockets struct {
	listeners map[int]*listener
	packets   map[int]*packets
	next      int // the last port that was given out
}

const (
	// ephemeral is the first of the ports that are given out, and portMax the last.
	ephemeral = 32768
	portMax   = 1<<16 - 1
	// backlog is how many streams wait at most to be accepted; to another one the port is closed.
	backlog = 128
	// unreadPackets is how many datagrams of a port wait at most to be received.
	unreadPackets = 256
	// streamsMax is how many connections a machine has at most.
	streamsMax = 1 << 14
)

// free is a port that is not in use, by the next numbers in turn; 0 if all are.
func (s *sockets) free(used func(port int) bool) int {
	for range portMax - ephemeral {
		if s.next++; s.next < ephemeral || s.next > portMax {
			s.next = ephemeral
		}
		if !used(s.next) {
			return s.next
		}
	}
	return 0
}

// port is the one that is asked for, or a free one.
func (n network) port(port int, used func(port int) bool) (int, error) {
	switch {
	case !n.alive():
		return 0, host.ErrReset
	case port < 0 || port > portMax:
		return 0, fmt.Errorf("port %d: it must be from 1 to %d", port, portMax)
	case port > 0 && used(port):
		return 0, fmt.Errorf("port %d of %s: %w", port, n.m.name, host.ErrInUse)
	case port == 0:
		if port = n.m.sockets.free(used); port == 0 {
			return 0, fmt.Errorf("no port of %s is free: %w", n.m.name, host.ErrInUse)
		}
	}
	return port, nil
}

// packets is a port for datagrams.
type packets struct {
	n       network
	port    int
	ready   func()
	waiting []packet
}

type packet struct {
	from host.Addr
	port int
	data []byte
}

// Bind opens a port to datagrams.
func (n network) Bind(port int, ready func()) (host.Packets, error) {
	s := &n.m.sockets
	port, err := n.port(port, func(port int) bool { return s.packets[port] != nil })
	if err != nil {
		return nil, err
	}
	if s.packets == nil {
		s.packets = map[int]*packets{}
	}
	p := &packets{n: n, port: port, ready: ready}
	s.packets[port] = p
	return p, nil
}

// Port is the port's number.
func (p *packets) Port() int { return p.port }

// portBytes is what a datagram between ports begins with: whose it is, and whose it is to be.
const portBytes = 4

// Send gives a datagram to the network.
func (p *packets) Send(to host.Addr, port int, b []byte) error {
	switch {
	case !p.n.alive() || p.n.m.sockets.packets[p.port] != p:
		return host.ErrReset
	case len(b) > host.PacketMax:
		return host.ErrTooLong
	}
	payload := make([]byte, portBytes, portBytes+len(b))
	binary.BigEndian.PutUint16(payload, uint16(p.port))
	binary.BigEndian.PutUint16(payload[2:], uint16(port))
	p.n.m.w.send(p.n.m, to, append(payload, b...))
	return nil
}

// packet takes a datagram that came for the machine, and reports false if no port is open to it.
func (m *machine) packet(from host.Addr, payload []byte) bool {
	if len(payload) < portBytes {
		return false
	}
	p := m.sockets.packets[int(binary.BigEndian.Uint16(payload[2:]))]
	if p == nil || len(p.waiting) >= unreadPackets {
		return false
	}
	p.waiting = append(p.waiting, packet{from, int(binary.BigEndian.Uint16(payload)), payload[portBytes:]})
	p.ready()
	return true
}

// Receive takes the oldest datagram.
func (p *packets) Receive() (from host.Addr, port int, b []byte, err error) {
	if len(p.waiting) == 0 {
		return "", 0, nil, host.ErrWait
	}
	first := p.waiting[0]
	p.waiting = p.waiting[1:]
	return first.from, first.port, first.data, nil
}

// Waiting says whether there is one.
func (p *packets) Waiting() bool { return len(p.waiting) > 0 }

// Close closes the port.
func (p *packets) Close() {
	if p.n.alive() && p.n.m.sockets.packets[p.port] == p {
		delete(p.n.m.sockets.packets, p.port)
	}
	p.waiting = nil
}
