#!/usr/bin/env bash
# etcd 3.6.16: a key that one transaction puts and deletes is in order if the put is named first, and ends etcdctl make-mirror.
#
# A transaction that changes a key twice is refused ("duplicate key given in txn request"). One whose parts are transactions
# themselves is not, if the one that puts is named before the one that deletes: then one revision has two events of the key. In the
# other order it is refused. make-mirror, which copies a store to another cluster as it changes, makes one transaction of a revision's
# events: a put and a delete of one key side by side. The other cluster refuses that, and the mirror ends with an error. Started
# again from there (--rev) it comes upon the same revision.
#
# Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same:
#
#   txn(txn(delete k), txn(put k))   duplicate key given in txn request
#   txn(txn(put k), txn(delete k))   carried out; events: put k, delete k
#   make-mirror                      exit 1, "duplicate key given in txn request"; k is still in the copy
#   make-mirror --rev there          the same
set -euo pipefail

version=v3.6.16
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

mkdir driver
cat > driver/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// serve starts an etcd of one server, and is where clients find it and a client.
func serve(folder string) (string, *clientv3.Client) {
	c := embed.NewConfig()
	c.Dir, c.LogLevel = folder, "fatal"
	c.ListenClientUrls = []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	c.ListenPeerUrls = []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	e, err := embed.StartEtcd(c)
	check(err)
	<-e.Server.ReadyNotify()
	at := e.Clients[0].Addr().String()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{at}})
	check(err)
	return at, client
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	from, source := serve("from")
	to, copied := serve("to")
	_, err := source.Put(ctx, "k", "old")
	check(err)

	// mirror begins to copy, and is what it says at its end.
	mirror := func(more ...string) <-chan string {
		said := make(chan string)
		go func() {
			c := exec.CommandContext(ctx, "./etcdctl", append([]string{"--endpoints", from, "make-mirror", to}, more...)...)
			text, err := c.CombinedOutput()
			said <- fmt.Sprintf("%v, %v", err, strings.Contains(string(text), "Error: etcdserver: duplicate key given in txn request"))
		}()
		return said
	}
	first := mirror()
	for { // until it has begun
		r, err := copied.Get(ctx, "k")
		check(err)
		if len(r.Kvs) == 1 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(time.Second) // it follows now

	put := clientv3.OpTxn(nil, []clientv3.Op{clientv3.OpPut("k", "new")}, nil)
	remove := clientv3.OpTxn(nil, []clientv3.Op{clientv3.OpDelete("k")}, nil)
	_, err = source.Txn(ctx).Then(remove, put).Commit()
	fmt.Println("delete, put:", err)
	done, err := source.Txn(ctx).Then(put, remove).Commit()
	fmt.Println("put, delete:", err)
	fmt.Println("mirror:", <-first)
	r, err := copied.Get(ctx, "k")
	check(err)
	fmt.Println("in the copy:", r.Count)
	fmt.Println("again:", <-mirror("--rev", fmt.Sprint(done.Header.Revision)))
}
GO

go mod init finding 2>/dev/null
printf '//go:build tools\n\npackage finding\n\nimport _ "go.etcd.io/etcd/etcdctl/v3"\n' > tools.go
for module in server client etcdctl; do go get "go.etcd.io/etcd/$module/v3@$version" 2>/dev/null; done
go build -mod=mod -o etcdctl go.etcd.io/etcd/etcdctl/v3
go run -mod=mod ./driver 2>said | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
delete, put: etcdserver: duplicate key given in txn request
put, delete: <nil>
mirror: exit status 1, true
in the copy: 1
again: exit status 1, true
END
