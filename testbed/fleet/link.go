// Package fleet has the trials of a campaign played on other machines. It is for trials that depend on each other, as
// those of a guided campaign, of shrinking, or of one that ends with its first finding: one process decides which
// trials there are, and workers anywhere ask for them. What lies between the two is NATS JetStream, in this process or
// as a cluster.
//
// Trials lie in a work queue. A worker holds one at a time and says that it is at it; one that is not heard of has lost
// it, and another gets it. Results lie in a bucket under the number that a trial was asked for by, and the first to be
// written is the only one: however often a trial is played, it counts once.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
)

// Place says where trials are asked for and answered.
type Place struct {
	// URL is that of a server of NATS with JetStream, or several behind commas.
	URL string
	// Program tells apart who plays trials the same: workers get those of their own program alone. It is one word of
	// letters and digits.
	Program string
	// Lease is for how long a worker that is not heard of keeps its trial; 0 is leaseUsual.
	Lease time.Duration
	// Memory says that the server forgets everything when it ends.
	Memory bool
}

// leaseUsual is Place.Lease unless it is given. A worker is heard of three times as often.
const leaseUsual = 15 * time.Second

const (
	streamName = "ORDEAL_WORK"
	bucketName = "ORDEAL_RESULTS"
	subjects   = "ordeal.work"
	// forgotten is after what time the server forgets what a campaign that perished has left.
	forgotten = 24 * time.Hour
	// copies is how many servers of a cluster keep everything.
	copies = 3
)

// link is a connection to the place.
type link struct {
	Place
	conn    *nats.Conn
	stream  jetstream.JetStream
	queue   jetstream.Stream
	results jetstream.KeyValue
}

// connect makes what is not there yet, and joins it.
func (p Place) connect(ctx context.Context) (*link, error) {
	if p.Lease == 0 {
		p.Lease = leaseUsual
	}
	conn, err := nats.Connect(p.URL, nats.MaxReconnects(-1), nats.Name("ordeal"))
	if err != nil {
		return nil, fmt.Errorf("no server of NATS at %s: %w", shown(p.URL), err)
	}
	l := &link{Place: p, conn: conn}
	if l.stream, err = jetstream.New(conn); err == nil {
		err = l.gather(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("JetStream at %s: %w", shown(p.URL), err)
	}
	return l, nil
}

// gather makes what is not there yet as soon as the server is ready for it. One of a cluster waits for others, and has
// room for so many copies only when they are there.
func (l *link) gather(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for begun := time.Now(); ; {
		once, done := context.WithTimeout(ctx, patience/10)
		err := l.make(once, copies)
		if refusesCopies(err) && (l.conn.ConnectedClusterName() == "" || time.Since(begun) >= patience/2) {
			err = l.make(once, 1)
		}
		done()
		if err == nil || l.conn.ConnectedClusterName() == "" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// make makes the queue and the bucket. What others have made stays as it is.
func (l *link) make(ctx context.Context, replicas int) (err error) {
	storage := jetstream.FileStorage
	if l.Memory {
		storage = jetstream.MemoryStorage
	}
	l.queue, err = l.stream.CreateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subjects + ".>"}, Retention: jetstream.WorkQueuePolicy, MaxAge: forgotten,
		Storage: storage, Replicas: replicas,
	})
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		l.queue, err = l.stream.Stream(ctx, streamName)
	}
	if err != nil {
		return err
	}
	l.results, err = l.stream.CreateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: bucketName, TTL: forgotten, Storage: storage, Replicas: replicas,
	})
	if errors.Is(err, jetstream.ErrBucketExists) {
		l.results, err = l.stream.KeyValue(ctx, bucketName)
	}
	return err
}

// Codes of JetStream's errors where there are too few servers for so many copies.
const (
	codeNoPeers    = 10005
	codeNoCluster  = 10010
	codeNoRoom     = 10023
	codeNoReplicas = 10074
)

// refusesCopies says that an error is about too many copies.
func refusesCopies(err error) bool {
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && slices.Contains([]jetstream.ErrorCode{codeNoPeers, codeNoCluster, codeNoRoom,
		codeNoReplicas}, api.ErrorCode)
}

// work is the subject of the trials of this program, and of one that is asked for under a key.
func (l *link) work(key string) string { return subjects + "." + l.Program + "." + key }

// keyOf is the key under which the trial of a message is to be answered.
func (l *link) keyOf(subject string) string { return strings.TrimPrefix(subject, l.work("")) }

// answer is what became of a trial.
type answer struct {
	Summary play.Summary `json:"summary"`
	// Finding says how the worker process perished over the trial.
	Finding *campaign.Finding `json:"finding,omitempty"`
	// Error is the tool's own failure.
	Error string `json:"error,omitempty"`
}

// shown are URLs without what is secret in them.
func shown(urls string) string {
	list := strings.Split(urls, ",")
	for i, url := range list {
		scheme, rest, ok := strings.Cut(url, "://")
		if !ok {
			scheme, rest = "nats", url
		}
		list[i] = scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
	}
	return strings.Join(list, ",")
}
