// Command redlock puts Redlock on trial: five servers with the semantics of Redis' SET NX PX, and clients that take
// locks from a majority of them.
package main

import (
	"time"

	"ordeal/host"
	"ordeal/testbed"
	"ordeal/workloads/clients"
)

var service = &testbed.Service{
	Name: "redlock", Version: 1, What: "locks by a majority of five Redis-like servers", Program: "go run .",
	Begin:     begin,
	Workloads: []testbed.Workload{testbed.ModelWorkload("lock")}, Nodes: []int{nodes}, Length: 20 * time.Second,
	Faults: []string{"crash", "jump", "pause"}, Settings: []string{always, no}, Regression: "regression",
}

func main() { testbed.Main(service) }

// begin makes the servers and clients of one trial.
func begin(stage *testbed.Stage) testbed.Instance {
	servers, fsync := stage.Trial.Servers(), stage.Settings
	if fsync == "" {
		fsync = everySec // as Redis
	}
	config := stage.ClientConfig()
	type place struct {
		role   clients.Role
		number int
	}
	held := map[place]*hold{}
	return testbed.Instance{
		Boot: func(host.Addr) host.Boot {
			return func(h host.Host) (host.Program, error) { return boot(h, fsync) }
		},
		Clients: clients.New(config, func(c *clients.Client) clients.Behaviour {
			at := place{c.Role(), c.Number()}
			if held[at] == nil {
				held[at] = &hold{}
			}
			return newHolder(c, servers, config.Record, held[at])
		}),
	}
}
