package play

import (
	"fmt"
	"maps"
	"slices"

	"ordeal/host"
)

// probes is how many clients try whether the service is of use again after the faults, and drainers how many look
// through everything for the last time.
const (
	probes   = 4
	drainers = 4
)

// startClients sets the clients to work until the trial's length is over.
func (p *play) startClients() {
	p.machines.SetBegin(p.untilEnded(p.service.Clients.Again))
	for _, c := range p.machines.Clients() {
		p.world.Spawn(c, p.untilEnded(p.service.Clients.Run))
	}
}

// untilEnded is a client that counts among those that have not ended while it has not: a crash of its machine ends
// none.
func (p *play) untilEnded(client func(host.Process)) func(host.Process) {
	return func(proc host.Process) {
		p.unended[proc.Self()] = true
		client(proc)
		delete(p.unended, proc.Self())
	}
}

// firstUnended is a client that has not ended.
func (p *play) firstUnended() host.Addr {
	return slices.Sorted(maps.Keys(p.unended))[0]
}

// startProbe sets new clients to use what was used before, and returns what tells that all of them have.
func (p *play) startProbe() (served func() bool) {
	return p.spawnAll("probe", probes, func(proc host.Process, _ int) { p.service.Clients.Probe(proc) })
}

// finishClients lets new clients look at everything for the last time.
func (p *play) finishClients() {
	drained := p.spawnAll("drain", drainers, func(proc host.Process, i int) { p.service.Clients.Drain(proc, i, drainers) })
	if !p.await(drainMax, drained) {
		p.miss("recovery", fmt.Sprintf("clients could not look at everything within %v of all being healed", drainMax))
	}
}

// spawnAll runs n processes on machines of their own, and returns what tells that all are done.
func (p *play) spawnAll(name string, n int, f func(proc host.Process, i int)) (done func() bool) {
	left := n
	for i := range n {
		p.world.Spawn(host.Addr(fmt.Sprintf("%s%d", name, i+1)), func(proc host.Process) {
			f(proc, i)
			left--
		})
	}
	return func() bool { return left == 0 }
}
