package guest

import (
	"time"

	"ordeal/host"
)

// Boot makes of a program what a machine of the simulator boots. What it writes to its standard error is logged; one
// that panics or ends takes its machine down: see Crash and Exit.
func (p *Program) Boot(s Setup) host.Boot {
	return func(h host.Host) (host.Program, error) {
		server := &server{Host: h}
		k := h.(host.Kerneled).Kernel()
		_ = k.Tree().Mkdir("tmp") // it may be there
		server.instance = p.start(server, k, s)
		server.instance.wake()
		return server, nil
	}
}

// server is an instance as the program of a machine.
type server struct {
	host.Host
	instance *instance
}

var (
	_ host.Program = (*server)(nil)
	_ host.Closer  = (*server)(nil)
)

func (s *server) wakeAt(at time.Duration) { s.Clock().SetAlarm(at) }

// over ends the machine's life with the program's.
func (s *server) over(outcome error) {
	if crash, ok := outcome.(Crash); ok {
		panic(crash)
	}
	s.Stop(outcome)
}

// Close ends the program where it waits, as the machine is down.
func (s *server) Close() { s.instance.close() }

// Wake implements host.Program, as the methods below do.
func (s *server) Wake() { s.instance.wake() }

// Receive takes a datagram that no port is open for.
func (s *server) Receive(host.Addr, []byte) {}

// Accept takes a connection of frames, which a guest knows nothing of.
func (s *server) Accept(c host.Conn) { c.Close() }

func (s *server) Frame(host.Conn, []byte) {}
func (s *server) Closed(host.Conn)        {}
