package real

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ordeal/testbed/real/gateway"
)

// older is the release that a server of etcd is to be started with next, if that is an older one.
func (c *cluster) older(s *server) string {
	if c.product.Reconfig != reconfigByEtcd {
		return ""
	}
	s.mu.Lock()
	now, next := s.program, s.next()
	s.mu.Unlock()
	major, minor, ok := gateway.Release(c.versions[now])
	toMajor, toMinor, okToo := gateway.Release(c.versions[next])
	if !ok || !okToo || toMajor > major || toMajor == major && toMinor >= minor {
		return ""
	}
	return fmt.Sprintf("%d.%d", toMajor, toMinor)
}

// allowDowngrade asks etcd, before a server is stopped that is to go on with an older release, to let its cluster go
// back to that, as from 3.6 on it must be; and waits until what is on the server's disk is of that release.
func (w *world) allowDowngrade(s *server) {
	to := w.cluster.older(s)
	if to == "" {
		return
	}
	ctx, cancel := context.WithTimeout(w.ctx, downgradePatience)
	defer cancel()
	err := errors.New("it was not answered")
	for s.up() && ctx.Err() == nil {
		var answer gateway.Answer
		if _, err = w.askDowngrade(ctx, s, to); err == nil || errors.Is(err, gateway.ErrRefused) {
			// It is refused where it was asked for before; then what is on the disk will be of that release too.
			one, cancel := context.WithTimeout(ctx, askFor)
			answer, _ = w.cluster.post(one, s, gateway.Status, nil) // else it is asked again
			cancel()
		}
		if strings.HasPrefix(answer.Storage, to+".") {
			return
		}
		sleep(ctx, operatorRest)
	}
	w.loop.Do(func() { w.refuse(fmt.Sprintf("a downgrade of %s to %s: %v", s.name, to, err)) })
}

func (w *world) askDowngrade(ctx context.Context, s *server, to string) (gateway.Answer, error) {
	one, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	return w.cluster.post(one, s, "/v3/maintenance/downgrade", gateway.Fields{"action": "ENABLE", "version": to})
}
