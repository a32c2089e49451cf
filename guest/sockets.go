package guest

import (
	"ordeal/host"
)

// Sockets, by what the overlay of Go's package net imports: see build/go1.26/net.go.txt.

// opened puts the number of a new descriptor at an address.
func (in *instance) opened(d *descriptor, at uint32, err error) errno {
	if err != nil {
		return numberOf(err)
	}
	fd, no := in.newFile(d)
	if no != 0 {
		return no
	}
	return in.put32(at, uint32(fd))
}

func connect(in *instance, a args) errno {
	in.kernel.Spend(callCost)
	to := in.machineAt(a.u32(0))
	if to == "" {
		return eHostUnreach
	}
	s, err := in.kernel.Sockets().Connect(to, int(a.u32(1)), in.wake)
	return in.opened(&descriptor{stream: s}, a.u32(2), err)
}

func connected(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil || d.stream == nil {
		return eBadf
	}
	return numberOf(d.stream.Opened())
}

func listen(in *instance, a args) errno {
	in.kernel.Spend(callCost)
	l, err := in.kernel.Sockets().Listen(int(a.u32(0)), in.wake)
	return in.opened(&descriptor{listener: l}, a.u32(1), err)
}

func sockAccept(in *instance, a args) errno {
	in.kernel.Spend(callCost)
	d := in.file(a.u32(0))
	if d == nil || d.listener == nil {
		return eBadf
	}
	s, err := d.listener.Accept(in.wake)
	return in.opened(&descriptor{stream: s}, a.u32(2), err)
}

// shutWrite is the bit for no more writing.
const shutWrite = 2

func sockShutdown(in *instance, a args) errno {
	d := in.file(a.u32(0))
	switch {
	case d == nil || d.stream == nil:
		return eNotConn
	case a.u32(1)&shutWrite == 0:
		return 0
	}
	return numberOf(d.stream.CloseWrite())
}

func bind(in *instance, a args) errno {
	in.kernel.Spend(callCost)
	peer := in.machineAt(a.u32(1))
	if a.u32(1) != 0 && peer == "" {
		return eHostUnreach
	}
	p, err := in.kernel.Sockets().Bind(int(a.u32(0)), in.wake)
	return in.opened(&descriptor{packets: p, peer: peer, peerPort: int(a.u32(2))}, a.u32(3), err)
}

// name puts the address and port of a socket, or of its other end, into the program's memory.
func name(in *instance, a args) errno {
	d := in.file(a.u32(0))
	if d == nil {
		return eBadf
	}
	own, other := 0, 0
	peer := host.Addr("")
	switch {
	case d.stream != nil:
		own = d.stream.Port()
		peer, other = d.stream.Peer()
	case d.listener != nil:
		own = d.listener.Port()
	case d.packets != nil:
		own, peer, other = d.packets.Port(), d.peer, d.peerPort
	}
	ip, port := addressOf(in.Self()), own
	if a.u32(1) != 0 {
		ip, port = addressOf(peer), other
	}
	return max(in.put32(a.u32(2), ip), in.put32(a.u32(3), uint32(port)))
}

func sendTo(in *instance, a args) errno {
	in.kernel.Spend(callCost)
	d, b := in.file(a.u32(0)), in.bytes(a.u32(1), a.u32(2))
	if d == nil || d.packets == nil {
		return eBadf
	}
	to, port := d.peer, d.peerPort
	if a.u32(3) != 0 {
		to, port = in.machineAt(a.u32(3)), int(a.u32(4))
	}
	if to == "" {
		return eHostUnreach
	}
	return numberOf(d.packets.Send(to, port, b))
}

func receiveFrom(in *instance, a args) errno {
	in.kernel.Spend(callCost)
	d, b := in.file(a.u32(0)), in.bytes(a.u32(1), a.u32(2))
	if d == nil || d.packets == nil {
		return eBadf
	}
	from, port, got, err := d.packets.Receive()
	if err != nil {
		return numberOf(err)
	}
	n := copy(b, got)
	return max(in.put32(a.u32(3), uint32(n)), in.put32(a.u32(4), addressOf(from)), in.put32(a.u32(5), uint32(port)))
}
