package play

import (
	"fmt"

	"ordeal/host"
	"ordeal/testbed/account"
	"ordeal/testbed/machines"
	"ordeal/testbed/monitor"
	"ordeal/testbed/trial"
)

// fillIn puts what the servers' statuses say in the place of what an instance says nothing of.
func (p *play) fillIn() {
	s := &p.service
	if s.Operator == nil {
		s.Operator = operatorByStatus{machines.Fixed{Servers: p.machines.Servers()}, p}
	}
	p.machines.SetOperator(s.Operator)
	if s.Refuses != nil {
		p.machines.SetRefuses(s.Refuses)
	}
	if s.Settled == nil {
		s.Settled = p.settled
	}
	if s.Pending == nil {
		s.Pending = p.pendingByStatus
	}
	if s.Role == nil {
		s.Role = p.roleByStatus
	}
	if s.Leaders == nil {
		leaders := monitor.NewLeaders(p.world.Now, p.status)
		p.monitors, s.Leaders = append(p.monitors, leaders), leaders.Spans
	}
	stage := &trial.Stage{World: p.world, Machines: p.machines}
	if s.States == nil {
		s.States = func() trial.States { return monitor.NewStates(stage, p.state) }
	}
	if s.Teller == nil {
		s.Teller = func(a *account.Story) trial.Teller { return newTeller(a, p) }
	}
	p.monitors = append(p.monitors, s.Monitors...)
}

// status is what a program says of itself: nothing, if the service says nothing of statuses.
func (p *play) status(program host.Program) trial.Status {
	if p.service.Status == nil {
		return trial.Status{}
	}
	return p.service.Status(program)
}

// statusOf is what runs on a server says of itself; ok is false while it is down.
func (p *play) statusOf(server host.Addr) (s trial.Status, ok bool) {
	program := p.machines.Program(server)
	if program == nil {
		return trial.Status{}, false
	}
	return p.status(program), true
}

// operatorByStatus is what faults can learn of a service that says no more than its programs' statuses.
type operatorByStatus struct {
	machines.Fixed
	play *play
}

// Leader is the leader of the newest epoch that any server believes itself to lead.
func (o operatorByStatus) Leader() (leader host.Addr, ok bool) {
	var epoch uint64
	for _, server := range o.Servers {
		if s, up := o.play.statusOf(server); up && s.Leads && (!ok || s.Epoch > epoch) {
			leader, epoch, ok = server, s.Epoch, true
		}
	}
	return leader, ok
}

// settled says whether all servers are up and have applied the same.
func (p *play) settled() bool {
	var first trial.Status
	for i, server := range p.machines.Members() {
		s, up := p.statusOf(server)
		if !up {
			return false
		}
		if i == 0 {
			first = s
		}
		if s.Progress != first.Progress {
			return false
		}
	}
	return true
}

func (p *play) pendingByStatus(server host.Addr) string {
	s, _ := p.statusOf(server)
	if p.service.Status == nil {
		return fmt.Sprintf("%s is up", server)
	}
	return fmt.Sprintf("%s %s", server, statusText(s))
}

// statusText is "leads in epoch 3, has applied 17, and waits for n2".
func statusText(s trial.Status) string {
	text := fmt.Sprintf("is in epoch %d, has applied %d", s.Epoch, s.Progress)
	if s.Leads {
		text = fmt.Sprintf("leads in epoch %d, has applied %d", s.Epoch, s.Progress)
	}
	if s.Text != "" {
		text += ", " + s.Text
	}
	return text
}

// Roles of the servers of a service that says no more than its programs' statuses.
const (
	roleLeads   = "leader"
	roleFollows = "follower"
)

func (p *play) roleByStatus(program host.Program) string {
	if p.status(program).Leads {
		return roleLeads
	}
	return roleFollows
}

// state is a program's part in the state of the protocol.
func (p *play) state(program host.Program) monitor.State {
	s := p.status(program)
	code := uint16(1)
	if s.Leads {
		code = 2
	}
	return monitor.State{Code: code, Epoch: s.Epoch, Progress: s.Progress}
}
