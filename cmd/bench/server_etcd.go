package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/host/oshost"
)

// etcdProgram is an etcd to look at beside the others. Nothing is judged against it: its protocol is another one, and
// so is its client.
type etcdProgram struct{ path, version string }

// findEtcd looks for etcd and says what it found. There need not be one.
func findEtcd(out io.Writer) (*etcdProgram, error) {
	path, err := exec.LookPath("etcd")
	if err != nil {
		fmt.Fprintln(out, "etcd: none to compare with (the Debian package etcd-server has it)")
		return nil, nil
	}
	text, err := exec.Command(path, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", path, err)
	}
	version, err := parseEtcdVersion(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", path, err)
	}
	fmt.Fprintf(out, "etcd: %s, its gets serializable\n", version)
	return &etcdProgram{path, version}, nil
}

// parseEtcdVersion takes the version out of what etcd --version prints.
func parseEtcdVersion(text string) (string, error) {
	for line := range strings.Lines(text) {
		if version, ok := strings.CutPrefix(line, "etcd Version: "); ok {
			return strings.TrimSpace(version), nil
		}
	}
	return "", errors.New("no version in what it prints")
}

// etcdEnsemble is servers of etcd.
type etcdEnsemble struct{ *running }

// start starts n servers with their data below dir, and waits until each takes clients.
func (e etcdProgram) start(dir string, n int) (etcdEnsemble, error) {
	r := &running{product: product{name: "etcd"}}
	var peers []string
	for range n {
		peer, err1 := oshost.FreeAddr()
		client, err2 := oshost.FreeAddr()
		if err := errors.Join(err1, err2); err != nil {
			return etcdEnsemble{}, err
		}
		peers, r.addrs = append(peers, peer), append(r.addrs, client)
	}
	for i := range n {
		c, output := exec.Command(e.path, etcdFlags(dir, i, peers, r.addrs[i])...), new(bytes.Buffer)
		c.Stdout, c.Stderr = output, output
		if err := c.Start(); err != nil {
			r.stop()
			return etcdEnsemble{}, err
		}
		r.servers, r.output = append(r.servers, c), append(r.output, output)
	}
	ensemble := etcdEnsemble{r}
	if err := ensemble.await(); err != nil {
		r.stop()
		return etcdEnsemble{}, err
	}
	return ensemble, nil
}

// etcdFlags are the flags of server i. It syncs every write, as it does by default. A history that is never compacted
// may grow to 8 GB, etcd's most, so that a long measurement does not end in its alarm.
func etcdFlags(dir string, i int, peers []string, client string) []string {
	name := func(i int) string { return fmt.Sprint("etcd-", i+1) }
	var members []string
	for j, peer := range peers {
		members = append(members, name(j)+"=http://"+peer)
	}
	return []string{
		"--name=" + name(i), "--data-dir=" + filepath.Join(dir, name(i)),
		"--listen-client-urls=http://" + client, "--advertise-client-urls=http://" + client,
		"--listen-peer-urls=http://" + peers[i], "--initial-advertise-peer-urls=http://" + peers[i],
		"--initial-cluster=" + strings.Join(members, ","), "--initial-cluster-state=new",
		"--quota-backend-bytes=8589934592", "--logger=zap", "--log-level=error",
	}
}

// await waits until every server answers a get that needs the leader.
func (e etcdEnsemble) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for _, addr := range e.addrs {
		for {
			err := etcdAnswers(ctx, addr)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return fmt.Errorf("%s did not start within %v: %w", e.product.name, startLimit, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return nil
}

func etcdAnswers(ctx context.Context, addr string) error {
	c, err := openEtcd(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	_, err = c.Get(ctx, "/bench")
	return err
}

func openEtcd(addr string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: []string{"http://" + addr}})
}

// etcdCrowd is the clients of a load, each with a connection and a key of its own.
type etcdCrowd struct {
	load
	conns []*clientv3.Client
}

func etcdKey(i int) string { return fmt.Sprintf("/bench-%d", i) }

// gather opens the connections of a load. Client i talks to server i+turn.
func (e etcdEnsemble) gather(l load, turn int) (clients, error) {
	c := &etcdCrowd{load: l}
	ctx, cancel := context.WithTimeout(context.Background(), replyTimeout)
	defer cancel()
	for i := range l.clients {
		conn, err := openEtcd(e.addrs[(i+turn)%len(e.addrs)])
		if err == nil {
			c.conns = append(c.conns, conn)
			err = putAndWait(ctx, conn, etcdKey(i))
		}
		if err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// putAndWait puts a key and returns when the server of the connection has it, so that its serializable gets find it: a
// linearizable get is answered only then.
func putAndWait(ctx context.Context, conn *clientv3.Client, key string) error {
	if _, err := conn.Put(ctx, key, etcdPayload); err != nil {
		return err
	}
	_, err := conn.Get(ctx, key)
	return err
}

var etcdPayload = string(make([]byte, payloadBytes))

func (c *etcdCrowd) close() {
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

// drive puts the load on the servers. What is outstanding of a client is as many goroutines on its one connection:
// etcd's client has no other pipeline.
func (c *etcdCrowd) drive(w window) ([]span, error) {
	ctx, cancel := context.WithDeadline(context.Background(), w.to.Add(replyTimeout))
	defer cancel()
	n := c.clients * c.outstanding
	took, errs := make([][]span, n), make([]error, n)
	var callers sync.WaitGroup
	for i := range n {
		callers.Go(func() {
			client := i % c.clients
			took[i], errs[i] = repeatEtcd(w, func() error { return c.call(ctx, c.conns[client], etcdKey(client)) })
		})
	}
	callers.Wait()
	return slices.Concat(took...), errors.Join(errs...)
}

// call does one operation. Gets are serializable, which is what a get is of ZooKeeper and of ours: the server answers
// it from what it has, and asks no other. By default, etcd's are linearizable and cost a round of the ensemble.
func (c *etcdCrowd) call(ctx context.Context, conn *clientv3.Client, key string) error {
	if c.write {
		_, err := conn.Put(ctx, key, etcdPayload)
		return err
	}
	r, err := conn.Get(ctx, key, clientv3.WithSerializable())
	if err != nil {
		return err
	}
	if len(r.Kvs) != 1 || len(r.Kvs[0].Value) != payloadBytes {
		return fmt.Errorf("a get of %s was answered with %d keys, and not with one of %d bytes", key, len(r.Kvs),
			payloadBytes)
	}
	return nil
}

// repeatEtcd does one operation after the other until the window ends, and returns when each was under way that ended
// within it.
func repeatEtcd(w window, operation func() error) (took []span, err error) {
	for begun := time.Now(); ; {
		if err := operation(); err != nil {
			return nil, err
		}
		now := time.Now()
		if now.After(w.from) && now.Before(w.to) {
			took = append(took, span{begun, now})
		}
		if now.After(w.to) {
			return took, nil
		}
		begun = now
	}
}
