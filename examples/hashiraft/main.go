// Command hashiraft puts github.com/hashicorp/raft on trial, as it is: registers that three or five servers keep.
package main

import (
	"time"

	"ordeal/guest/system"
	"ordeal/testbed"
)

var hashiraft = system.System{
	Name: "hashiraft", What: "registers on hashicorp/raft", Server: "./server", Client: "./client", Nodes: []int{3},
	Workloads: []testbed.Workload{testbed.ModelWorkload("register")}, Length: 15 * time.Second,
	Faults: []string{"crash", "kill", "pause", "partition", "packet", "drift"}, Variants: []string{"eager"},
}

func main() { hashiraft.Main() }
