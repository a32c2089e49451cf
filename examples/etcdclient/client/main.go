// Command client takes locks with package concurrency of etcd's client, gives them back, and looks who has them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"go.uber.org/zap"

	"ordeal/guest/say"
)

const (
	ttl     = 60 // longer than a trial, in seconds: no lease ends by itself
	attempt = time.Second
)

func main() {
	endpoints := strings.Split(strings.ReplaceAll(os.Getenv("SERVERS"), ",", ":2379,")+":2379", ",")
	client, err := clientv3.New(clientv3.Config{Endpoints: endpoints, Logger: zap.NewNop()})
	if err != nil {
		panic(err)
	}
	say.Locks(3, &locker{client: client, last: map[string]int64{}})
}

// locker has a session, the mutex that it has acquired, and of each lock the number of its last grant.
type locker struct {
	client     *clientv3.Client
	session    *concurrency.Session
	mutex      *concurrency.Mutex
	last       map[string]int64
	keep, over bool // the session, when it is closed
}

func (c *locker) Session(patience time.Duration) string {
	for end := time.Now().Add(patience); c.session == nil; time.Sleep(attempt / 20) {
		if patience >= 0 && !time.Now().Before(end) {
			return ""
		}
		ctx, cancel := context.WithTimeout(context.Background(), attempt)
		if lease, err := c.client.Grant(ctx, ttl); err == nil {
			c.session, _ = concurrency.NewSession(c.client, concurrency.WithLease(lease.ID)) // nil with an error
		}
		cancel()
	}
	return fmt.Sprintf("%x", c.session.Lease())
}

func (c *locker) Close() { c.over, c.keep = !c.keep, false }

func (c *locker) Over() bool { return c.over }

func (c *locker) End() (say.Outcome, error) {
	session := c.session
	c.session, c.over = nil, false
	session.Orphan()
	return say.Insist(2*attempt, attempt, func(ctx context.Context) error {
		_, err := c.client.Revoke(ctx, session.Lease())
		if errors.Is(err, rpctypes.ErrLeaseNotFound) {
			return nil
		}
		return err
	})
}

func (c *locker) Acquire(key string) (int64, say.Outcome, error) {
	session := c.session
	m := concurrency.NewMutex(session, "/lock/"+key)
	if err := m.Lock(context.Background()); err != nil {
		return 0, say.Unknown, err
	}
	owns := m.IsOwner()
	number := owns.GetCompare().GetCreateRevision()
	switch {
	case c.session != session:
		return 0, say.Unknown, concurrency.ErrSessionExpired
	case number == c.last[key]:
		return 0, say.None, errors.New("it is the grant that is being given back")
	}
	c.mutex, c.last[key] = m, number
	return number, say.OK, nil
}

// Release tries until it is done, in the background if that takes long, and goes on with the session meanwhile, unless
// the variant is "ends".
func (c *locker) Release(string) (say.Outcome, error) {
	outcome, err := say.Insist(2*attempt, attempt, c.mutex.Unlock)
	c.keep = err != nil && os.Getenv("VARIANT") != "ends"
	return outcome, err
}

// Holder is who stands first in line.
func (c *locker) Holder(key string) (session string, number int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), attempt)
	defer cancel()
	prefix := "/lock/" + key + "/"
	r, err := c.client.Get(ctx, prefix, clientv3.WithFirstCreate()...)
	if err != nil || len(r.Kvs) == 0 {
		return "", 0, err
	}
	return strings.TrimPrefix(string(r.Kvs[0].Key), prefix), r.Kvs[0].CreateRevision, nil
}
