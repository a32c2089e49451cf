#!/usr/bin/env bash
# NATS key-value buckets: where more than one value of a key is kept, a key lives as long as markers do, however short it was to live.
#
# A key that Create makes with KeyTTL goes by itself, and a marker of that stays for LimitMarkerTTL, so that watchers hear of it: so
# that is set to what the slowest of them may need, minutes or hours. With a history of one value a key of 2 s goes in 2 s. With a
# history of two the same key is there until LimitMarkerTTL is over: the server takes the greater of the two (processJetStreamMsgWithBatch),
# and neither refuses nor says it. To keep a few more values, for people to look at, makes leases of seconds last minutes.
#
# Needs Go and a module proxy; the server runs in the same process. Seen on linux/amd64 with go1.26, nats-server v2.15.3 and
# nats.go v1.55.0, twice the same, for a key with 2 s:
#
#   history 1, LimitMarkerTTL 6 s   gone within 4 s
#   history 2, LimitMarkerTTL 6 s   there 5 s later, gone within 8 s
#   history 2, LimitMarkerTTL 1 s   gone within 4 s
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"context"
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
	for i, c := range []jetstream.KeyValueConfig{
		{History: 1, LimitMarkerTTL: 6 * time.Second},
		{History: 2, LimitMarkerTTL: 6 * time.Second},
		{History: 2, LimitMarkerTTL: time.Second},
	} {
		c.Bucket = fmt.Sprint("bucket", i)
		bucket, err := js.CreateKeyValue(ctx, c)
		check(err)
		_, err = bucket.Create(ctx, "key", []byte("value"), jetstream.KeyTTL(2*time.Second))
		check(err)
		began := time.Now()
		for err == nil && time.Since(began) < 10*time.Second {
			time.Sleep(100 * time.Millisecond)
			_, err = bucket.Get(ctx, "key")
		}
		took, says := time.Since(began), "never"
		for _, within := range []time.Duration{4 * time.Second, 5 * time.Second, 8 * time.Second} {
			if took < within {
				says = fmt.Sprint("within ", within)
				break
			}
		}
		fmt.Println("history", c.History, "markers", c.LimitMarkerTTL, "gone", says)
	}
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
history 1 markers 6s gone within 4s
history 2 markers 6s gone within 8s
history 2 markers 1s gone within 4s
END
