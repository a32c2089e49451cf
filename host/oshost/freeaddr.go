package oshost

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
)

var addrsTried atomic.Int64 // by FreeAddr, in this process

// FreeAddr finds a loopback address, as host:port, that nothing listens on, another one at each call. The port is below
// those of outgoing connections, so that who dials a server that is down is not connected to itself.
func FreeAddr() (string, error) {
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", 12_000+(97*os.Getpid()+int(addrsTried.Add(1)))%20_000)
		if l, err := net.Listen("tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", fmt.Errorf("oshost: there is no free port on loopback")
}
