// Package calibrate measures what a machine makes of trials on real processes of ordeal's own service, and fits the
// costs of a simulated world to that.
package calibrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/testbed/real"
)

// spread is how long something took, often.
type spread struct {
	Count         int
	P10, P50, P90 time.Duration
	P99, Max      time.Duration
}

func spreadOf(times []time.Duration) spread {
	slices.Sort(times)
	at := func(permille int) time.Duration { return times[min(len(times)*permille/1000, len(times)-1)] }
	return spread{len(times), at(100), at(500), at(900), at(990), times[len(times)-1]}
}

func (s spread) String() string {
	return fmt.Sprintf("p10 %v, p50 %v, p90 %v, p99 %v, most %v, of %d", round(s.P10), round(s.P50), round(s.P90),
		round(s.P99), round(s.Max), s.Count)
}

func round(d time.Duration) time.Duration {
	switch {
	case d > 100*time.Millisecond:
		return d.Round(time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(100 * time.Nanosecond)
}

// measured is what a machine is like.
type measured struct {
	// Loopback is a round trip of 64 bytes over TCP on this machine's own loopback, and FolderSync an append of 256 bytes
	// and a sync in a folder of the file system that trials are kept on: what the machine itself takes.
	Loopback, FolderSync spread
	// DiskSync is the same where a server's data is, in a trial: on its own disk if it has one, as OwnDisks says. DiskStep
	// is an append there, and DiskBytes how many bytes a second can be written there and synced.
	DiskSync  spread
	DiskStep  time.Duration
	DiskBytes int64
	OwnDisks  bool
	// Read and Write are how long a client waits of ten that ask three servers for a hundred things a second altogether,
	// for nothing else: for a znode of 100 bytes and for a new content of it. ReadLarge is for a znode of 512 KiB.
	Read, Write, ReadLarge spread
	// ReadCPU and WriteCPU are what the servers together use of processors for one.
	ReadCPU, WriteCPU time.Duration
	// Boot is how long a server takes that is started again until it takes connections.
	Boot time.Duration
}

// How much is measured.
const (
	syncs, roundTrips = 300, 1000
	// requests are those of each client, and rest is how long it waits before each, on average: as in trials.
	clients, requests = 10, 40
	rest              = 100 * time.Millisecond
	largeRequests     = 20
	large             = 512 << 10
	diskBytes         = 8 << 20
	boots             = 5
	nodes             = 3
	patient           = 30 * time.Second
)

// measure measures this machine: it takes about twenty seconds. Files are written below dir.
func measure(ctx context.Context, p *real.Product, means real.Means, dir string) (m measured, err error) {
	if m.Loopback, err = loopback(); err != nil {
		return m, err
	}
	if m.FolderSync, err = appends(dir, true, syncs); err != nil {
		return m, err
	}
	r, err := real.Open(ctx, p, means, filepath.Join(dir, "servers"), nodes, clients)
	if err != nil {
		return m, err
	}
	defer r.Close()
	m.OwnDisks = r.OwnDisks()
	ctx, cancel := context.WithTimeout(ctx, 4*patient)
	defer cancel()
	leader, address, err := r.Leader(ctx)
	if err != nil {
		return m, err
	}
	if err := m.ask(ctx, r, address); err != nil {
		return m, err
	}
	if err := r.OnDisk(m.disk); err != nil {
		return m, err
	}
	var times []time.Duration
	for range boots {
		follower := host.Addr("n1")
		if leader == follower {
			follower = "n2"
		}
		took, err := r.Boot(ctx, follower)
		if err != nil {
			return m, err
		}
		times = append(times, took)
	}
	m.Boot = spreadOf(times).P50
	return m, nil
}

// loopback measures round trips of a connection on this machine.
func loopback() (spread, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return spread{}, err
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b := make([]byte, 64)
		for {
			if _, err := io.ReadFull(c, b); err != nil {
				return
			}
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return spread{}, err
	}
	defer c.Close()
	var times []time.Duration
	b := make([]byte, 64)
	for range roundTrips {
		begun := time.Now()
		if _, err := c.Write(b); err != nil {
			return spread{}, err
		}
		if _, err := io.ReadFull(c, b); err != nil {
			return spread{}, err
		}
		times = append(times, time.Since(begun))
	}
	return spreadOf(times), nil
}

// disk measures the disk of a server's data, on the thread on which it can be seen.
func (m *measured) disk(dir string) (err error) {
	if m.DiskSync, err = appends(dir, true, syncs); err != nil {
		return err
	}
	steps, err := appends(dir, false, syncs)
	if err != nil {
		return err
	}
	m.DiskStep = steps.P50
	name := filepath.Join(dir, "calibrate")
	defer os.Remove(name)
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	begun := time.Now()
	for written := 0; written < diskBytes; written += 64 << 10 {
		if _, err := f.Write(make([]byte, 64<<10)); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	m.DiskBytes = int64(diskBytes / time.Since(begun).Seconds())
	return nil
}

// appends measures appends of 256 bytes to a file in a folder, and the sync behind each if they are synced.
func appends(dir string, synced bool, n int) (s spread, err error) {
	name := filepath.Join(dir, "calibrate")
	f, err := os.Create(name)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(name)) }()
	var times []time.Duration
	for range n {
		begun := time.Now()
		if _, err := f.Write(make([]byte, 256)); err != nil {
			return s, err
		}
		if synced {
			if err := f.Sync(); err != nil {
				return s, err
			}
		}
		times = append(times, time.Since(begun))
	}
	return spreadOf(times), nil
}

// ask measures what clients wait for, and what that costs the servers.
func (m *measured) ask(ctx context.Context, r *real.Rig, leader string) (err error) {
	const small, big = "/calibrate", "/calibrate-large"
	write := func(c *client.Client) error {
		_, err := c.Set(small, make([]byte, 100), wire.AnyVersion)
		return err
	}
	read := func(path string) func(c *client.Client) error {
		return func(c *client.Client) error { _, _, err := c.Get(path, nil); return err }
	}
	g := group{ctx: ctx, rig: r, servers: r.Servers(leader)}
	if err := g.run(1, func(p host.Process, c *client.Client) error {
		_, _, err := c.Create(small, make([]byte, 100), 0)
		if err == nil {
			_, _, err = c.Create(big, make([]byte, large), 0)
		}
		return err
	}); err != nil {
		return err
	}
	if _, _, err = g.often(requests/4, write); err != nil { // what runs for the first time takes longer
		return err
	}
	if m.Read, m.ReadCPU, err = g.often(requests, read(small)); err != nil {
		return err
	}
	if m.Write, m.WriteCPU, err = g.often(requests, write); err != nil {
		return err
	}
	m.ReadLarge, _, err = g.often(largeRequests/clients, read(big))
	return err
}

// group are clients that take turns, as those of a trial do.
type group struct {
	ctx     context.Context
	rig     *real.Rig
	servers []string
	turns   oshost.Turns
	begun   uint64
}

// run has n clients do something, each with a session at a server of its own.
func (g *group) run(n int, do func(p host.Process, c *client.Client) error) (err error) {
	var all []*oshost.Process
	for i := range n {
		g.begun++
		self := host.Addr(fmt.Sprintf("c%d", i+1))
		cfg := oshost.ProcessConfig{Self: self, Logger: slog.New(slog.DiscardHandler), Seed: g.begun, Turns: &g.turns,
			Dial: func(ctx context.Context, address string) (net.Conn, error) { return g.rig.Dial(ctx, self, address) }}
		all = append(all, oshost.StartProcess(cfg, func(p host.Process) {
			c := client.New(p, client.Config{Servers: []host.Addr{host.Addr(g.servers[i%len(g.servers)])},
				SessionTimeout: 10 * time.Second, RequestTimeout: patient})
			failed := c.Sync("/")
			if failed == nil {
				failed = do(p, c)
			}
			err = errors.Join(err, failed, c.Close())
		}))
	}
	for _, p := range all {
		select {
		case <-p.Done():
		case <-g.ctx.Done():
			p.Stop()
			<-p.Done()
			err = fmt.Errorf("the servers are too slow to be measured: %w", g.ctx.Err())
		}
	}
	return err
}

// often has all clients do something so many times, with rests between; of the servers' processor time what they use
// at rest is taken off.
func (g *group) often(n int, do func(c *client.Client) error) (s spread, cpu time.Duration, err error) {
	var times []time.Duration
	one := func(do func(c *client.Client) error) error {
		return g.run(clients, func(p host.Process, c *client.Client) error {
			for range n {
				p.Sleep(2 * time.Duration(p.Rand().Int64N(int64(rest))))
				asked := p.Now()
				if err := do(c); err != nil {
					return err
				}
				times = append(times, p.Now()-asked)
			}
			return nil
		})
	}
	idle, err := g.used(func() error { return one(func(*client.Client) error { return nil }) })
	if err != nil {
		return s, 0, err
	}
	times = nil
	busy, err := g.used(func() error { return one(do) })
	if err != nil {
		return s, 0, err
	}
	return spreadOf(times), max(0, busy-idle) / time.Duration(n*clients), nil
}

// used is how much processor time the servers used meanwhile.
func (g *group) used(do func() error) (time.Duration, error) {
	before, err := g.rig.CPU()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := g.rig.CPU()
	return after - before, err
}
