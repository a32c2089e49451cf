package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"ordeal/cmd/bench/usage"
	"ordeal/host/oshost"
)

// product is a server that takes etcd's flags.
type product struct {
	name    string
	command []string
}

// ensemble is servers of a product.
type ensemble struct {
	product
	args   [][]string
	addrs  []string
	run    []*exec.Cmd
	output []*bytes.Buffer
}

// startLimit is how long servers may take to start.
const startLimit = 2 * time.Minute

// start starts n servers with their data below dir, and waits until each answers.
func (p product) start(ctx context.Context, dir string, n int) (*ensemble, error) {
	e := &ensemble{product: p}
	var peers, members []string
	for i := range n {
		peer, err1 := oshost.FreeAddr()
		client, err2 := oshost.FreeAddr()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		peers, e.addrs = append(peers, peer), append(e.addrs, client)
		members = append(members, fmt.Sprintf("s%d=http://%s", i, peer))
	}
	for i := range n {
		e.args = append(e.args, []string{
			"--name", fmt.Sprint("s", i), "--data-dir", filepath.Join(dir, fmt.Sprint(i)),
			"--listen-client-urls", "http://" + e.addrs[i], "--advertise-client-urls", "http://" + e.addrs[i],
			"--listen-peer-urls", "http://" + peers[i], "--initial-advertise-peer-urls", "http://" + peers[i],
			"--initial-cluster", strings.Join(members, ","), "--quota-backend-bytes", "8589934592", "--log-level", "error",
		})
		if err := e.launch(i); err != nil {
			e.stop()
			return nil, err
		}
	}
	if err := e.await(ctx); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

// launch starts the process of server i, in the place of one that has ended.
func (e *ensemble) launch(i int) error {
	c, output := exec.Command(e.command[0], append(slices.Clone(e.command[1:]), e.args[i]...)...), &bytes.Buffer{}
	c.Stdout, c.Stderr = output, output
	if err := c.Start(); err != nil {
		return err
	}
	if i < len(e.run) {
		e.run[i], e.output[i] = c, output
		return nil
	}
	e.run, e.output = append(e.run, c), append(e.output, output)
	return nil
}

// await waits until every server answers a get that needs the leader.
func (e *ensemble) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for i, addr := range e.addrs {
		conn, err := dial(addr)
		if err != nil {
			return err
		}
		_, err = pb.NewKVClient(conn).Range(ctx, &pb.RangeRequest{Key: []byte("bench")}, grpc.WaitForReady(true))
		conn.Close()
		if err != nil {
			return fmt.Errorf("%s did not start: %w\n%s", e.name, err, e.output[i])
		}
	}
	return nil
}

// dial opens a connection of its own. Answers may be large.
func dial(addr string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1<<30)))
}

// stop ends the servers.
func (e *ensemble) stop() {
	for _, c := range e.run {
		_ = c.Process.Signal(syscall.SIGTERM)
	}
	for _, c := range e.run {
		kill := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		kill.Stop()
	}
}

// spent is the CPU time of all servers so far.
func (e *ensemble) spent() (sum time.Duration, err error) {
	for _, c := range e.run {
		one, err := usage.CPU(c.Process.Pid)
		if err != nil {
			return 0, err
		}
		sum += one
	}
	return sum, nil
}

// once has one client do something on the first server.
func (e *ensemble) once(do func(pb.KVClient) error) error {
	conn, err := dial(e.addrs[0])
	if err != nil {
		return err
	}
	defer conn.Close()
	return do(pb.NewKVClient(conn))
}
