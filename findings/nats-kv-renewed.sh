#!/usr/bin/env bash
# NATS key-value buckets: a key with a time to live that is updated before it ends has none any more, and stays for good.
#
# A key that Create makes with KeyTTL, and that its owner renews by Update with the revision it knows, looks like a lease: others
# can't create it as long as it is there, and it goes when its owner does. The client says of KeyTTL that it is set when the key is
# made and can't be changed later. So one expects that Update keeps it, or starts it anew. But a time to live is a header of one
# message, and Update writes another without it, for which it takes no option. A lock that was renewed once is never free again
# when its owner dies; one that was never renewed is, so a test of that passes.
#
# Needs Go and a module proxy; the server runs in the same process. Seen on linux/amd64 with go1.26, nats-server v2.15.3 and
# nats.go v1.55.0, twice the same, for keys with 2 s:
#
#   created                               gone 6 s later, and can be created
#   created, and updated a second later   there 6 s later, and can't
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// serve starts a server whose store is the folder data.
func serve() (*server.Server, jetstream.JetStream) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: "data", NoSigs: true})
	check(err)
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		panic("it does not serve")
	}
	c, err := nats.Connect(s.ClientURL())
	check(err)
	js, err := jetstream.New(c)
	check(err)
	return s, js
}

func main() {
	ctx := context.Background()
	_, js := serve()
	locks, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "locks", LimitMarkerTTL: time.Minute})
	check(err)
	for _, renew := range []bool{false, true} {
		key := fmt.Sprint("renewed-", renew)
		revision, err := locks.Create(ctx, key, []byte("owner"), jetstream.KeyTTL(2*time.Second))
		check(err)
		time.Sleep(time.Second)
		if renew {
			_, err = locks.Update(ctx, key, []byte("owner"), revision)
			check(err)
		}
		time.Sleep(5 * time.Second)
		_, err = locks.Create(ctx, key, []byte("another"), jetstream.KeyTTL(2*time.Second))
		fmt.Println(key, errors.Is(err, jetstream.ErrKeyExists), err == nil)
	}
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
renewed-false false true
renewed-true true false
END
