package oshost_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/hosttest"
)

// TestRealKernel: the suite that simulated sockets and trees pass is what real sockets and files do.
func TestRealKernel(t *testing.T) {
	hosttest.RunKernels(t, func(t *testing.T) hosttest.Kernels {
		return realKernels{t, map[host.Addr]*realKernel{
			"n1": {t: t, addr: "n1", dir: t.TempDir()}, "n2": {t: t, addr: "n2", dir: t.TempDir()},
		}}
	})
}

// realKernels are two sets of sockets of this machine, told apart by their addresses on its loopback, and two folders.
type realKernels struct {
	t    *testing.T
	list map[host.Addr]*realKernel
}

func (k realKernels) Kernel(addr host.Addr) host.Kernel { return k.list[addr] }

func (k realKernels) Wait(what string, holds func() bool) {
	k.t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			k.t.Fatalf("still waiting for %s", what)
		}
	}
}

type realKernel struct {
	t    *testing.T
	addr host.Addr
	dir  string
}

// loopback are the addresses of the machines.
var loopback = map[host.Addr]string{"n1": "127.0.0.1", "n2": "127.0.0.2"}

func machineOf(a net.Addr) (host.Addr, int) {
	ip, port := net.IP(nil), 0
	switch a := a.(type) {
	case *net.TCPAddr:
		ip, port = a.IP, a.Port
	case *net.UDPAddr:
		ip, port = a.IP, a.Port
	}
	for name, other := range loopback {
		if ip.String() == other {
			return name, port
		}
	}
	return "", port
}

func (k *realKernel) Spend(d time.Duration) time.Duration {
	return time.Duration(time.Now().UnixNano()) + d
}
func (k *realKernel) Wall() time.Time       { return time.Now() }
func (k *realKernel) Sockets() host.Sockets { return k }
func (k *realKernel) Tree() host.Tree       { return realTree{k.dir} }

// as says of an error of the system which of the host's it is.
func as(err error) error {
	for _, pair := range [][2]error{
		{syscall.ECONNREFUSED, host.ErrRefused}, {syscall.ECONNRESET, host.ErrReset}, {syscall.EPIPE, host.ErrShut},
		{syscall.EADDRINUSE, host.ErrInUse}, {syscall.EMSGSIZE, host.ErrTooLong}, {syscall.ENOTDIR, host.ErrNotDir},
		{syscall.EISDIR, host.ErrIsDir}, {syscall.ENOTEMPTY, host.ErrNotEmpty}, {syscall.EINVAL, fs.ErrInvalid},
		{os.ErrDeadlineExceeded, host.ErrWait}, {net.ErrClosed, host.ErrShut},
	} {
		if errors.Is(err, pair[0]) {
			return pair[1]
		}
	}
	return err
}

func soon() time.Time { return time.Now().Add(2 * time.Millisecond) }

func (k *realKernel) Listen(port int, _ func()) (host.Listener, error) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.ParseIP(loopback[k.addr]), Port: port})
	if err != nil {
		return nil, as(err)
	}
	k.t.Cleanup(func() { _ = l.Close() })
	return &realListener{l}, nil
}

type realListener struct{ *net.TCPListener }

func (l *realListener) Port() int { return l.Addr().(*net.TCPAddr).Port }
func (l *realListener) Close()    { _ = l.TCPListener.Close() }

// Waiting asks the system whether a connection waits, and takes none.
func (l *realListener) Waiting() bool {
	raw, err := l.SyscallConn()
	if err != nil {
		return false
	}
	waits := false
	_ = raw.Control(func(fd uintptr) {
		var set syscall.FdSet
		set.Bits[fd/64] |= 1 << (fd % 64)
		n, _ := syscall.Select(int(fd)+1, &set, nil, nil, &syscall.Timeval{})
		waits = n == 1
	})
	return waits
}

func (l *realListener) Accept(func()) (host.Stream, error) {
	_ = l.SetDeadline(soon())
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, as(err)
	}
	return stands(c), nil
}

// realStream is a connection that may still be dialled.
type realStream struct {
	*net.TCPConn
	opened  atomic.Pointer[error]
	peeked  []byte
	readErr error
}

func stands(c *net.TCPConn) *realStream {
	s := &realStream{TCPConn: c}
	s.opened.Store(new(error))
	return s
}

func (k *realKernel) Connect(to host.Addr, port int, _ func()) (host.Stream, error) {
	s := &realStream{}
	go func() {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(loopback[k.addr])}}
		c, err := d.Dial("tcp4", (&net.TCPAddr{IP: net.ParseIP(loopback[to]), Port: port}).String())
		if err == nil {
			s.TCPConn = c.(*net.TCPConn)
			k.t.Cleanup(func() { _ = c.Close() })
		}
		err = as(err)
		s.opened.Store(&err)
	}()
	return s, nil
}

func (s *realStream) Opened() error {
	if err := s.opened.Load(); err != nil {
		return *err
	}
	return host.ErrWait
}

func (s *realStream) Port() int              { _, port := machineOf(s.LocalAddr()); return port }
func (s *realStream) Peer() (host.Addr, int) { return machineOf(s.RemoteAddr()) }

// fill tries to have something to read.
func (s *realStream) fill() {
	if err := s.Opened(); err != nil {
		return
	}
	if len(s.peeked) == 0 && s.readErr == nil {
		_ = s.SetReadDeadline(soon())
		b := make([]byte, 4096)
		n, err := s.TCPConn.Read(b)
		if s.peeked = b[:n]; !errors.Is(err, os.ErrDeadlineExceeded) {
			s.readErr = err
		}
	}
}

func (s *realStream) Readable() bool { s.fill(); return len(s.peeked) > 0 || s.readErr != nil }

func (s *realStream) Read(b []byte) (int, error) {
	s.fill()
	switch {
	case len(s.peeked) > 0:
		n := copy(b, s.peeked)
		s.peeked = s.peeked[n:]
		return n, nil
	case s.readErr != nil:
		return 0, as(s.readErr)
	}
	return 0, host.ErrWait
}

// Writable asks the system.
func (s *realStream) Writable() bool {
	raw, err := s.SyscallConn()
	if err != nil {
		return true
	}
	room := false
	_ = raw.Control(func(fd uintptr) {
		var set syscall.FdSet
		set.Bits[fd/64] |= 1 << (fd % 64)
		n, _ := syscall.Select(int(fd)+1, nil, &set, nil, &syscall.Timeval{})
		room = n == 1
	})
	return room
}

func (s *realStream) Write(b []byte) (int, error) {
	_ = s.SetWriteDeadline(soon())
	n, err := s.TCPConn.Write(b)
	if n > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return n, as(err)
}

// Close closes the connection as the system does it for one who has not read what came: fill may have read it.
func (s *realStream) Close() {
	if len(s.peeked) > 0 {
		_ = s.SetLinger(0)
	}
	_ = s.TCPConn.Close()
}

func (k *realKernel) Bind(port int, _ func()) (host.Packets, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(loopback[k.addr]), Port: port})
	if err != nil {
		return nil, as(err)
	}
	k.t.Cleanup(func() { _ = c.Close() })
	return &realPackets{UDPConn: c}, nil
}

type realPackets struct {
	*net.UDPConn
	from host.Addr
	port int
	next []byte
}

func (p *realPackets) Port() int { return p.LocalAddr().(*net.UDPAddr).Port }
func (p *realPackets) Close()    { _ = p.UDPConn.Close() }

func (p *realPackets) Send(to host.Addr, port int, b []byte) error {
	_, err := p.WriteToUDP(b, &net.UDPAddr{IP: net.ParseIP(loopback[to]), Port: port})
	if errors.Is(err, syscall.ECONNREFUSED) {
		err = nil // a real system tells of an earlier one
	}
	return as(err)
}

func (p *realPackets) Waiting() bool {
	if p.next == nil {
		_ = p.SetReadDeadline(soon())
		b := make([]byte, host.PacketMax)
		n, from, err := p.ReadFromUDP(b)
		if err == nil {
			p.from, p.port = machineOf(from)
			p.next = b[:n]
		}
	}
	return p.next != nil
}

func (p *realPackets) Receive() (host.Addr, int, []byte, error) {
	if !p.Waiting() {
		return "", 0, nil, host.ErrWait
	}
	b := p.next
	p.next = nil
	return p.from, p.port, b, nil
}

// realTree is a folder.
type realTree struct{ dir string }

func (t realTree) at(p string) string { return filepath.Join(t.dir, p) }

func (t realTree) Open(p string, how host.Opening) (host.Node, error) {
	flag := os.O_RDWR
	if info, err := os.Stat(t.at(p)); err == nil && info.IsDir() && !how.Create && !how.Truncate {
		flag = os.O_RDONLY
	}
	if how.Create {
		flag |= os.O_CREATE
	}
	if how.Exclusive {
		flag |= os.O_EXCL
	}
	if how.Truncate {
		flag |= os.O_TRUNC
	}
	if how.Directory {
		flag |= syscall.O_DIRECTORY
	}
	f, err := os.OpenFile(t.at(p), flag, 0o600)
	if err != nil {
		return nil, as(err)
	}
	return realNode{f}, nil
}

func (t realTree) Mkdir(p string) error     { return as(os.Mkdir(t.at(p), 0o700)) }
func (t realTree) Remove(p string) error    { return as(syscall.Unlink(t.at(p))) }
func (t realTree) Rmdir(p string) error     { return as(syscall.Rmdir(t.at(p))) }
func (t realTree) Rename(a, b string) error { return as(syscall.Rename(t.at(a), t.at(b))) }

func (t realTree) Stat(p string) (host.NodeInfo, error) {
	info, err := os.Stat(t.at(p))
	if err != nil {
		return host.NodeInfo{}, as(err)
	}
	return nodeInfo(info), nil
}

func nodeInfo(info fs.FileInfo) host.NodeInfo {
	return host.NodeInfo{Name: info.Name(), Dir: info.IsDir(), Size: info.Size(), Modified: info.ModTime()}
}

type realNode struct{ *os.File }

func (n realNode) Info() host.NodeInfo {
	info, err := n.Stat()
	if err != nil {
		return host.NodeInfo{}
	}
	return nodeInfo(info)
}

func (n realNode) ReadAt(b []byte, offset int64) (int, error) {
	read, err := n.File.ReadAt(b, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return read, as(err)
}

func (n realNode) WriteAt(b []byte, offset int64) (int, error) {
	wrote, err := n.File.WriteAt(b, offset)
	return wrote, as(err)
}

func (n realNode) Truncate(size int64) error { return as(n.File.Truncate(size)) }

func (n realNode) List() ([]host.NodeInfo, error) {
	entries, err := n.ReadDir(-1)
	if err != nil {
		return nil, as(err)
	}
	var list []host.NodeInfo
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		list = append(list, nodeInfo(info))
	}
	slices.SortFunc(list, func(a, b host.NodeInfo) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (n realNode) Sync(done func(error)) { go func() { done(as(n.File.Sync())) }() }
