package oshost

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"ordeal/host"
)

// Called waits at a peer port until a machine of the cluster calls, and says what it calls this machine, and itself. It
// is for a machine that others have given a name before it was there. Callers of other clusters are let go. An error
// says that the port can't be had, or that ctx is done.
func Called(ctx context.Context, listen, cluster string, config *tls.Config) (self, from host.Addr, err error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", "", fmt.Errorf("can't listen for peers: %w", err)
	}
	defer l.Close()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		nc, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return "", "", ctx.Err()
			}
			return "", "", err
		}
		h, err := hearOut(nc, config)
		if err == nil && h.cluster == cluster && checkName(h.to) == nil && h.from != "" {
			return h.to, h.from, nil
		}
	}
}

// hearOut takes a caller's hello, and hangs up.
func hearOut(nc net.Conn, config *tls.Config) (hello, error) {
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(helloTimeout)); err != nil {
		return hello{}, err
	}
	var r net.Conn = nc
	if config != nil {
		r = tls.Server(nc, config)
	}
	return readHello(bufio.NewReader(r))
}
