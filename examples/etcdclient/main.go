// Command etcdclient puts the lock of etcd's own client library on trial, as it is, against ordeal's servers of etcd's
// API, which are guests as well.
package main

import (
	"time"

	"ordeal/guest/system"
	"ordeal/testbed"
)

var etcdclient = system.System{
	Name: "etcdclient", What: "the lock of etcd's client", Nodes: []int{3},
	Server: "ordeal/guest/etcdserver", Client: "./client",
	Workloads: []testbed.Workload{testbed.ModelWorkload("lock")}, Length: 15 * time.Second,
	Faults: []string{"kill", "pause", "partition", "packet"}, Variants: []string{"ends"}, Regression: "regression",
}

func main() { etcdclient.Main() }
