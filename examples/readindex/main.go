// Command readindex puts a small replicated register on trial, to find a bug that go.etcd.io/raft/v3 had in v3.6.0: a
// read that its ReadIndex confirms may be stale.
package main

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/raft/v3"

	"ordeal/host"
	"ordeal/testbed"
	"ordeal/workloads/clients"
)

// fresh is the setting with which a read that is asked for again gets a context of its own.
const fresh = "fresh"

var service = &testbed.Service{
	Name: "readindex", Version: 1, What: "a register on raft " + version, Program: program, Begin: begin,
	Workloads: []testbed.Workload{testbed.ModelWorkload("register")}, Nodes: []int{3}, Length: 20 * time.Second,
	// A slow network is all that it takes. The log is in memory, so servers are not to lose their power.
	Faults: []string{"delay"}, Settings: []string{fresh}, Regression: "regression",
}

func main() { testbed.Main(service) }

// begin makes the register of one trial.
func begin(stage *testbed.Stage) testbed.Instance {
	servers, peers := stage.Trial.Servers(), make([]raft.Peer, stage.Trial.Nodes)
	for i := range peers {
		peers[i].ID = uint64(i + 1)
	}
	return testbed.Instance{
		Boot: func(server host.Addr) host.Boot {
			id := uint64(slices.Index(servers, server) + 1)
			return func(h host.Host) (host.Program, error) { return boot(h, id, peers, stage.Settings == fresh) }
		},
		Clients: clients.New(stage.ClientConfig(), func(c *clients.Client) clients.Behaviour {
			asker := clients.NewAsker(c, servers)
			op := func(c *clients.Client, o clients.RegisterOp) (value, version int64, err error) {
				request := "get"
				if o.Write {
					request = fmt.Sprintf("put %d %d", o.Expected, o.Value)
				}
				answer, err := asker.AskAgain([]byte(request), 3*time.Second, c.Patience(), nil)
				_, _ = fmt.Sscan(string(answer), &value, &version)
				return value, version, err
			}
			return &clients.Registers{Asker: asker, Keys: 1, Op: op}
		}),
		Status: status,
	}
}
