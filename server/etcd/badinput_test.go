package etcd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// still puts a key and reads it again: the server serves, and has lost nothing.
func still(t *testing.T, client *clientv3.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := client.Put(ctx, "still", "here"); err != nil {
		t.Fatal(err)
	}
	if r, err := client.Get(ctx, "still"); err != nil || len(r.Kvs) != 1 || string(r.Kvs[0].Value) != "here" {
		t.Fatalf("a key that was put is read as %v %v", r, err)
	}
}

// plain is a connection to a client's server with nothing of the client between: that asks again and again.
func plain(t *testing.T, client *clientv3.Client) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(client.Endpoints()[0], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestAnyBytes sends what is no request to the port of clients: each of these connections is ended, by the server or by
// an answer that says so.
func TestAnyBytes(t *testing.T) {
	s, client := serveOne(t)
	rng := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	const post = "POST /v3/kv/put HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
	for name, bytes := range map[string]string{
		"noise": string(noise), "zeros": strings.Repeat("\x00", 100), "half a preface": preface[:10] + "\r\n\r\n\r\n",
		"a preface and noise":       preface + string(noise),
		"a frame that is too large": preface + "\xff\xff\xff\x00\x00\x00\x00\x00\x01",
		"data of no stream": preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00" +
			"\x00\x00\x01\x00\x00\x00\x00\x00\x00x",
		"a hello of TLS":              "\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03" + string(noise[:233]),
		"a request of ZooKeeper":      "\x00\x00\x00\x2d" + strings.Repeat("\x00", 45),
		"a line that is no HTTP":      "GET\r\n\r\n",
		"headers without an end":      "GET / HTTP/1.1\r\nA: " + strings.Repeat("x", 2<<20),
		"JSON that is none":           post + "Content-Length: 3\r\n\r\n{{{",
		"a body that is not UTF-8":    post + "Content-Length: 2\r\n\r\n\xff\xfe",
		"a path that is none":         "POST /v3/kv/\x00 HTTP/1.1\r\nHost: h\r\n\r\n",
		"a length that is none":       "POST /v3/kv/put HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
		"a chunk of no length at all": "POST /v3/kv/put HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", s.ClientAddr())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			_, _ = io.WriteString(c, bytes) // the server may have hung up before it has all
			answer, err := io.ReadAll(io.LimitReader(c, 1<<20))
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Fatalf("the server leaves the connection as it is, and has answered %q", answer)
			}
		})
	}
	still(t, client)
}

// TestLimits asks for more than may be asked for, and is answered as by etcd.
func TestLimits(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	kv := pb.NewKVClient(plain(t, client))
	_, err := kv.Put(ctx, &pb.PutRequest{Key: []byte("k"), Value: make([]byte, 3<<19)})
	if !errors.Is(rpctypes.Error(err), rpctypes.ErrRequestTooLarge) {
		t.Errorf("a request that is too large: %v", err)
	}
	_, err = kv.Put(ctx, &pb.PutRequest{Key: []byte("k"), Value: make([]byte, 3<<20)})
	if status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "received message larger than max") {
		t.Errorf("a message that is too large: %v", err)
	}
	ops := make([]clientv3.Op, 129)
	for i := range ops {
		ops[i] = clientv3.OpGet("k")
	}
	if _, err := client.Txn(ctx).Then(ops...).Commit(); !errors.Is(err, rpctypes.ErrTooManyOps) {
		t.Errorf("too many operations: %v", err)
	}
	if _, err := client.Put(ctx, "", ""); !errors.Is(err, rpctypes.ErrEmptyKey) {
		t.Errorf("an empty key: %v", err)
	}
	if _, err := client.Compact(ctx, 1000); !errors.Is(err, rpctypes.ErrFutureRev) {
		t.Errorf("a compaction of the future: %v", err)
	}
	if _, err := client.Grant(ctx, 9_000_000_001); !errors.Is(err, rpctypes.ErrLeaseTTLTooLarge) {
		t.Errorf("a lease that is too long: %v", err)
	}
	still(t, client)
}

// TestManyWatches begins ten thousand watches on one stream: each is told of a put.
func TestManyWatches(t *testing.T) {
	const many = 10_000
	_, client := serveOne(t)
	stream, err := pb.NewWatchClient(plain(t, client)).Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for range many {
			r := &pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{
				CreateRequest: &pb.WatchCreateRequest{Key: []byte("k"), RangeEnd: []byte("l")},
			}}
			if err := stream.Send(r); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	ids := map[int64]bool{}
	for len(ids) < many {
		r, err := stream.Recv()
		if err != nil || !r.Created {
			t.Fatalf("a watch is begun: %v %v", r, err)
		}
		ids[r.WatchId] = true
	}
	if _, err := client.Put(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	for len(ids) > 0 {
		r, err := stream.Recv()
		if err != nil || len(r.Events) != 1 || !ids[r.WatchId] {
			t.Fatalf("a watch is told: %v %v", r, err)
		}
		delete(ids, r.WatchId)
	}
	still(t, client)
}

// TestAStreamThatIsNotRead has a watch's client read nothing while much is put: the server keeps no more for it than it
// may, and the watch is told of everything when its client reads again.
func TestAStreamThatIsNotRead(t *testing.T) {
	const puts, size = 100, 100 << 10
	_, client := serveOne(t)
	stream, err := pb.NewWatchClient(plain(t, client)).Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	create := &pb.WatchCreateRequest{Key: []byte("large")}
	err = stream.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: create}})
	if err != nil {
		t.Fatal(err)
	}
	writer := dial(t, clientv3.Config{Endpoints: client.Endpoints()})
	for i := range puts {
		if _, err := writer.Put(t.Context(), "large", fmt.Sprint(i, strings.Repeat("x", size))); err != nil {
			t.Fatal(err)
		}
	}
	next := 0
	for next < puts {
		r, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.Events {
			if !strings.HasPrefix(string(e.Kv.Value), fmt.Sprint(next, "x")) {
				t.Fatalf("event %d is %.10q", next, e.Kv.Value)
			}
			next++
		}
	}
}

// TestTokens asks with tokens that are no good: forged, of a user that was deleted, and of before users counted no
// more.
func TestTokens(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	for _, err := range []error{
		second(client.UserAdd(ctx, "root", "r")), second(client.UserGrantRole(ctx, "root", "root")),
		second(client.UserAdd(ctx, "gone", "g")), second(client.RoleAdd(ctx, "all")),
		second(client.RoleGrantPermission(ctx, "all", "\x00", "\x00", clientv3.PermissionType(clientv3.PermReadWrite))),
		second(client.UserGrantRole(ctx, "gone", "all")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.AuthEnable(ctx); err != nil {
		t.Fatal(err)
	}
	root := dial(t, clientv3.Config{Endpoints: client.Endpoints(), Username: "root", Password: "r"})
	given, err := client.Authenticate(ctx, "gone", "g")
	if err != nil {
		t.Fatal(err)
	}
	kv := pb.NewKVClient(plain(t, client))
	as := func(token string) error {
		_, err := kv.Range(metadata.AppendToOutgoingContext(ctx, "token", token), &pb.RangeRequest{Key: []byte("k")})
		return rpctypes.Error(err)
	}
	if err := as(given.Token); err != nil {
		t.Errorf("a good token: %v", err)
	}
	for _, forged := range []string{"x", "0" + given.Token, strings.Repeat("a", 5000), "a.99999999999999999999"} {
		if err := as(forged); !errors.Is(err, rpctypes.ErrInvalidAuthToken) {
			t.Errorf("a forged token, %.20q: %v", forged, err)
		}
	}
	if _, err := root.UserDelete(ctx, "gone"); err != nil {
		t.Fatal(err)
	}
	if err := as(given.Token); !errors.Is(err, rpctypes.ErrInvalidAuthToken) {
		t.Errorf("a token of a user that was deleted: %v", err)
	}
	if _, err := client.Get(ctx, "k"); !errors.Is(err, rpctypes.ErrUserEmpty) {
		t.Errorf("no token: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestATokenThatIsNotUsedEnds waits until a token is too old.
func TestATokenThatIsNotUsedEnds(t *testing.T) {
	c := DefaultConfig()
	c.DataDir, c.ListenClientURLs, c.BcryptCost = t.TempDir(), []string{"http://127.0.0.1:0"}, 4
	c.ListenPeerURLs, c.AuthTokenTTL = nil, time.Second
	s, err := Start(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client := dial(t, clientv3.Config{Endpoints: []string{s.ClientAddr()}})
	ctx := t.Context()
	for _, err := range []error{
		second(client.UserAdd(ctx, "root", "r")), second(client.UserGrantRole(ctx, "root", "root")),
		second(client.AuthEnable(ctx)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	given, err := client.Authenticate(ctx, "root", "r")
	if err != nil {
		t.Fatal(err)
	}
	kv := pb.NewKVClient(plain(t, client))
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(2500 * time.Millisecond) { // each use lets it last longer
		_, err := kv.Range(metadata.AppendToOutgoingContext(ctx, "token", given.Token), &pb.RangeRequest{Key: []byte("k")})
		if errors.Is(rpctypes.Error(err), rpctypes.ErrInvalidAuthToken) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("a token that was not used for more than two seconds is good: %v", err)
		}
	}
}

// TestForeignData starts a server on a folder that is another program's: it says so, and changes nothing there.
func TestForeignData(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"member/snap/db", "member/wal/0000000000000000-0000000000000000.wal"} {
		file := filepath.Join(dir, name)
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("theirs"), 0o600))
		if err != nil {
			t.Fatal(err)
		}
	}
	c := DefaultConfig()
	c.DataDir, c.ListenClientURLs, c.ListenPeerURLs = dir, []string{"http://127.0.0.1:0"}, nil
	s, err := Start(c, slog.New(slog.DiscardHandler))
	if err == nil {
		s.Close()
		t.Fatal("it starts on etcd's data")
	}
	if !strings.Contains(err.Error(), "etcd") {
		t.Errorf("it says %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("it has left %v there: %v", entries, err)
	}
}
