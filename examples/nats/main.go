// Command nats puts NATS on trial, as it is: three servers, a key-value bucket of JetStream, and clients of nats.go.
package main

import (
	"time"

	"ordeal/guest/system"
	"ordeal/testbed"
)

var nats = system.System{
	Name: "nats", What: "a key-value bucket of NATS JetStream", Server: "./server", Client: "./client", Nodes: []int{3},
	Workloads: []testbed.Workload{testbed.ModelWorkload("register")}, Length: 15 * time.Second,
	Faults: []string{"crash", "kill", "pause", "partition", "packet"}, Regression: "regression",
}

func main() { nats.Main() }
