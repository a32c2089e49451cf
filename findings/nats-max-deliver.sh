#!/usr/bin/env bash
# NATS JetStream, work queues: a job that was delivered too often stays when the limit is raised, and the consumer counts it nowhere.
#
# A job that MaxDeliver workers have lost is delivered no more, and stays in the stream. That is documented; so, it seems, the cure
# is to raise the limit. The consumer takes the new limit, and the job still does not come: it was taken off what is to be delivered
# again, and nothing puts it back. Nor do the numbers by which one judges that a queue is empty tell of it: nothing is pending, and
# nothing waits for an ack. Only the stream still counts a message. It comes to a consumer that is made anew.
#
# Needs Go and a module proxy; the server runs in the same process. Seen on linux/amd64 with go1.26, nats-server v2.15.3 and
# nats.go v1.55.0, twice the same:
#
#   MaxDeliver 2, AckWait 0.5 s, a job that was taken twice   pending 0, waiting for an ack 0, messages in the stream 1
#   MaxDeliver raised to 10, 2 s                              the job does not come
#   another consumer in its place                             the job comes
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

func main() {
	ctx := context.Background()
	_, js := serve()
	c := jetstream.ConsumerConfig{AckWait: 500 * time.Millisecond, MaxDeliver: 2}
	w := queue(ctx, js, c)
	_, err := js.Publish(ctx, "jobs", []byte("job"))
	check(err)
	fmt.Println("taken:", take(w) != nil, take(w) != nil, take(w) != nil)
	info, err := w.Info(ctx)
	check(err)
	stream, err := js.Stream(ctx, "jobs")
	check(err)
	there, err := stream.Info(ctx)
	check(err)
	fmt.Printf("pending %d, waiting for an ack %d, in the stream %d\n", info.NumPending, info.NumAckPending, there.State.Msgs)

	c = info.Config
	c.MaxDeliver = 10
	w, err = js.UpdateConsumer(ctx, "jobs", c)
	check(err)
	fmt.Println("limit", w.CachedInfo().Config.MaxDeliver, "taken:", take(w) != nil)

	check(js.DeleteConsumer(ctx, "jobs", c.Durable))
	w, err = js.CreateConsumer(ctx, "jobs", c)
	check(err)
	fmt.Println("anew, taken:", take(w) != nil)
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
taken: true true false
pending 0, waiting for an ack 0, in the stream 1
limit 10 taken: false
anew, taken: true
END
