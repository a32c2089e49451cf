#!/usr/bin/env bash
# go.etcd.io/etcd/client/v3/leasing: a key that a client puts with a lease stays in that client's cache when the lease has ended.
#
# Package leasing "serves linearizable reads from a local cache": a client that reads a key becomes its owner, and others have to
# ask it before they write. A key that already has a lease of its own is never cached, since the server deletes it unasked. But
# the owner of a key may put it with a lease afterwards, as who registers itself does, and the cache keeps what was put: the server
# deletes the key when the lease has ended, everybody else sees that it is gone, and the owner reads it for as long as its own
# session lives. The owner's put with WithIgnoreValue (another lease, the same value) leaves an empty value in the cache.
#
# Needs Go and a module proxy; etcd runs in the same process. Seen on linux/amd64 with go1.26 and v3.6.16, twice the same; and
# once with v3.7.3:
#
#   8 s behind a lease of 2 s      etcd: 0 keys         leasing: 1 key, "here"
#   behind a put of another lease  etcd: 1 key, "here"  leasing: 1 key, ""
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
	"go.etcd.io/etcd/client/v3/leasing"
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
	cached, _, err := leasing.NewKV(client, "leasing/")
	check(err)
	show := func(what, key string) {
		plain, err := client.Get(ctx, key)
		check(err)
		mine, err := cached.Get(ctx, key)
		check(err)
		fmt.Print(what)
		for _, r := range []*clientv3.GetResponse{plain, mine} {
			fmt.Printf(", %d", len(r.Kvs))
			for _, kv := range r.Kvs {
				fmt.Printf(" %q", kv.Value)
			}
		}
		fmt.Println()
	}
	put := func(key, value string, ttl int64, options ...clientv3.OpOption) {
		lease, err := client.Grant(ctx, ttl)
		check(err)
		_, err = cached.Put(ctx, key, value, append(options, clientv3.WithLease(lease.ID))...)
		check(err)
	}

	for _, key := range []string{"short", "long"} { // the client becomes the owner of both
		_, err = cached.Get(ctx, key)
		check(err)
	}
	put("short", "here", 2)
	time.Sleep(8 * time.Second)
	show("ended", "short")

	put("long", "here", 600)
	put("long", "", 600, clientv3.WithIgnoreValue())
	show("renewed", "long")
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get "go.etcd.io/etcd/server/v3@$version" "go.etcd.io/etcd/client/v3@$version" 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
ended, 0, 1 "here"
renewed, 1 "here", 1 ""
END
