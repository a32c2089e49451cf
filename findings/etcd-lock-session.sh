#!/usr/bin/env bash
# etcd's Go client, NewLocker: two lockers of one session are granted the same lock at once, and one's Unlock frees it for others.
#
# concurrency.NewLocker gives a sync.Locker "backed by an etcd mutex", and a Mutex may be made anew for each piece of work: so one
# expects that two goroutines of a program exclude each other as two programs do. But the lock's key is named after the session's
# lease alone. The second finds the key that the first has made, takes it for its own, and is granted the lock; it excludes other
# sessions only. Nor is it a lock that may be taken twice by one who counts: the first Unlock deletes the key, another session is
# granted the lock, and the second locker, which was told that it holds it, goes on beside that one and learns nothing. A second
# Unlock then says that all is well.
#
# Needs Go and a module proxy; etcd runs in the same process. Seen on linux/amd64 with go1.26 and v3.6.16, twice the same; and
# once with v3.7.3:
#
#   second locker of the same session   granted
#   locker of another session           mutex: Locked by another session; granted behind the first one's Unlock
#   the second one's Unlock             no error
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
	mine := session()
	first, second, other := concurrency.NewLocker(mine, "lock"), concurrency.NewLocker(mine, "lock"),
		concurrency.NewMutex(session(), "lock")
	first.Lock()
	granted := make(chan bool)
	go func() { second.Lock(); close(granted) }()
	select {
	case <-granted:
		fmt.Println("second: granted")
	case <-time.After(5 * time.Second):
		fmt.Println("second: waits")
	}
	fmt.Println("other:", other.TryLock(ctx))
	first.Unlock()
	fmt.Println("other, behind one Unlock:", other.TryLock(ctx))
	second.Unlock() // panics if there is an error
	fmt.Println("second: unlocked")
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get "go.etcd.io/etcd/server/v3@$version" "go.etcd.io/etcd/client/v3@$version" 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
second: granted
other: mutex: Locked by another session
other, behind one Unlock: <nil>
second: unlocked
END
