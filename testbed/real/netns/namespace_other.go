//go:build !linux

package netns

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"

	"ordeal/testbed/real/thread"
)

// Namespace is a network with an interface of its own. There is none but on Linux.
type Namespace struct{ *thread.Thread }

// New says that there is none.
func New(netip.Addr) (*Namespace, error) { return nil, fmt.Errorf("%w: they are Linux's", errUnable) }

// Device would be described where there are namespaces, as the methods below.
func (n *Namespace) Device() io.ReadWriteCloser { return nil }

// Address is the machine's.
func (n *Namespace) Address() netip.Addr { return netip.Addr{} }

// Dial connects nothing.
func (n *Namespace) Dial(context.Context, string) (net.Conn, error) { return nil, errUnable }

// Close has nothing to end.
func (n *Namespace) Close() {}
