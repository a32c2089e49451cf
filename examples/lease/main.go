// Command lease puts a register on trial whose primary answers reads for as long as it has a lease from a majority. It
// counts the lease by its own clock: when that is slow, a read may be stale.
package main

import (
	"fmt"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/testbed"
	"ordeal/workloads/clients"
)

// careful is the setting with which a primary counts half of its lease only: clocks may be slow or fast.
const careful = "careful"

var service = &testbed.Service{
	Name: "lease", Version: 1, What: "a register whose primary has a lease", Program: "go run .", Begin: begin,
	Workloads: []testbed.Workload{testbed.ModelWorkload("register")}, Nodes: []int{3}, Length: 20 * time.Second,
	// The register is in memory: servers are not to lose their power.
	Faults: []string{"drift", "partition"}, Settings: []string{careful}, Regression: "regression",
}

func main() { testbed.Main(service) }

// begin makes the register of one trial.
func begin(stage *testbed.Stage) testbed.Instance {
	servers, lease := stage.Trial.Servers(), leaseTime
	if stage.Settings == careful {
		lease /= 2
	}
	return testbed.Instance{
		Boot: func(host.Addr) host.Boot {
			return func(h host.Host) (host.Program, error) { return boot(h, servers, lease), nil }
		},
		Clients: clients.New(stage.ClientConfig(), func(c *clients.Client) clients.Behaviour {
			asker := clients.NewAsker(c, servers)
			op := func(c *clients.Client, o clients.RegisterOp) (value, version int64, err error) {
				return ask(asker, o, c.Patience())
			}
			return &clients.Registers{Asker: asker, Keys: 1, Op: op}
		}),
		Status: status,
	}
}

// ask has the primary carry out an operation. A server that does not answer within a moment may be cut off, so the next
// one is asked.
func ask(asker *clients.Asker, o clients.RegisterOp, patience time.Duration) (value, version int64, err error) {
	request := "get"
	if o.Write {
		request = fmt.Sprintf("put %d %d", o.Expected, o.Value)
	}
	final := func(answer []byte) (ok bool, next host.Addr) {
		other, refused := strings.CutPrefix(string(answer), "ask ")
		return !refused, host.Addr(other)
	}
	answer, err := asker.AskAgain([]byte(request), 100*time.Millisecond, patience, final)
	_, _ = fmt.Sscan(string(answer), &value, &version)
	return value, version, err
}
