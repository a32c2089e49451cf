#!/usr/bin/env bash
# NATS JetStream, work queues: a worker that has lost its job is told that its ack counts, and its Nak takes the job from the next.
#
# A job whose AckWait is over is delivered again, to another worker. What a worker holds in its hand is a delivery: it has a number
# of its own, and an ack is sent to an address that has this number. So one expects that the old delivery is worth nothing any more,
# and that DoubleAck, which waits for the server's word, says so: it is what people use as a fence. But the server goes by the job
# alone. The late worker's DoubleAck is confirmed and ends the job, and the next worker's is confirmed as well: two workers were
# told that the job was done by them. And the Nak of a worker that gives up late has the job delivered at once to a third, while the
# second, whose time is not over, works on it.
#
# Needs Go and a module proxy; the server runs in the same process. Seen on linux/amd64 with go1.26, nats-server v2.15.3 and
# nats.go v1.55.0, twice the same:
#
#   AckWait 1 s, deliveries 1 and 2; DoubleAck of 1, then of 2     no error, no error
#   AckWait 1 s, deliveries 1 and 2; Nak of 1, 0.2 s after 2       delivery 3 comes at once
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

// queue makes a work queue with a consumer that it is read by.
func queue(ctx context.Context, js jetstream.JetStream, c jetstream.ConsumerConfig) jetstream.Consumer {
	_, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name: "jobs", Subjects: []string{"jobs"}, Retention: jetstream.WorkQueuePolicy, Duplicates: time.Hour,
	})
	check(err)
	c.Durable, c.AckPolicy = "workers", jetstream.AckExplicitPolicy
	w, err := js.CreateConsumer(ctx, "jobs", c)
	check(err)
	return w
}

// take is the next job, nil if there is none for two seconds.
func take(w jetstream.Consumer) jetstream.Msg {
	b, err := w.Fetch(1, jetstream.FetchMaxWait(2*time.Second))
	check(err)
	return <-b.Messages()
}

// twice has a worker take a job and lose it, and another take it.
func twice(ctx context.Context, js jetstream.JetStream, w jetstream.Consumer) (late, now jetstream.Msg) {
	_, err := js.Publish(ctx, "jobs", []byte("job"))
	check(err)
	return take(w), take(w)
}

func main() {
	ctx := context.Background()
	_, js := serve()
	w := queue(ctx, js, jetstream.ConsumerConfig{AckWait: time.Second})

	late, now := twice(ctx, js, w)
	fmt.Println("late ack:", late.DoubleAck(ctx))
	fmt.Println("ack:", now.DoubleAck(ctx))

	late, _ = twice(ctx, js, w)
	time.Sleep(200 * time.Millisecond)
	check(late.Nak())
	began := time.Now()
	third := take(w)
	fmt.Println("third:", third != nil && time.Since(began) < 500*time.Millisecond)
	meta, err := third.Metadata()
	check(err)
	fmt.Println("deliveries:", meta.NumDelivered)
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
late ack: <nil>
ack: <nil>
third: true
deliveries: 3
END
