package oshost

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// FreeAddr finds a loopback address, as host:port, that nothing listens on, for servers that are started to try things.
// The port is below those that the system gives to outgoing connections: a client that dials a server which is down
// could otherwise be given that very port, and be connected to itself.
func FreeAddr() (string, error) {
	const first, count, tries = 12_000, 20_000, 1000
	for range tries {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(count)))
		if l, err := net.Listen("tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", errors.New("oshost: there is no free port on loopback")
}
