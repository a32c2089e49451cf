package ordeal

import (
	"cmp"
	"fmt"

	"ordeal/host"
	"ordeal/workloads"
)

// probesMax is how many objects are tried for whether they are of use again after the faults, and drainers how many
// clients look through all of them for the last time.
const (
	clientsMax = 10
	probesMax  = 4
	drainers   = 4
)

// Workloads names what clients can do.
func Workloads() []string {
	var names []string
	for _, w := range workloads.All() {
		names = append(names, w.Name)
	}
	return names
}

// clientsOf is how many clients a trial has: more only where a higher rate asks for them.
func clientsOf(t Trial) int { return max(clientsMax, t.Rate/20) }

// clientNumbers are the clients that there are: all, or those of the script.
func clientNumbers(t Trial) []int {
	var numbers []int
	for _, c := range t.Script {
		numbers = append(numbers, c.Client)
	}
	if t.Script == nil {
		for i := range clientsOf(t) {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

// startClients sets the clients to work until the trial's length is over.
func (p *play) startClients() {
	w, ok := workloads.ByName(p.trial.Workload)
	if !ok {
		panic("ordeal: a trial that was not checked: workload " + p.trial.Workload)
	}
	p.env = workloads.New(w, workloads.Config{
		Clients: clientsOf(p.trial), Rate: p.trial.Rate, SessionTimeout: sessionTimeout, Stop: p.trial.Length,
		Servers: p.ground.servers, Record: p.recorder, Now: p.world.Now,
		Draws: cmp.Or(p.trial.Draws, p.trial.Seed), Script: p.trial.Script,
	})
	p.ground.begin = p.env.Again
	p.ground.ensemble.moved = p.env.Move
	for _, c := range p.ground.clients {
		p.world.Spawn(c, p.env.Run)
	}
}

// startProbe sets new clients to use what was used before, and returns what tells that all of them have.
func (p *play) startProbe() (served func() bool) {
	return p.spawnAll("probe", probesMax, func(proc host.Process, _ int) { p.env.Probe(proc) })
}

// finishClients lets new clients look at everything for the last time.
func (p *play) finishClients() {
	drained := p.spawnAll("drain", drainers, func(proc host.Process, i int) { p.env.Drain(proc, i, drainers) })
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
