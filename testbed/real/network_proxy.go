package real

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"

	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/nemesis"
	"ordeal/testbed/real/proxy"
	"ordeal/testbed/real/thread"
)

// proxied is the network of machines that share this one's loopback, with a port for each way between two of them.
type proxied struct {
	*proxy.Proxy
	why string
	// servers are where servers take clients, by their names.
	servers map[host.Addr]string
}

func newProxied(chance func(w nemesis.Way) *rand.Rand, why string) *proxied {
	return &proxied{Proxy: proxy.New(chance), why: why, servers: make(map[host.Addr]string)}
}

// loopback is where all machines are.
const loopback = "127.0.0.1"

func (x *proxied) places(p *Product, program, dir string, n int) ([]Place, error) {
	own := make([]Place, n)
	for i := range own {
		ports, err := freePorts(1 + len(p.Peers))
		if err != nil {
			return nil, err
		}
		own[i] = Place{Program: program, Binary: p.Binary, N: i + 1, Dir: serverDir(dir, i+1), Address: loopback,
			Port: ports[0], Peers: ports[1:]}
		x.servers[serverName(i+1)] = net.JoinHostPort(loopback, strconv.Itoa(ports[0]))
	}
	for i := range own {
		for j, other := range own {
			if j != i {
				var err error
				way := nemesis.Way{From: serverName(i + 1), To: serverName(j + 1)}
				if other.Peers, err = x.ways(way, other.Peers); err != nil {
					return nil, err
				}
			}
			own[i].Servers = append(own[i].Servers, other)
		}
	}
	return own, nil
}

// ways opens a way to each port.
func (x *proxied) ways(w nemesis.Way, ports []int) (seen []int, err error) {
	for _, port := range ports {
		listen, err := oshost.FreeAddr()
		if err != nil {
			return nil, err
		}
		address, err := x.Open(w, listen, net.JoinHostPort(loopback, strconv.Itoa(port)))
		if err != nil {
			return nil, err
		}
		one, err := portOf(address)
		if err != nil {
			return nil, err
		}
		seen = append(seen, one)
	}
	return seen, nil
}

func portOf(address string) (int, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// freePorts are n ports of loopback on which nothing listens.
func freePorts(n int) (ports []int, err error) {
	for range n {
		address, err := oshost.FreeAddr()
		if err != nil {
			return nil, err
		}
		port, err := portOf(address)
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}

func (x *proxied) attach(name host.Addr, n int) (machine, error) {
	t, err := thread.New(func() error { return nil })
	if err != nil {
		return nil, err
	}
	m := &shared{Thread: t, ways: make(map[string]string)}
	if n < clientsFrom || name == scoutName {
		return m, nil
	}
	for server, address := range x.servers { //house:unordered each has a way of its own
		if m.ways[address], err = x.Open(nemesis.Way{From: name, To: server}, loopback+":0", address); err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

func (x *proxied) told() string {
	carried, reset := x.Connections()
	why := ""
	if x.why != "" {
		why = " (" + x.why + ")"
	}
	return fmt.Sprintf("network %s%s: connections went by a port of this program for each way; of %d the links have "+
		"reset %d", formProxy, why, carried, reset)
}

// shared is a machine that has no network of its own.
type shared struct {
	*thread.Thread
	ways map[string]string // by where they lead
}

// Dial connects to an address, by its way if there is one.
func (m *shared) Dial(ctx context.Context, address string) (net.Conn, error) {
	if way, ok := m.ways[address]; ok {
		address = way
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", address)
}
