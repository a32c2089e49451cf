// Package monitor is ready-made monitors for services on trial: invariants over what all servers say of themselves, who
// led when, and in which states of the protocol the servers were. All of them observe, and none changes anything.
package monitor

import (
	"ordeal/host"
	"ordeal/testbed/trial"
)

// Server is a server as an invariant sees it, after an event of some server.
type Server[S any] struct {
	Name host.Addr
	// Up says that a program runs on it. Status is what that says of itself now, or what the last one said.
	Up     bool
	Status S
	// Before is what the server said before its last event; Fresh says that there is no such thing: it has just started.
	Before S
	Fresh  bool
}

// Invariant is something that must hold of all servers together after every event. Broken returns what was seen where
// it does not, "" where it does. changed is the place in servers of the one that had the event; the list is in the
// order in which the servers came. An invariant may keep what it needs to remember in variables of its own: one is made
// for each trial.
type Invariant[S any] struct {
	Rule   string
	Broken func(servers []Server[S], changed int) string
}

// invariants holds invariants in one trial.
type invariants[S comparable] struct {
	trial.Unconcerned
	stage   *trial.Stage
	status  func(host.Program) S
	rules   []Invariant[S]
	servers []Server[S]
	running []host.Program
}

// Invariants is a monitor that holds invariants over the statuses of all servers. status reads one off a running
// program, without changing it. An event after which a server says what it said before is passed over: nothing can have
// become wrong.
func Invariants[S comparable](stage *trial.Stage, status func(host.Program) S, rules ...Invariant[S]) trial.Monitor {
	return &invariants[S]{stage: stage, status: status, rules: rules}
}

// Event implements trial.Monitor.
func (v *invariants[S]) Event(server host.Addr, program host.Program) {
	i := v.place(server)
	s := &v.servers[i]
	if program == nil {
		s.Up, v.running[i] = false, nil
		return
	}
	now, same := v.status(program), v.running[i] == program
	if same && now == s.Status {
		return
	}
	s.Up, s.Fresh, s.Before, s.Status, v.running[i] = true, !same, s.Status, now, program
	for _, rule := range v.rules {
		if what := rule.Broken(v.servers, i); what != "" {
			v.stage.Breaches.Add(rule.Rule, what)
		}
	}
}

// place is that of a server in the list, which grows when servers join.
func (v *invariants[S]) place(server host.Addr) int {
	for i := range v.servers {
		if v.servers[i].Name == server {
			return i
		}
	}
	for _, name := range v.stage.Machines.Servers()[len(v.servers):] {
		v.servers, v.running = append(v.servers, Server[S]{Name: name}), append(v.running, nil)
	}
	return v.place(server)
}
