package oshost

import (
	"net"
	"sync"
)

// guests counts the clients' connections by the address that they come from.
type guests struct {
	max int // 0 for no limit

	mu     sync.Mutex
	byAddr map[string]int
}

// enter takes a connection in, or reports that its address has as many as it may.
func (g *guests) enter(from net.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	addr := addressOf(from)
	if g.max > 0 && g.byAddr[addr] >= g.max {
		return false
	}
	g.byAddr[addr]++
	return true
}

func (g *guests) leave(from net.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	addr := addressOf(from)
	if g.byAddr[addr]--; g.byAddr[addr] == 0 {
		delete(g.byAddr, addr)
	}
}

// addressOf is an address without its port.
func addressOf(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.IP.String()
	}
	return a.String()
}
