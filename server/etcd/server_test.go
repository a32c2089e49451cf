package etcd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

// serveOne starts a server that stands alone, and a client of etcd's own.
func serveOne(t *testing.T) (*Server, *clientv3.Client) {
	t.Helper()
	c := DefaultConfig()
	c.DataDir, c.ListenClientURLs, c.BcryptCost = t.TempDir(), []string{"http://127.0.0.1:0"}, 4
	c.ListenPeerURLs = nil
	s, err := Start(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, dial(t, clientv3.Config{Endpoints: []string{s.ClientAddr()}})
}

func dial(t *testing.T, config clientv3.Config) *clientv3.Client {
	t.Helper()
	config.DialTimeout = 10 * time.Second
	client, err := clientv3.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func TestKeysWatchesAndLeases(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	put, err := client.Put(ctx, "a", "1")
	if err != nil {
		t.Fatal(err)
	}
	lease, err := client.Grant(ctx, 3600)
	if err != nil {
		t.Fatal(err)
	}
	alive, err := client.KeepAliveOnce(ctx, lease.ID)
	if err != nil || alive.TTL != 3600 {
		t.Fatalf("a lease that is kept alive: %+v %v", alive, err)
	}
	if _, err := client.Txn(ctx).If(clientv3.Compare(clientv3.Value("a"), "=", "1")).Then(
		clientv3.OpPut("b", "2", clientv3.WithLease(lease.ID)), clientv3.OpDelete("a")).Commit(); err != nil {
		t.Fatal(err)
	}
	left, err := client.TimeToLive(ctx, lease.ID, clientv3.WithAttachedKeys())
	if err != nil || len(left.Keys) != 1 || left.TTL < 3590 || left.GrantedTTL != 3600 {
		t.Fatalf("what a lease has left: %+v %v", left, err)
	}
	if _, err := client.Revoke(ctx, lease.ID); err != nil {
		t.Fatal(err)
	}
	var told []string
	all := []clientv3.OpOption{clientv3.WithPrefix(), clientv3.WithRev(put.Header.Revision), clientv3.WithPrevKV()}
	for r := range client.Watch(ctx, "", all...) {
		for _, e := range r.Events {
			prev := ""
			if e.PrevKv != nil {
				prev = string(e.PrevKv.Value)
			}
			told = append(told, fmt.Sprintf("%d %s %s=%s was %q", e.Kv.ModRevision, e.Type, e.Kv.Key, e.Kv.Value, prev))
		}
		if len(told) >= 4 {
			break
		}
	}
	want := []string{`2 PUT a=1 was ""`, `3 PUT b=2 was ""`, `3 DELETE a= was "1"`, `4 DELETE b= was "2"`}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("a watch is told\n%s", strings.Join(told, "\n"))
	}
	if _, err := client.Compact(ctx, 4); err != nil {
		t.Fatal(err)
	}
	r := <-client.Watch(ctx, "a", clientv3.WithRev(2))
	if r.CompactRevision != 4 || !errors.Is(r.Err(), rpctypes.ErrCompacted) {
		t.Errorf("a watch from what was compacted: %+v", r)
	}
	if _, err := client.Get(ctx, "a", clientv3.WithRev(9)); !errors.Is(err, rpctypes.ErrFutureRev) {
		t.Errorf("the future: %v", err)
	}
}

func TestLeaseEnds(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	lease, err := client.Grant(ctx, 1)
	if err != nil || lease.TTL != 2 {
		t.Fatalf("a lease of a second: %+v %v", lease, err)
	}
	watch := client.Watch(ctx, "k")
	if _, err := client.Put(ctx, "k", "", clientv3.WithLease(lease.ID)); err != nil {
		t.Fatal(err)
	}
	since := time.Now()
	for r := range watch {
		if len(r.Events) > 0 && r.Events[0].Type == clientv3.EventTypeDelete {
			break
		}
	}
	if took := time.Since(since); took < 1900*time.Millisecond {
		t.Errorf("a lease of 2 s has ended behind %v", took)
	}
	if alive, err := client.KeepAliveOnce(ctx, lease.ID); !errors.Is(err, rpctypes.ErrLeaseNotFound) {
		t.Errorf("a lease that has ended: %+v %v", alive, err)
	}
}

func TestLockAndElection(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	one, err := concurrency.NewSession(client)
	if err != nil {
		t.Fatal(err)
	}
	two, err := concurrency.NewSession(client)
	if err != nil {
		t.Fatal(err)
	}
	held := concurrency.NewMutex(one, "lock")
	if err := held.Lock(ctx); err != nil {
		t.Fatal(err)
	}
	if err := concurrency.NewMutex(two, "lock").TryLock(ctx); !errors.Is(err, concurrency.ErrLocked) {
		t.Errorf("a lock that is held: %v", err)
	}
	got := make(chan error, 1)
	go func() { got <- concurrency.NewMutex(two, "lock").Lock(ctx) }()
	if err := held.Unlock(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
	e := concurrency.NewElection(one, "election")
	if err := e.Campaign(ctx, "me"); err != nil {
		t.Fatal(err)
	}
	if leader, err := e.Leader(ctx); err != nil || string(leader.Kvs[0].Value) != "me" {
		t.Errorf("who leads: %v %v", leader, err)
	}
}

func TestUsers(t *testing.T) {
	s, client := serveOne(t)
	ctx := t.Context()
	for _, do := range []func() error{
		func() error { _, err := client.UserAdd(ctx, "root", "secret"); return err },
		func() error { _, err := client.UserGrantRole(ctx, "root", "root"); return err },
		func() error { _, err := client.UserAdd(ctx, "ann", "hush"); return err },
		func() error { _, err := client.RoleAdd(ctx, "r"); return err },
		func() error {
			_, err := client.RoleGrantPermission(ctx, "r", "a", "b", clientv3.PermissionType(clientv3.PermReadWrite))
			return err
		},
		func() error { _, err := client.UserGrantRole(ctx, "ann", "r"); return err },
		func() error { _, err := client.AuthEnable(ctx); return err },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.Put(ctx, "a", ""); !errors.Is(err, rpctypes.ErrUserEmpty) {
		t.Errorf("no one puts: %v", err)
	}
	_, err := clientv3.New(clientv3.Config{
		Endpoints: []string{s.ClientAddr()}, Username: "ann", Password: "wrong", DialTimeout: 5 * time.Second,
	})
	if !errors.Is(err, rpctypes.ErrAuthFailed) {
		t.Errorf("a wrong password: %v", err)
	}
	ann := dial(t, clientv3.Config{Endpoints: []string{s.ClientAddr()}, Username: "ann", Password: "hush"})
	if _, err := ann.Put(ctx, "a1", ""); err != nil {
		t.Errorf("what ann may: %v", err)
	}
	if _, err := ann.Put(ctx, "b", ""); !errors.Is(err, rpctypes.ErrPermissionDenied) {
		t.Errorf("what ann may not: %v", err)
	}
	if r := <-ann.Watch(ctx, "b"); !r.Canceled || !strings.Contains(r.Err().Error(), "permission denied") {
		t.Errorf("a watch of what ann may not read: %+v", r)
	}
}

func TestGateway(t *testing.T) {
	s, _ := serveOne(t)
	post := func(path, body string) string {
		t.Helper()
		r, err := http.Post("http://"+s.ClientAddr()+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d %s", r.StatusCode, strings.ReplaceAll(strings.TrimSpace(string(b)), ", ", ","))
	}
	for _, one := range []struct{ path, body, want string }{
		{"/v3/kv/put", `{"key":"Zm9v","value":"YmFy"}`, `"revision":"2"`},
		{"/v3/kv/range", `{"key":"Zm9v"}`, `"value":"YmFy"`},
		{"/v3beta/kv/range", `{"key":"Zm9v"}`, `"count":"1"`},
		{"/v3/kv/range", `{}`, `400 {"code":3,"message":"etcdserver: key is not provided"`},
		{"/v3/kv/txn", `{"compare":[{"key":"Zm9v","target":"VALUE","value":"YmFy"}],` +
			`"success":[{"requestRange":{"key":"Zm9v"}}]}`, `"succeeded":true`},
		{"/v3/kv/txn", `{"compare":[{"key":"Zm9v","result":"EQUALS"}]}`, `400 {"code":3,"message":`},
		{"/v3/lease/grant", `{"TTL":5,"ID":77}`, `"ID":"77"`},
		{"/v3/lock/lock", `{"name":"bG9jaw==","lease":"77"}`, `"key":"bG9jay80ZA=="`},
		{"/v3/election/leader", `{"name":"ZQ=="}`, `500 {"code":2,"message":"election: no leader"}`},
		{"/v3/election/proclaim", `{}`, `500 {"code":2,"message":"\"leader\" field must be provided"}`},
		{"/v3/election/proclaim", `{"LEADER":5}`, `500 {"code":2,"message":"\"leader\" field must be provided"}`},
		{"/v3/lock/unlock", `{}`, `500 {"code":2,"message":"etcdserver: key is not provided"}`},
		{"/v3/lock/unlock", `{"key":"bG9jaw==","key":"bG9jaw=="}`, `duplicate field \"key\"`},
		{"/v3/lock/unlock", `{"key":5}`, `invalid value for bytes field key: 5`},
		{"/v3/election/campaign", `{"name":"ZQ==","lease":77.0,"value":"YQ"} behind`,
			`"leader":{"name":"ZQ==","key":"ZS80ZA=="`},
		{"/v3/maintenance/status", `{}`, `"version":"` + Version + `"`},
	} {
		if got := post(one.path, one.body); !strings.Contains(got, one.want) {
			t.Errorf("%s %s is answered %s, without %s", one.path, one.body, got, one.want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.ClientAddr()+"/v3/watch",
		strings.NewReader(`{"create_request":{"key":"Zm9v","start_revision":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var b [2048]byte
	n, told := 0, ""
	for err == nil && !strings.Contains(told, `"value":"YmFy"`) {
		n, err = answer.Body.Read(b[:])
		told += string(b[:n])
	}
	if !strings.Contains(told, `{"result":{`) || !strings.Contains(told, `"created":true`) {
		t.Errorf("a watch over HTTP is told %s %v", told, err)
	}
}
