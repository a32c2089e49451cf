#!/usr/bin/env bash
# NATS JetStream, work queues read by Consume: jobs that wait in a worker's own buffer are given to another, and most are done twice.
#
# AckWait is the time that a job may take. By Consume a worker is called with one job after the other, so one expects that its time
# begins then. But Consume has asked the server for 500 jobs (PullMaxMessages) and keeps them in the program. Their time begins when
# the server sends them, not when they are begun. Whoever is behind the first AckWait in that buffer is delivered to another worker,
# or to the same one again, and done once more, while no worker was slow and none was lost; and each such delivery counts towards
# MaxDeliver. The acks of both succeed. Meanwhile the other workers find the queue empty. With PullMaxMessages(1) all is as expected.
#
# Needs Go and a module proxy; the server runs in the same process. Two workers, ten jobs of half a second, AckWait 2 s. Seen on
# linux/amd64 with go1.26, nats-server v2.15.3 and nats.go v1.55.0, jobs done by each worker in 10 s:
#
#   Consume as it is                15 and 4; 15 and 4; 15 and 4: 19 for 10 jobs
#   Consume with PullMaxMessages(1) 5 and 5
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
	"sync/atomic"
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
func queue(ctx context.Context, js jetstream.JetStream, name string, c jetstream.ConsumerConfig) jetstream.Consumer {
	_, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name: name, Subjects: []string{name}, Retention: jetstream.WorkQueuePolicy,
	})
	check(err)
	c.Durable, c.AckPolicy = "workers", jetstream.AckExplicitPolicy
	w, err := js.CreateConsumer(ctx, name, c)
	check(err)
	return w
}

// done is how many jobs each of two workers does, of ten.
func done(ctx context.Context, js jetstream.JetStream, name string, options ...jetstream.PullConsumeOpt) [2]int64 {
	w := queue(ctx, js, name, jetstream.ConsumerConfig{AckWait: 2 * time.Second})
	for range 10 {
		_, err := js.Publish(ctx, name, []byte("job"))
		check(err)
	}
	var each [2]atomic.Int64
	for i := range each {
		c, err := w.Consume(func(m jetstream.Msg) {
			time.Sleep(500 * time.Millisecond)
			each[i].Add(1)
			check(m.DoubleAck(ctx))
		}, options...)
		check(err)
		defer c.Stop()
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(10 * time.Second)
	return [2]int64{each[0].Load(), each[1].Load()}
}

func main() {
	ctx := context.Background()
	_, js := serve()
	usual := done(ctx, js, "usual")
	single := done(ctx, js, "single", jetstream.PullMaxMessages(1))
	fmt.Println("as it is:", usual, "with PullMaxMessages(1):", single)
	if usual[0]+usual[1] < 15 || single[0]+single[1] != 10 {
		fmt.Println("changed")
		os.Exit(1)
	}
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go run -mod=mod .
