package oshost

import (
	"sync"

	"ordeal/host"
)

// peers are the names of the machines that this one knows.
type peers struct {
	mu    sync.Mutex
	names map[host.Addr]bool
}

func (p *peers) add(name host.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names[name] = true
}

func (p *peers) has(name host.Addr) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[name]
}

// Route implements host.Router.
func (v view) Route(to host.Addr, address string) {
	if err := checkName(to); err != nil {
		v.m.cfg.Logger.Warn("no way to a peer", "err", err)
		return
	}
	v.m.route(to, address)
}

// route opens the way to a peer, in the place of one to another address.
func (m *Machine) route(to host.Addr, address string) {
	before := m.links[to]
	if to == m.cfg.Self || before != nil && before.address == address {
		return
	}
	if before != nil {
		before.leave()
	}
	l := newLink(m, to, address)
	m.links[to] = l
	m.peers.add(to)
	if m.serving {
		m.task(l.run)
	}
}
