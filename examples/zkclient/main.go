// Command zkclient puts the lock of github.com/go-zookeeper/zk on trial, as it is, against ordeal's own service.
package main

import (
	"time"

	"ordeal/guest/ensemble"
	"ordeal/guest/system"
	"ordeal/testbed"
)

var zkclient = system.System{
	Name: "zkclient", What: "the lock of go-zookeeper", Servers: ensemble.Servers(), Client: "./client",
	Workloads: []testbed.Workload{testbed.ModelWorkload("lock")}, Nodes: []int{3}, Length: 15 * time.Second,
	Variants: []string{"closes"}, Regression: "regression",
}

func main() { zkclient.Main() }
