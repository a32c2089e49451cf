package netns

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"ordeal/testbed/real/thread"
)

// Namespace is a network with an interface of its own. Programs that its thread starts run there.
type Namespace struct {
	*thread.Thread
	address netip.Addr
	device  *os.File
	self    *os.File // the namespace
}

// interfaceName is what a machine's one interface besides loopback is called.
const interfaceName = "net0"

// mtu is the largest packet in bytes.
const mtu = 1500

// New makes a namespace whose machine has an address. It needs the right to: an error that is errUnable says why it
// can't be had.
func New(address netip.Addr) (*Namespace, error) {
	n := &Namespace{address: address}
	var err error
	if n.Thread, err = thread.New(n.make); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnable, err)
	}
	return n, nil
}

func (n *Namespace) make() (err error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if n.self, err = os.Open(threadNet()); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			n.self.Close()
		}
	}()
	loopback, err := netlink.LinkByName("lo")
	if err == nil {
		err = netlink.LinkSetUp(loopback)
	}
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	tun := &netlink.Tuntap{
		LinkAttrs: netlink.LinkAttrs{Name: interfaceName, MTU: mtu}, Mode: netlink.TUNTAP_MODE_TUN, NonPersist: true,
		Flags: netlink.TUNTAP_NO_PI, Queues: 1,
	}
	if err := netlink.LinkAdd(tun); err != nil {
		return fmt.Errorf("tun: %w", err)
	}
	n.device = tun.Fds[0]
	address := &netlink.Addr{IPNet: &net.IPNet{IP: n.address.AsSlice(), Mask: net.CIDRMask(network.Bits(), 32)}}
	if err := netlink.AddrAdd(tun, address); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if err := netlink.LinkSetUp(tun); err != nil {
		return fmt.Errorf("interface: %w", err)
	}
	// The runtime's poller can wait for a file only from when it is non-blocking on.
	n.device, err = polled(n.device)
	return err
}

// polled is the same file, for reads that end when it is closed.
func polled(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	name := f.Name()
	f.Close()
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// threadNet is the calling thread's network namespace, as a file.
func threadNet() string { return fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()) }

// Device yields the packets that the machine sends, and takes those that it is sent, one at a time.
func (n *Namespace) Device() io.ReadWriteCloser { return n.device }

// Address is the machine's.
func (n *Namespace) Address() netip.Addr { return n.address }

// Dial connects from the machine to an address, which is numbers.
func (n *Namespace) Dial(ctx context.Context, address string) (net.Conn, error) {
	type dialled struct {
		conn net.Conn
		err  error
	}
	result := make(chan dialled, 1)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if err := unix.Setns(int(n.self.Fd()), unix.CLONE_NEWNET); err != nil {
			result <- dialled{err: fmt.Errorf("setns: %w", err)}
			return
		}
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		result <- dialled{conn, err}
	}()
	r := <-result
	return r.conn, r.err
}

// Close ends the programs on the machine, and the namespace once they are gone.
func (n *Namespace) Close() {
	n.Thread.Close()
	n.device.Close()
	n.self.Close()
}
