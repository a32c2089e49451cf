package real

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/real/netns"
	"ordeal/testbed/real/router"
)

// network is what lies between the machines of a cluster.
type network interface {
	// places are what each of n servers with folders below dir is told of all.
	places(p *Product, program, dir string, n int) ([]Place, error)
	// attach makes a machine; n is the server's number, or that of the client behind clientsFrom.
	attach(name host.Addr, n int) (machine, error)
	// told is what the report says of it.
	told() string

	Cut(from, to host.Addr)
	Mend(from, to host.Addr)
	Clog(from, to host.Addr)
	Unclog(from, to host.Addr)
	Set(from, to host.Addr, worse nemesis.Link)
	Close()
}

// machine is a place for programs.
type machine interface {
	// Do calls a function on the thread of which programs there are children.
	Do(f func() error) error
	// Start starts a program there, which ends with this one at the latest.
	Start(c *exec.Cmd) error
	// Dial connects from there to where a server takes clients.
	Dial(ctx context.Context, address string) (net.Conn, error)
	Close()
}

// The forms of the network.
const (
	formRouter = "router"
	formProxy  = "proxy"
)

// routed is the network of machines with an address of their own each, whose packets a router carries.
type routed struct{ *router.Router }

func (r routed) places(p *Product, program, dir string, n int) ([]Place, error) {
	all := make([]Place, n)
	for i := range all {
		all[i] = Place{Program: program, Binary: p.Binary, N: i + 1, Dir: serverDir(dir, i+1),
			Address: netns.Address(i + 1).String(), Port: p.Port, Peers: p.Peers}
	}
	for i := range all {
		all[i].Servers = slices.Clone(all)
	}
	return all, nil
}

func (r routed) attach(name host.Addr, n int) (machine, error) {
	m, err := netns.New(netns.Address(n))
	if err != nil {
		return nil, err
	}
	return m, r.Attach(name, m.Address(), m.Device())
}

func (r routed) told() string {
	handed, lost := r.Packets()
	return fmt.Sprintf("network %s: each server and each client had a network of its own; of %d packets between them %d "+
		"were lost", formRouter, handed+lost, lost)
}

// serverDir is a server's own folder.
func serverDir(dir string, n int) string { return filepath.Join(dir, fmt.Sprintf("n%d", n)) }

// serverName is the name of the machine of the n-th server.
func serverName(n int) host.Addr { return host.Addr(fmt.Sprintf("n%d", n)) }

// newNetwork makes the network of that form. The seed decides what chance does there; why is for the report.
func newNetwork(form, why string, seed uint64) network {
	if form == formProxy {
		return newProxied(streams(seed), why)
	}
	return routed{router.New(streams(seed))}
}

// chosen is the form of the network that a word asks for, or that this machine can have if the word is "". For the
// proxy in the place of the router it says why.
func chosen(word string, p *Product) (form, why string, err error) {
	if word != "" && word != formRouter && word != formProxy {
		return "", "", fmt.Errorf("--network %s: it is %s or %s", word, formRouter, formProxy)
	}
	if word != formProxy {
		m, err := netns.New(netns.Address(1))
		if err == nil {
			m.Close()
			return formRouter, "", nil
		}
		if why = err.Error(); word == formRouter {
			return "", "", fmt.Errorf("--network %s: %w", formRouter, err)
		}
	}
	if len(p.Peers) == 0 {
		return "", "", fmt.Errorf("%snetwork %s: the description of %s has no peers: which ports do its servers use among "+
			"themselves?", strings.TrimPrefix(why+"; ", "; "), formProxy, p.Name)
	}
	return formProxy, why, nil
}
