// Command etcdserver is one of ordeal's servers of etcd's API, as a guest: what a client of etcd is on trial with.
// Clients find it on port 2379 of each machine that SERVERS names.
package main

import (
	"fmt"
	"log"
	"log/slog"
	"os"
	"strings"

	"ordeal/server/etcd"
)

func main() {
	name, _ := os.Hostname()
	c := etcd.DefaultConfig()
	c.Name, c.DataDir = name, "data"
	c.ListenClientURLs, c.AdvertiseClientURLs = []string{"http://0.0.0.0:2379"}, []string{"http://" + name + ":2379"}
	c.ListenPeerURLs = []string{"http://0.0.0.0:2380"}
	c.InitialAdvertisePeerURLs = []string{"http://" + name + ":2380"}
	var all []string
	for _, s := range strings.Split(os.Getenv("SERVERS"), ",") {
		all = append(all, fmt.Sprintf("%s=http://%s:2380", s, s))
	}
	c.InitialCluster = strings.Join(all, ",")
	if _, err := etcd.Start(c, slog.New(slog.DiscardHandler)); err != nil {
		log.Fatal(err)
	}
	select {}
}
