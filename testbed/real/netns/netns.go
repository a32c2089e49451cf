// Package netns gives machines networks of their own: a namespace of Linux's with one interface, whose packets come to
// this program and from it. Nothing of it has a name or a place in the file system. So when the program ends, in
// whatever way, the namespace is gone with all that ran in it.
package netns

import (
	"errors"
	"net/netip"
)

// network is that of all machines.
var network = netip.MustParsePrefix("10.77.0.0/16")

// Address is that of the n-th machine, which is at least 1.
func Address(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 77, byte(n >> 8), byte(n)}) }

// errUnable says that this machine, or this user, can have no network namespaces.
var errUnable = errors.New("network namespaces can't be had here")
