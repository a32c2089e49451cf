package machines

import (
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// Cut loses what one machine sends to another, and Mend ends that.
func (m *Machines) Cut(from, to host.Addr) { m.do(m.world.Cut(from, to)) }

// Mend is described at Cut.
func (m *Machines) Mend(from, to host.Addr) { m.do(m.world.Mend(from, to)) }

// Clog holds back what one machine sends to another, and Unclog lets it arrive.
func (m *Machines) Clog(from, to host.Addr) { m.do(m.world.Clog(from, to)) }

// Unclog is described at Clog.
func (m *Machines) Unclog(from, to host.Addr) { m.do(m.world.Unclog(from, to)) }

// SetLink makes one direction of a link worse than it is by nature, and ClearLink ends that.
func (m *Machines) SetLink(from, to host.Addr, l nemesis.Link) {
	m.do(m.world.SetLink(from, to, sim.LinkFault{
		Delay: l.Delay, Jitter: l.Jitter,
		LossPPM: uint32(l.LossPPM), DuplicatePPM: uint32(l.DuplicatePPM), ReorderPPM: uint32(l.ReorderPPM),
		CorruptPPM: uint32(l.CorruptPPM), BytesPerSecond: int64(l.BytesPerSecond),
	}))
}

// ClearLink is described at SetLink.
func (m *Machines) ClearLink(from, to host.Addr) { m.do(m.world.ClearLink(from, to)) }
