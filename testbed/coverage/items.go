// Package coverage says what a trial may cover: kinds of fault that happen, roles of the machines that they hit, and
// whatever paths a service names. A trial notes which of them it had, a campaign counts them, and a requirement says of
// which a campaign is no pass without.
package coverage

import (
	"cmp"
	"slices"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

// Items lists what the trials of a service may cover: kinds of fault, then the service's own items, then its scenarios.
func Items(s *trial.Service) []trial.Item {
	list := slices.Concat(faultItems(s), s.Items)
	for _, one := range s.AllScenarios() {
		list = append(list, trial.Item{Name: ScenarioItem(one.Name), What: cmp.Or(one.What, one.Pattern.String())})
	}
	return list
}

// ScenarioItem names the item that a scenario came about.
func ScenarioItem(name string) string { return "scenario:" + name }

func faultItem(k nemesis.Kind) string { return "fault:" + string(k) }

// faultItems are the kinds of fault. A trap counts when it sprang.
func faultItems(s *trial.Service) (list []trial.Item) {
	for _, k := range nemesis.Kinds() {
		if k.OnlyInPlans || !s.Knows(k.Kind) {
			continue
		}
		list = append(list, trial.Item{Name: faultItem(k.Kind), What: "the fault " + string(k.Kind) + " happened"})
	}
	return list
}

// RoleItem names the item that a fault of a family hit a machine in a role.
func RoleItem(family, role string) string { return family + ":" + role }

// Roles of a machine that every service has: it is down, or a client's.
const (
	Down   = "down"
	Client = "client"
)

// Log notes what one trial covers.
type Log struct {
	// role is what a server is to the service at present; clients are the machines of the clients.
	role    func(server host.Addr) string
	clients []host.Addr
	seen    map[string]bool
	// faults are those that fired, by step: of a trap it shows in the end whether it sprang.
	faults map[int]nemesis.Kind
}

// NewLog begins to note. role says what a machine that is no client is to the service at present.
func NewLog(role func(server host.Addr) string, clients []host.Addr) *Log {
	return &Log{role: role, clients: clients, seen: make(map[string]bool), faults: make(map[int]nemesis.Kind)}
}

// Saw notes that an item happened.
func (l *Log) Saw(item string) { l.seen[item] = true }

// Fault notes a fault, before the world feels it: its kind, and whom it hits.
func (l *Log) Fault(e nemesis.Event) {
	if e.Type != nemesis.Fired {
		return
	}
	l.faults[e.Step] = e.Kind
	hit := e.Machines
	if len(hit) == 0 {
		for _, w := range e.Ways {
			hit = append(hit, w.From, w.To)
		}
	}
	for _, m := range hit {
		role := Client
		if !slices.Contains(l.clients, m) {
			role = l.role(m)
		}
		l.Saw(RoleItem(e.Family(), role))
	}
}

// List are the items that happened, in the order of Items; unfired are the faults of the plan that did not happen after
// all.
func (l *Log) List(s *trial.Service, unfired []nemesis.Event) (names []string) {
	for _, e := range unfired {
		delete(l.faults, e.Step)
	}
	for _, kind := range l.faults { //house:unordered a set is filled
		l.Saw(faultItem(kind))
	}
	for _, i := range Items(s) {
		if l.seen[i.Name] {
			names = append(names, i.Name)
		}
	}
	return names
}
