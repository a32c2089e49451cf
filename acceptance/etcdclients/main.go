// Command etcdclients drives etcd's own Go client, with its packages concurrency, leasing, mirror, namespace and
// ordering, through a server of etcd's API, and says what is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"go.etcd.io/etcd/client/v3/leasing"
	"go.etcd.io/etcd/client/v3/mirror"
	"go.etcd.io/etcd/client/v3/namespace"
	"go.etcd.io/etcd/client/v3/ordering"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "etcdclients: the server's host:port is wanted")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "etcdclients:", err)
		os.Exit(1)
	}
	fmt.Println("   etcd's Go client: concurrency, leasing, mirror, namespace, ordering")
}

func run(addr string) error {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{addr}, DialTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, one := range []struct {
		name string
		try  func(context.Context, *clientv3.Client) error
	}{
		{"mutex", mutexes}, {"election", elections}, {"stm", transfers}, {"leasing", leased}, {"mirror", mirrored},
		{"namespace and ordering", wrapped},
	} {
		if err := one.try(ctx, client); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
	}
	return nil
}

// mutexes has some clients take one lock: never two at once.
func mutexes(ctx context.Context, client *clientv3.Client) error {
	var inside, wrong atomic.Int32
	ended := make(chan error)
	const clients = 8
	for range clients {
		go func() {
			ended <- func() error {
				s, err := concurrency.NewSession(client, concurrency.WithTTL(10))
				if err != nil {
					return err
				}
				defer s.Close()
				m := concurrency.NewMutex(s, "go/lock")
				for range 5 {
					if err := m.Lock(ctx); err != nil {
						return err
					}
					if inside.Add(1) != 1 {
						wrong.Add(1)
					}
					inside.Add(-1)
					if err := m.Unlock(ctx); err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range clients {
		if err := <-ended; err != nil {
			return err
		}
	}
	if wrong.Load() > 0 {
		return errors.New("two held the lock at once")
	}
	return nil
}

func elections(ctx context.Context, client *clientv3.Client) error {
	s, err := concurrency.NewSession(client)
	if err != nil {
		return err
	}
	defer s.Close()
	e := concurrency.NewElection(s, "go/election")
	if err := e.Campaign(ctx, "one"); err != nil {
		return err
	}
	seen := e.Observe(ctx)
	if err := e.Proclaim(ctx, "two"); err != nil {
		return err
	}
	for r := range seen {
		if string(r.Kvs[0].Value) == "two" {
			break
		}
	}
	return e.Resign(ctx)
}

// transfers moves an amount to and fro in transactions that may meet: nothing is lost.
func transfers(ctx context.Context, client *clientv3.Client) error {
	if _, err := client.Put(ctx, "go/a", "1000000000"); err != nil {
		return err
	}
	if _, err := client.Put(ctx, "go/b", ""); err != nil {
		return err
	}
	ended := make(chan error)
	for range 4 {
		go func() {
			_, err := concurrency.NewSTM(client, func(t concurrency.STM) error {
				a, b := t.Get("go/a"), t.Get("go/b")
				if len(a) > 0 {
					t.Put("go/a", a[1:])
					t.Put("go/b", b+a[:1])
				}
				return nil
			})
			ended <- err
		}()
	}
	for range 4 {
		if err := <-ended; err != nil {
			return err
		}
	}
	r, err := client.Get(ctx, "go/b")
	if err == nil && len(r.Kvs[0].Value) != 4 {
		err = fmt.Errorf("four moves have left %q", r.Kvs[0].Value)
	}
	return err
}

func leased(ctx context.Context, client *clientv3.Client) error {
	kv, stop, err := leasing.NewKV(client, "go/leasing/")
	if err != nil {
		return err
	}
	defer stop()
	for i := range 3 {
		if _, err := kv.Put(ctx, "go/l", fmt.Sprint(i)); err != nil {
			return err
		}
		r, err := kv.Get(ctx, "go/l")
		if err != nil || string(r.Kvs[0].Value) != fmt.Sprint(i) {
			return fmt.Errorf("%v %w", r, err)
		}
	}
	return nil
}

func mirrored(ctx context.Context, client *clientv3.Client) error {
	for i := range 30 {
		if _, err := client.Put(ctx, fmt.Sprintf("go/m/%02d", i), ""); err != nil {
			return err
		}
	}
	s := mirror.NewSyncer(client, "go/m/", 0)
	base, failed := s.SyncBase(ctx)
	count := 0
	for r := range base {
		count += len(r.Kvs)
	}
	if err := <-failed; err != nil || count != 30 {
		return fmt.Errorf("%d keys %w", count, err)
	}
	updates := s.SyncUpdates(ctx)
	if _, err := client.Delete(ctx, "go/m/", clientv3.WithPrefix()); err != nil {
		return err
	}
	if r := <-updates; len(r.Events) != 30 {
		return fmt.Errorf("a deletion of 30 keys is %d events", len(r.Events))
	}
	return nil
}

func wrapped(ctx context.Context, client *clientv3.Client) error {
	kv := ordering.NewKV(namespace.NewKV(client.KV, "go/n/"), func(clientv3.Op, clientv3.OpResponse, int64) error {
		return errors.New("an answer is older than one before")
	})
	if _, err := kv.Put(ctx, "k", "v"); err != nil {
		return err
	}
	r, err := kv.Get(ctx, "", clientv3.WithFromKey())
	if err == nil && (len(r.Kvs) != 1 || string(r.Kvs[0].Key) != "k") {
		err = fmt.Errorf("a namespace shows %v", r.Kvs)
	}
	return err
}
