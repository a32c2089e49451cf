package oshost

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
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
			return "", "", errors.Join(err, ctx.Err())
		}
		if config != nil {
			nc = tls.Server(nc, config)
		}
		h := hello{}
		if err = nc.SetDeadline(time.Now().Add(helloTimeout)); err == nil {
			h, err = readHello(bufio.NewReader(nc))
		}
		nc.Close()
		if err == nil && h.cluster == cluster && checkName(h.to) == nil && h.from != "" {
			return h.to, h.from, nil
		}
	}
}
