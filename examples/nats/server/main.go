// Command server is a server of NATS in a cluster, with JetStream, which syncs every write.
package main

import (
	"log"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"ordeal/guest/say"
)

func main() {
	name, _ := os.Hostname()
	routes := "nats://" + strings.ReplaceAll(os.Getenv("SERVERS"), ",", ":6222,nats://") + ":6222"
	s, err := server.NewServer(&server.Options{
		ServerName: name, Host: "0.0.0.0", Port: 4222, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: "data", SyncAlways: true, JetStreamMaxMemory: 16 << 20, JetStreamMaxStore: 64 << 20,
		Cluster: server.ClusterOpts{Name: "trial", Host: "0.0.0.0", Port: 6222}, Routes: server.RoutesFromStr(routes),
	})
	if err != nil {
		log.Fatal(err)
	}
	s.Start()
	say.Tell(100*time.Millisecond, func() say.Status { return say.Status{Leads: s.JetStreamIsLeader()} })
}
