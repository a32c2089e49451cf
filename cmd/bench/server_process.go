package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"ordeal/cmd/bench/usage"
	"ordeal/host/oshost"
)

// product is a server that is measured.
type product struct {
	name string
	// command starts one server from its configuration.
	command func(cfg string) *exec.Cmd
	// settings are more lines for its zoo.cfg.
	settings string
}

// ours is the server of bin/ordeal.
func ours(program string) product {
	return product{name: "ordeal", command: func(cfg string) *exec.Cmd { return exec.Command(program, "serve", cfg) }}
}

// zookeeperJars is where Debian's package zookeeper has Apache ZooKeeper; the jar names those that it needs. log4j is
// given beside them, as Debian's own start script does.
const zookeeperJars = "/usr/share/java"

// errNoZooKeeper says how to get one.
var errNoZooKeeper = errors.New("there is no Apache ZooKeeper to compare with: the Debian package zookeeper has it, " +
	"and needs java")

// zookeeper is Apache ZooKeeper with the heap and the syncing that its own start script gives it.
func zookeeper() (product, error) {
	java, err := exec.LookPath("java")
	jar := filepath.Join(zookeeperJars, "zookeeper.jar")
	if err == nil {
		_, err = os.Stat(jar)
	}
	if err != nil {
		return product{}, errors.Join(errNoZooKeeper, err)
	}
	return product{name: "ZooKeeper", command: func(cfg string) *exec.Cmd {
		return exec.Command(java, "-cp", jar, "-Xmx1000m", "-Dzookeeper.forceSync=yes",
			"-Dzookeeper.jmx.log4j.disable=true", "org.apache.zookeeper.server.quorum.QuorumPeerMain", cfg)
	}}, nil
}

// running is an ensemble of a product.
type running struct {
	product product
	addrs   []string // for clients
	dirs    []string // each server's own
	servers []*exec.Cmd
	output  []*bytes.Buffer
}

func (r *running) name() string { return r.product.name }

// startLimit is how long an ensemble may take until every server serves.
const startLimit = time.Minute

// start starts n servers with their data below dir, and waits until each takes clients.
func (p product) start(dir string, n int) (*running, error) {
	r := &running{product: p}
	var members strings.Builder
	for i := range n {
		peer, err1 := oshost.FreeAddr()
		election, err2 := oshost.FreeAddr()
		client, err3 := oshost.FreeAddr()
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		r.addrs = append(r.addrs, client)
		if n > 1 {
			fmt.Fprintf(&members, "server.%d=%s:%s\n", i+1, peer, portOf(election))
		}
	}
	for i := range n {
		if err := r.startServer(filepath.Join(dir, fmt.Sprintf("%s-%d", p.name, i+1)), i, members.String()); err != nil {
			r.stop()
			return nil, err
		}
	}
	if err := r.await(); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

// gather opens the sessions of a load, after another try if it must: an ensemble that has just lost its leader under
// the load before hangs up on everybody.
func (r *running) gather(l load, turn int) (clients, error) {
	end := time.Now().Add(startLimit)
	for {
		c, err := l.gather(r.addrs, turn)
		if err == nil {
			return c, nil
		}
		if time.Now().After(end) {
			return nil, err
		}
		if err := r.await(); err != nil {
			return nil, err
		}
	}
}

func portOf(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

func (r *running) startServer(dir string, i int, members string) error {
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(data, 0o750); err != nil {
		return err
	}
	cfg := filepath.Join(dir, "zoo.cfg")
	text := fmt.Sprintf("dataDir=%s\nclientPortAddress=127.0.0.1\nclientPort=%s\ntickTime=2000\n"+
		"initLimit=10\nsyncLimit=5\n"+
		"admin.enableServer=false\n%s%s", data, portOf(r.addrs[i]), r.product.settings, members)
	if err := errors.Join(
		os.WriteFile(cfg, []byte(text), 0o640),
		os.WriteFile(filepath.Join(data, "myid"), fmt.Appendln(nil, i+1), 0o640),
	); err != nil {
		return err
	}
	r.dirs = append(r.dirs, dir)
	return r.launch(i)
}

// launch starts the process of server i.
func (r *running) launch(i int) error {
	c, output := r.product.command(filepath.Join(r.dirs[i], "zoo.cfg")), new(bytes.Buffer)
	c.Stdout, c.Stderr = output, output
	if err := c.Start(); err != nil {
		return err
	}
	r.servers, r.output = append(r.servers, c), append(r.output, output)
	return nil
}

// await waits until every server takes clients.
func (r *running) await() error {
	end := time.Now().Add(startLimit)
	for _, addr := range r.addrs {
		for {
			s, err := openSession(addr)
			if err == nil {
				s.close()
				break
			}
			if time.Now().After(end) {
				return fmt.Errorf("%s did not start within %v: %w", r.product.name, startLimit, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return nil
}

// stop ends the servers. What they wrote to their output is thrown away: it would not be read.
func (r *running) stop() {
	for _, c := range r.servers {
		_ = c.Process.Signal(syscall.SIGTERM)
	}
	for _, c := range r.servers {
		kill := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		kill.Stop()
	}
}

// spent is the CPU time of all servers so far.
func (r *running) spent() (total time.Duration, err error) {
	for _, c := range r.servers {
		d, err := usage.CPU(c.Process.Pid)
		if err != nil {
			return 0, err
		}
		total += d
	}
	return total, nil
}

// memory is what the servers hold of the machine's memory, in bytes: now, and at their peaks.
func (r *running) memory() (now, peak int64, err error) {
	for _, c := range r.servers {
		n, p, err := usage.Memory(c.Process.Pid)
		if err != nil {
			return 0, 0, err
		}
		now, peak = now+n, peak+p
	}
	return now, peak, nil
}
