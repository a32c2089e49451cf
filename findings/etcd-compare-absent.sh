#!/usr/bin/env bash
# etcd, transactions: whatever a key's value is compared with, nothing holds while the key is not there, not even !=.
#
# Who writes "if the value is not X, then ..." means, as a rule, a key that has never been written as well. etcd evaluates a
# comparison of a value to false wherever there is no key: neither = nor != nor < nor > holds, and so the second branch runs. It
# is only so of values: revisions, versions and leases of a key that is not there are compared as 0, and != 7 holds. The same goes
# for a comparison with a range: where no key lies in it, of values none holds, though each of its keys (there are none) would
# fulfil it. Configurations that are changed "unless they are so already", and locks that are taken "unless I have it", are not
# written the first time. What helps is a second transaction or a nested one, or to compare the version with 0 as well.
#
# Needs Go and a module proxy; etcd runs in the same process. Seen on linux/amd64 with go1.26 and v3.6.16, twice the same:
#
#                            =      !=     <      >
#   value of a key           false  false  false  false
#   values below a prefix    false  false  false  false
#   revision of a key        false  true   true   false
#   versions below a prefix  false  true   true   false
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
	_, err = client.Put(ctx, "other", "x") // there is a key, elsewhere
	check(err)
	for _, row := range []struct {
		what string
		cmp  func(op string) clientv3.Cmp
	}{
		{"value of a key", func(op string) clientv3.Cmp { return clientv3.Compare(clientv3.Value("key"), op, "x") }},
		{"values below a prefix", func(op string) clientv3.Cmp {
			return clientv3.Compare(clientv3.Value("key").WithPrefix(), op, "x")
		}},
		{"revision of a key", func(op string) clientv3.Cmp {
			return clientv3.Compare(clientv3.ModRevision("key"), op, 7)
		}},
		{"versions below a prefix", func(op string) clientv3.Cmp {
			return clientv3.Compare(clientv3.Version("key").WithPrefix(), op, 7)
		}},
	} {
		fmt.Printf("%-23s", row.what)
		for _, op := range []string{"=", "!=", "<", ">"} {
			r, err := client.Txn(ctx).If(row.cmp(op)).Commit()
			check(err)
			fmt.Print("  ", op, " ", r.Succeeded)
		}
		fmt.Println()
	}
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get "go.etcd.io/etcd/server/v3@$version" "go.etcd.io/etcd/client/v3@$version" 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
value of a key           = false  != false  < false  > false
values below a prefix    = false  != false  < false  > false
revision of a key        = false  != true  < true  > false
versions below a prefix  = false  != true  < true  > false
END
