#!/usr/bin/env bash
# etcd's locks and elections: a name covers all names below it. "jobs" waits for "jobs/nightly", and has its leader.
#
# A Mutex of go.etcd.io/etcd/client/v3/concurrency makes a key NAME/LEASE, and waits for every older key that begins with NAME/.
# The key of the lock NAME/OTHER begins so too. So who takes "jobs" waits until "jobs/nightly" is free, while who takes
# "jobs/nightly" does not wait for "jobs": it is no lock of a tree either. An Election of the name "jobs" that no one campaigns in
# has a leader, that of "jobs/nightly", and a campaign for it does not end while that one is in office. The servers' own Lock and
# Election services do the same, for all clients. Services that name locks by paths come upon it when one path is another's parent.
#
# Needs Go and a module proxy; etcd runs in the same process. Seen on linux/amd64 with go1.26 and v3.6.16, twice the same; and
# once with v3.7.3:
#
#   "jobs/nightly" is held, TryLock of "jobs"     mutex: Locked by another session
#   "jobs" is held, TryLock of "jobs/nightly"     granted
#   "office/a" has a leader, Leader of "office"   the leader of "office/a"
#   "office/a" has a leader, Campaign of "office" not elected within 2 s
set -euo pipefail

version=v3.6.16
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"go.etcd.io/etcd/server/v3/embed"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// serve starts an etcd of one server and is where clients find it.
func serve() string {
	c := embed.NewConfig()
	c.Dir, c.LogLevel = "data", "fatal"
	c.ListenClientUrls = []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	c.ListenPeerUrls = []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	e, err := embed.StartEtcd(c)
	check(err)
	<-e.Server.ReadyNotify()
	return e.Clients[0].Addr().String()
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{serve()}})
	check(err)
	session := func() *concurrency.Session {
		s, err := concurrency.NewSession(client)
		check(err)
		return s
	}
	one, other := session(), session()

	below, above := concurrency.NewMutex(one, "jobs/nightly"), concurrency.NewMutex(other, "jobs")
	check(below.Lock(ctx))
	fmt.Println("above:", above.TryLock(ctx))
	check(below.Unlock(ctx))
	check(above.Lock(ctx))
	fmt.Println("below:", below.TryLock(ctx))

	check(concurrency.NewElection(one, "office/a").Campaign(ctx, "of office/a"))
	office := concurrency.NewElection(other, "office")
	leader, err := office.Leader(ctx)
	check(err)
	fmt.Printf("leader: %s\n", leader.Kvs[0].Value)
	short, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	fmt.Println("campaign:", office.Campaign(short, "of office"))
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get "go.etcd.io/etcd/server/v3@$version" "go.etcd.io/etcd/client/v3@$version" 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
above: mutex: Locked by another session
below: <nil>
leader: of office/a
campaign: context deadline exceeded
END
