//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package oshost

import (
	"net"
	"syscall"
)

// direct writes to a socket as far as that goes without waiting.
type direct struct{ raw syscall.RawConn }

// directOf is nil for a connection that can't be written to so: one over TLS, for example.
func directOf(nc net.Conn) *direct {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return &direct{raw}
}

// write returns how many bytes the system took. Why it did not take all, the next to write will find out.
func (d *direct) write(b []byte) (n int) {
	err := d.raw.Write(func(fd uintptr) bool {
		n, _ = syscall.Write(int(fd), b)
		return true
	})
	if err != nil {
		return 0
	}
	return max(n, 0)
}
