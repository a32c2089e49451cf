#!/usr/bin/env bash
# NATS JetStream, work queues: the window in which a message is not taken twice does not outlive the server, for what was done.
#
# A publisher that names its messages (Nats-Msg-Id) may send one again when an answer was lost: within the stream's duplicate window
# the server takes it once. The window is time, an hour below, and while the server runs it holds for jobs too that a worker has
# taken and acknowledged. But the names are nowhere but with the messages, and in a work queue an acknowledged one is gone. After a
# restart in good order the same message is taken as a new job, and done twice; one that is still in the queue is known.
#
# Needs Go and a module proxy; the server runs in the same process. Seen on linux/amd64 with go1.26, nats-server v2.15.3 and
# nats.go v1.55.0, twice the same:
#
#                          published again   and again behind a restart
#   the job that was done  duplicate         not a duplicate
#   the job that waits     duplicate         duplicate
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
	s, js := serve()
	w := queue(ctx, js, jetstream.ConsumerConfig{})
	publish := func(name string) {
		a, err := js.Publish(ctx, "jobs", []byte("job"), jetstream.WithMsgID(name))
		check(err)
		fmt.Printf("%s: duplicate %v\n", name, a.Duplicate)
	}

	publish("done")
	check(take(w).DoubleAck(ctx))
	publish("waits")
	publish("done")
	publish("waits")

	s.Shutdown()
	s.WaitForShutdown()
	_, js = serve()
	fmt.Println("restarted")
	publish("done")
	publish("waits")
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get github.com/nats-io/nats-server/v2@v2.15.3 github.com/nats-io/nats.go@v1.55.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
done: duplicate false
waits: duplicate false
done: duplicate true
waits: duplicate true
restarted
done: duplicate false
waits: duplicate true
END
