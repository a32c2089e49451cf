package system

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ordeal/guest"
	"ordeal/guest/say"
	"ordeal/host"
	"ordeal/testbed"
)

// instance is a system in one trial.
type instance struct {
	system   System
	stage    *testbed.Stage
	settings settings
	statuses map[host.Addr]say.Status
	client   *guest.Program
}

// begin makes the system of one trial.
func (s System) begin(stage *testbed.Stage, server, client string) testbed.Instance {
	set, err := s.settings(stage.Settings)
	if err != nil {
		panic(err) // it was checked
	}
	in := &instance{system: s, stage: stage, settings: set, statuses: map[host.Addr]say.Status{}, client: load(client)}
	if s.Servers != nil {
		stage.Settings = set.servers
		result := s.Servers.Begin(stage)
		result.Clients = newGroup(in)
		return result
	}
	program := load(server)
	result := testbed.Instance{
		Boot: func(server host.Addr) host.Boot {
			boot := program.Boot(in.setup(server, func(line string) { in.said(server, line) }))
			return func(h host.Host) (host.Program, error) {
				delete(in.statuses, server)
				return boot(h)
			}
		},
		Clients: newGroup(in),
		Status:  in.status,
	}
	if s.Refuses != nil {
		result.Refuses = func(reason error) bool {
			var exit guest.Exit
			return errors.As(reason, &exit) && s.Refuses(exit.Last)
		}
	}
	return result
}

// load loads a program that was compiled.
func load(file string) *guest.Program {
	p, err := guest.Load(file)
	if err != nil {
		panic(err)
	}
	return p
}

// setup is how a program is started on a machine.
func (in *instance) setup(machine host.Addr, output func(line string)) guest.Setup {
	var names []string
	var hosts []host.Addr
	for _, one := range in.stage.Trial.Servers() {
		names, hosts = append(names, string(one)), append(hosts, one)
	}
	for _, n := range in.stage.Trial.ClientNumbers() {
		hosts = append(hosts, host.Addr(fmt.Sprintf("c%d", n)))
	}
	setup := guest.Setup{
		Env: []string{"SERVERS=" + strings.Join(names, ","), "VARIANT=" + in.settings.variant,
			assertionsVariable + "=" + assertionsFile},
		Hosts: hosts, Schedule: in.settings.schedule, Lie: in.settings.lie, Output: output,
		Lines: map[string]func(string){assertionsFile: func(line string) { in.asserted(machine, line) }},
	}
	if in.system.Args != nil {
		setup.Args = in.system.Args(in.stage.Trial, machine)
	}
	return setup
}

// said takes a line that a server has written.
func (in *instance) said(server host.Addr, text string) {
	var line say.Line
	if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &line) == nil && line.Status != nil {
		in.statuses[server] = *line.Status
	}
}

// status is what the server on which a program runs has said of itself.
func (in *instance) status(program host.Program) testbed.Status {
	h, ok := program.(host.Host)
	if !ok {
		return testbed.Status{}
	}
	s := in.statuses[h.Self()]
	return testbed.Status{Leads: s.Leads, Epoch: s.Epoch, Progress: s.Progress, Text: s.Text}
}
