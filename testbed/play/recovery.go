package play

import (
	"fmt"
	"strings"
	"time"

	"ordeal/host"
)

// Bounds of the last part of a trial, in virtual time.
const (
	// recoveryMax is how long the service may take to serve again once a majority is healed. The longest wait is for a
	// session of a client that is gone, and an election or two.
	recoveryMax = 30 * time.Second
	// convergenceMax is how long the rest may take to catch up once everything is healed.
	convergenceMax = 30 * time.Second
	// drainMax is how long clients may take to look at everything for the last time.
	drainMax = time.Minute
	// endMax is how long the clients of the trial, and what they have asked for, may take to come to an end once
	// everything is healed, and examineMax how long all servers may take to answer one client.
	endMax     = 30 * time.Second
	examineMax = 2 * time.Minute
	// aftermath is how long a trial goes on after the first sign that a promise was broken.
	aftermath = 5 * time.Second
	// lookEvery is how often the end of a wait is looked for.
	lookEvery = 20 * time.Millisecond
)

// over says that a promise was broken a while ago: what clients make of it is in the history by now, and there is
// nothing to be learned from servers that go on with it.
func (p *play) over() bool {
	since := time.Duration(-1)
	if broken := p.badBreaches(); len(broken) > 0 {
		since = broken[0].At
	}
	if failed := p.badFailures(); len(failed) > 0 && (since < 0 || failed[0].At < since) {
		since = failed[0].At
	}
	return since >= 0 && p.world.Now() >= since+aftermath
}

// recover is the phase after the faults: a majority is healed, everything else stays as it is, and the service has to
// serve again. Then everything is healed, and all servers have to come to one state. A merciless trial does the same,
// and demands nothing of it.
func (p *play) recover() {
	p.runner.Heal(p.drawMajority()...)
	served := p.startProbe()
	recovered := p.await(recoveryMax, served)
	if !recovered {
		p.miss("recovery", fmt.Sprintf("a healthy majority did not serve a client within %v", recoveryMax))
	}
	p.runner.Heal()
	if p.trial.Merciless() && !recovered && !p.await(recoveryMax, served) {
		return // some servers are damaged for good, and no client would be answered
	}
	if !p.await(convergenceMax, p.service.Settled) {
		p.miss("convergence", fmt.Sprintf("the servers did not come to one state within %v of being healed", convergenceMax))
	}
	p.finishClients()
	if !p.trial.Merciless() {
		p.demandAnswers()
	}
}

// demandAnswers holds the service to this: no client waits for ever, and every server answers.
func (p *play) demandAnswers() {
	if !p.await(endMax, func() bool { return len(p.unended) == 0 }) {
		p.miss("answers", fmt.Sprintf("%s did not come to an end within %v of all being healed", p.firstUnended(), endMax))
	}
	p.demandQuiet()
	if p.service.Examine == nil {
		return
	}
	missing, over := "", false
	p.world.Spawn("examiner", func(proc host.Process) { missing, over = p.service.Examine(proc), true })
	switch examined := p.await(examineMax, func() bool { return over }); {
	case !examined:
		p.miss("answers", fmt.Sprintf("not every server served a client that stays with it within %v", examineMax))
	case missing != "":
		p.miss("answers", missing)
	default:
		p.demandQuiet()
	}
}

// demandQuiet holds the service to this: when all have ended who asked, nothing waits any more.
func (p *play) demandQuiet() {
	if p.service.Waits != nil && !p.await(endMax, func() bool { return p.service.Waits() == "" }) {
		p.miss("answers", fmt.Sprintf("no client asks any more, and %v later there waits %s", endMax, p.service.Waits()))
	}
}

func (p *play) miss(rule, what string) {
	if p.over() || p.trial.Merciless() {
		return // the wait was cut short, or nothing was promised
	}
	p.waits = append(p.waits, wait{rule, what + ": " + p.pending(), p.world.Now()})
}

// await lets time pass until holds does, for so long at most.
func (p *play) await(limit time.Duration, holds func() bool) bool {
	end := p.world.Now() + limit
	for !holds() {
		if p.world.Now() >= end || p.over() {
			return false
		}
		p.world.RunUntil(min(end, p.world.Now()+lookEvery))
		if p.service.Waited != nil {
			p.service.Waited()
		}
	}
	return true
}

// drawMajority picks the servers that are healed first.
func (p *play) drawMajority() []host.Addr {
	servers := append([]host.Addr(nil), p.machines.Servers()...)
	p.world.Rand("core").Shuffle(len(servers), func(i, j int) { servers[i], servers[j] = servers[j], servers[i] })
	return p.machines.Core(servers)
}

// pending says what every server is waiting for.
func (p *play) pending() string {
	var parts []string
	for _, s := range p.machines.Servers() {
		parts = append(parts, p.pendingAt(s))
	}
	return strings.Join(parts, "; ")
}

func (p *play) pendingAt(s host.Addr) string {
	switch {
	case p.machines.Program(s) == nil:
		return fmt.Sprintf("%s is down%s", s, p.lastStop(s))
	case p.world.Paused(s):
		return fmt.Sprintf("%s is paused", s)
	}
	return p.service.Pending(s)
}

func (p *play) lastStop(s host.Addr) string {
	stops := p.world.Stops()
	for i := len(stops) - 1; i >= 0; i-- {
		if stops[i].Machine == s {
			return fmt.Sprintf(" since it stopped at %v: %v", stops[i].At, stops[i].Reason)
		}
	}
	return ""
}
