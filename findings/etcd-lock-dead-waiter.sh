#!/usr/bin/env bash
# etcd's Go client: who waits for a lock and whose session ends meanwhile is told so when the lock is free, and not before.
#
# Lock waits until the older keys of the lock are gone. Its own key goes with its lease, at which the waiter has lost its place in
# the line; the Lock that waits looks at other keys only, and at its own when all these are gone. So a program that hangs in Lock for
# hours behind a long holder may have been out of the line for as long, while later ones pass it, and then gets ErrSessionExpired in
# the place of the lock. The end of the session is known in the same process at once (Session.Done), and Lock does not look there.
# Wait for both: give Lock a context that ends when the session does. Published as etcd 19597.
#
# Needs Go and a module proxy; etcd runs in the same process. A session's lease is revoked while it waits; the holder unlocks 5 s
# later. Seen on linux/amd64 with go1.26 and v3.6.16, twice the same; and once with v3.7.3:
#
#   Session.Done   within 2 s
#   Lock           "mutex: session is expired", 5 s or more behind the end of the session
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
		s, err := concurrency.NewSession(client, concurrency.WithTTL(3)) // kept alive every second
		check(err)
		return s
	}
	holder, mine := concurrency.NewMutex(session(), "lock"), session()
	check(holder.Lock(ctx))
	said := make(chan error, 1)
	go func() { said <- concurrency.NewMutex(mine, "lock").Lock(ctx) }()
	time.Sleep(500 * time.Millisecond) // it waits now
	_, err = client.Revoke(ctx, mine.Lease())
	check(err)
	ended := time.Now()
	<-mine.Done()
	fmt.Println("session done within 2 s:", time.Since(ended) < 2*time.Second)
	time.Sleep(time.Until(ended.Add(5 * time.Second)))
	fmt.Println("lock has said:", len(said))
	check(holder.Unlock(ctx))
	fmt.Println("lock:", <-said)
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get "go.etcd.io/etcd/server/v3@$version" "go.etcd.io/etcd/client/v3@$version" 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
session done within 2 s: true
lock has said: 0
lock: mutex: session is expired
END
