package real

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/host"
)

// Rig is a cluster that runs and is not broken, for whoever measures what this machine makes of it.
type Rig struct{ c *cluster }

// Open starts a cluster of a product, with its folders below dir, and the machines of clients, which are c1, c2, … An
// error that is not nil says why there is none; nothing is left then but files.
func Open(ctx context.Context, p *Product, m Means, dir string, nodes, clients int) (*Rig, error) {
	c, err := newCluster(p, m, dir, nodes, 0, clients, 1)
	if err != nil {
		return nil, err
	}
	if err := c.Start(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return &Rig{c}, nil
}

// Close ends the cluster. Its files stay.
func (r *Rig) Close() { r.c.Close() }

// Servers are where the servers take clients, one first.
func (r *Rig) Servers(first string) []string {
	all := r.c.Servers()
	return append([]string{first}, slices.DeleteFunc(all, func(one string) bool { return one == first })...)
}

// Dial connects a client to an address.
func (r *Rig) Dial(ctx context.Context, client host.Addr, address string) (net.Conn, error) {
	return r.c.Dial(ctx, client, address)
}

// OwnDisks says that each server's data is on a disk of its own.
func (r *Rig) OwnDisks() bool { return r.c.noDisk == "" }

// Leader is the name of the server that leads, and where it takes clients.
func (r *Rig) Leader(ctx context.Context) (name host.Addr, address string, err error) {
	for {
		for _, s := range r.c.servers {
			if role := r.c.role(ctx, s); role == "leader" || role == "standalone" {
				return s.name, r.c.address(s), nil
			}
		}
		select {
		case <-ctx.Done():
			return "", "", fmt.Errorf("no server of %s leads: %w", r.c.product.Name, context.Cause(ctx))
		case <-time.After(lookEvery):
		}
	}
}

// CPU is how much processor time the servers have used since they were started. It is there on Linux only.
func (r *Rig) CPU() (sum time.Duration, err error) {
	for _, s := range r.c.servers {
		s.mu.Lock()
		run := s.run
		s.mu.Unlock()
		if run == nil {
			return 0, fmt.Errorf("%s does not run: %s", s.name, s.lastWords(1))
		}
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", run.cmd.Process.Pid))
		if err != nil || len(threads) == 0 {
			return 0, errors.Join(errors.New("this system does not say how much processor time a program has used"), err)
		}
		for _, name := range threads {
			text, err := os.ReadFile(name)
			if err != nil {
				continue // a thread that has ended
			}
			first, _, _ := strings.Cut(string(text), " ")
			used, err := strconv.ParseInt(first, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", name, err)
			}
			sum += time.Duration(used)
		}
	}
	return sum, nil
}

// OnDisk calls a function with the folder that a server's data is in, where its disk can be seen.
func (r *Rig) OnDisk(f func(dir string) error) error {
	s := r.c.servers[0]
	return s.machine.Do(func() error { return f(filepath.Join(s.place.Dir, r.c.product.Disk)) })
}

// Boot kills a server, starts it again, and says how long that takes until it takes connections.
func (r *Rig) Boot(ctx context.Context, name host.Addr) (time.Duration, error) {
	i := slices.IndexFunc(r.c.servers, func(s *server) bool { return s.name == name })
	if i < 0 {
		return 0, fmt.Errorf("there is no server %s", name)
	}
	s := r.c.servers[i]
	s.kill()
	begun := time.Now()
	if err := s.start(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.c.product.Ready)
	defer cancel()
	for {
		conn, err := r.c.scout.Dial(ctx, r.c.address(s))
		if err == nil {
			conn.Close()
			return time.Since(begun), nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("%s does not take connections within %v: %w", name, r.c.product.Ready, err)
		case <-time.After(time.Millisecond):
		}
	}
}
