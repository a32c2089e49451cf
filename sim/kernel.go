package sim

import (
	"time"

	"ordeal/host"
)

// kernel is a machine in one life as host.Kernel. Once that life is over nothing that it gave does anything.
type kernel struct {
	m    *machine
	life uint32
}

var (
	_ host.Kernel   = kernel{}
	_ host.Kerneled = (*programHost)(nil)
	_ host.Kerneled = (*process)(nil)
)

func (k kernel) alive() bool { return k.m.up && k.m.life == k.life }

// Spend takes CPU time.
func (k kernel) Spend(d time.Duration) time.Duration {
	if k.alive() {
		k.m.busy = max(k.m.busy, k.m.w.now) + max(d, 0)
	}
	return k.m.clock.at(k.m.then())
}

// Wall is the machine's time of day.
func (k kernel) Wall() time.Time { return epoch.Add(k.m.clock.at(k.m.then()) + k.m.clock.wall) }

// then is when what the machine has been given to do is done.
func (m *machine) then() time.Duration { return max(m.w.now, m.busy) }

// Sockets are the machine's.
func (k kernel) Sockets() host.Sockets { return network{k} }

// Tree is the machine's disk.
func (k kernel) Tree() host.Tree { return tree{k} }

// Kernel implements host.Kerneled.
func (h *programHost) Kernel() host.Kernel { return kernel{h.m, h.life} }

// Kernel implements host.Kerneled.
func (p *process) Kernel() host.Kernel { return kernel{p.m, p.m.life} }
