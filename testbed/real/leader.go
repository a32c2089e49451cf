package real

import (
	"context"
	"io"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/reports"
)

// leaders follows who leads, as the servers say themselves.
type leaders struct {
	cluster *cluster
	now     func() time.Duration
	spans   []reports.LeaderSpan
}

// leader is who said last that it leads; it may be wrong, as one that was cut off is for a while.
func (l *leaders) leader() (host.Addr, bool) {
	if n := len(l.spans); n > 0 && l.spans[n-1].To < 0 {
		return host.Addr(l.spans[n-1].Node), true
	}
	return "", false
}

// look asks all servers, which takes up to a second, and then has what they said noted where do runs it.
func (l *leaders) look(ctx context.Context, do func(f func())) {
	if l.cluster.product.Leader == "" {
		return
	}
	for ctx.Err() == nil {
		leads := make([]host.Addr, 0, 1)
		said := make(chan host.Addr)
		for _, s := range l.cluster.all() {
			go func() {
				asked, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				if !s.up() || s.stands() || l.cluster.role(asked, s) != "leader" {
					said <- ""
					return
				}
				said <- s.name
			}()
		}
		for range l.cluster.all() {
			if name := <-said; name != "" {
				leads = append(leads, name)
			}
		}
		do(func() { l.note(leads) })
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

// note takes what was said: of several that say they lead, the one that did not before is the newer.
func (l *leaders) note(leads []host.Addr) {
	before, led := l.leader()
	leader := host.Addr("")
	for _, name := range leads {
		if leader == "" || name != before {
			leader = name
		}
	}
	if leader == before {
		return
	}
	if led {
		l.spans[len(l.spans)-1].To = l.now()
	}
	if leader != "" {
		l.spans = append(l.spans, reports.LeaderSpan{Node: string(leader), From: l.now(), To: -1})
	}
}

// role is what a server says it is: leader, follower, standalone; "" if it says nothing.
func (c *cluster) role(ctx context.Context, s *server) string {
	if c.product.Leader == leaderByEtcd {
		return c.etcdRole(ctx, s)
	}
	return c.mode(ctx, s)
}

// mode is what a server says it is, by the word srvr: leader, follower, standalone, ...; "" if it says nothing.
func (c *cluster) mode(ctx context.Context, s *server) string {
	conn, err := c.scout.Dial(ctx, c.address(s))
	if err != nil {
		return ""
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // a connection of TCP has deadlines
	}
	if _, err := io.WriteString(conn, "srvr"); err != nil {
		return ""
	}
	text, err := io.ReadAll(io.LimitReader(conn, 64<<10))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if mode, found := strings.CutPrefix(line, "Mode: "); found {
			return strings.TrimSpace(mode)
		}
	}
	return ""
}
