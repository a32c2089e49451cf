// Command election puts an election on trial: ordinary programs with net/http and TLS, whose leader holds its office
// for as long as a promise by the time of day is good.
package main

import (
	"time"

	"ordeal/guest/system"
	"ordeal/testbed"
)

var election = system.System{
	Name: "election", What: "an election by promises that end", Server: "./server", Client: "./client",
	Workloads: []testbed.Workload{system.Leaders()}, Nodes: []int{5}, Length: 20 * time.Second,
	// Promises are in memory: servers are not to lose their power.
	Faults: []string{"drift", "partition"}, Variants: []string{"careful"}, Regression: "regression",
}

func main() { election.Main() }
