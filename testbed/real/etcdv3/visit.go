package etcdv3

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// How long things may take.
const (
	reachMax = 30 * time.Second
	// quietMax is how long scouts may take in the end to be told of everything, and endsMax how long leases may live on
	// that are not renewed: a new leader counts them anew, and the time without a leader does not count.
	quietMax, endsMax = 30 * time.Second, time.Minute
	// ttl is what leases are granted for, in seconds.
	ttl = 3
	// ttlLeast is the shortest that etcd grants with the election timeout of its clusters here, in seconds.
	ttlLeast = 2
)

// visit is a trial. It implements trial.Remote.
type visit struct {
	*trial.RemoteStage
	kind    kind
	group   *clients.Group
	log     ledger
	scouts  map[host.Addr]int64 // the newest revision that the scout at a server was told of
	leases  tenures
	shown   []shown // what answers have shown, in their order
	watches []*watch
	open    []*clientv3.Client
	// revision is the newest that a client was told of, and compacted the newest that one has asked to compact.
	// final is the revision from which on each hot key is changed once more. connections counts calls.
	revision, compacted, final, connections int64
	// beside are goroutines that go on beside the clients' processes.
	beside     sync.WaitGroup
	stopScouts context.CancelFunc
	scouting   chan struct{} // each scout sends when it has ended
}

func newVisit(stage *trial.RemoteStage, k kind) *visit {
	v := &visit{RemoteStage: stage, kind: k, revision: 1, scouting: make(chan struct{})}
	v.leases.now = stage.Now
	return v
}

// dial makes a client of etcd's on a machine. It does not wait for a connection.
func (v *visit) dial(from host.Addr, servers ...host.Addr) (*clientv3.Client, error) {
	return clientv3.New(v.config(from, servers...))
}

// dialAs makes a client who claims to be a user: it waits for an answer to that.
func (v *visit) dialAs(user string, from host.Addr, servers ...host.Addr) (*clientv3.Client, error) {
	cfg := v.config(from, servers...)
	cfg.Username, cfg.Password = user, secretOf(user)
	return clientv3.New(cfg)
}

func (v *visit) config(from host.Addr, servers ...host.Addr) clientv3.Config {
	cfg := clientv3.Config{
		DialTimeout: 2 * time.Second, DialKeepAliveTime: 2 * time.Second, DialKeepAliveTimeout: 2 * time.Second,
		Logger: zap.NewNop(),
		DialOptions: []grpc.DialOption{
			grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
				c, err := v.Dial(ctx, from, address)
				if err != nil {
					return nil, err
				}
				return c.(net.Conn), nil
			}),
			grpc.WithChainStreamInterceptor(v.leases.follow),
		},
	}
	for _, s := range servers {
		cfg.Endpoints = append(cfg.Endpoints, string(s))
	}
	return cfg
}

// scoutName is that of a machine without faults.
const scoutName = host.Addr("scout")

// Arrive waits until the store serves, and sends the scouts.
func (v *visit) Arrive() (err error) {
	err = fmt.Errorf("no server answered within %v", reachMax)
	v.Run(reachMax+10*time.Second, func(p host.Process) {
		v.Aside(p, func(ctx context.Context) { err = v.reach(ctx) })
	})
	if err != nil {
		return err
	}
	if v.Workload == "keys" {
		v.Record.OK(history.Service, "settings", "", []any{[]any{"ttl", int64(ttlLeast)}})
	}
	ctx, stop := context.WithCancel(context.Background())
	v.stopScouts = stop
	v.scouts = map[host.Addr]int64{}
	if v.kind.users {
		return nil // nothing that they could tell is asked for
	}
	for _, s := range v.Servers {
		v.scouts[s] = 0
	}
	for _, s := range v.Servers {
		go v.scout(ctx, s)
	}
	return nil
}

func (v *visit) reach(ctx context.Context) error {
	c, err := v.dial(scoutName, v.Servers...)
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, reachMax)
	defer cancel()
	for {
		one, cancel := context.WithTimeout(ctx, 2*time.Second)
		r, err := c.Get(one, "probe")
		cancel()
		switch {
		case err == nil && r.Header.Revision != 1:
			return fmt.Errorf("the store is not new: it is at revision %d", r.Header.Revision)
		case err == nil:
			v.noteVersions(ctx, c)
			if v.kind.open != nil {
				err = v.kind.open(v, ctx, c)
			}
			return err
		case ctx.Err() != nil:
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// noteVersions notes what the servers say they are.
func (v *visit) noteVersions(ctx context.Context, c *clientv3.Client) {
	for _, s := range v.Servers {
		one, cancel := context.WithTimeout(ctx, 2*time.Second)
		status, err := c.Status(one, string(s))
		cancel()
		if err != nil {
			v.Note("%s does not say what it is: %v", s, err)
			continue
		}
		v.Note("%s says it is etcd %s", s, status.Version)
	}
}

// Clients makes the workload's clients.
func (v *visit) Clients(stop time.Duration) trial.RemoteClients {
	v.group = clients.New(clients.Config{
		Clients: v.RemoteStage.Clients, Rate: v.Rate, Stop: stop, Draws: v.Seed, Record: v.Record, Now: v.Now,
	}, func(c *clients.Client) clients.Behaviour { return newWorker(v, c) })
	return v.group
}

// Finish waits until scouts know everything, ends what clients left open, and says what the history lacks.
func (v *visit) Finish() (verdicts []checker.Verdict, unjudged string) {
	whole := false
	v.Run(quietMax+endsMax+30*time.Second, func(p host.Process) {
		verdicts = append(verdicts, v.judgeWatchesTold(p), v.awaitEnds(p))
		whole = v.kind.users || v.awaitScouts(p)
	})
	v.closeAll()
	if !whole {
		return verdicts, "the watches of all keys were not told of everything in the end"
	}
	if v.Workload == "keys" {
		if err := v.place(); err != nil {
			return verdicts, err.Error()
		}
	}
	return append(verdicts, v.leases.judge()), ""
}

// awaitScouts waits until the scouts have been told of all that there is.
func (v *visit) awaitScouts(p host.Process) bool {
	var last int64
	v.Aside(p, func(ctx context.Context) {
		c, err := v.dial(scoutName, v.Servers...)
		if err != nil {
			return
		}
		defer c.Close()
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if r, err := c.Get(ctx, "probe"); err == nil {
			last = r.Header.Revision
		}
	})
	for until := p.Now() + quietMax; last > 0 && p.Now() < until; p.Sleep(50 * time.Millisecond) {
		if v.log.whole(last) {
			return true
		}
	}
	return false
}

// closeAll closes all clients, and sends the scouts home.
func (v *visit) closeAll() {
	v.stopScouts()
	for range v.scouts {
		<-v.scouting
	}
	for _, c := range v.open {
		_ = c.Close() // whatever it has to say of that
	}
	v.open = nil
	v.beside.Wait()
}

// Leave has nothing to do: the cluster ends with the trial.
func (v *visit) Leave() {}
