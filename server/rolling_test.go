package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/server"
)

// witness hears from a server's log whether it leads, and whether it handed that over.
type witness struct {
	slog.Handler
	mu           sync.Mutex
	leads, hands bool
}

func (w *witness) WithAttrs([]slog.Attr) slog.Handler { return w }

func (w *witness) Enabled(context.Context, slog.Level) bool { return true }

func (w *witness) Handle(_ context.Context, r slog.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch r.Message {
	case "leadership is handed over":
		w.hands = true
	case "role":
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "state" {
				w.leads = a.Value.String() == "StateLeader"
			}
			return true
		})
	}
	return nil
}

// TestRollingRestart restarts three servers one after the other, twice, beside clients with sessions and ephemerals:
// none is lost, and a leader hands over before it ends.
func TestRollingRestart(t *testing.T) {
	lines, configs := changeable(t, 3)
	servers, witnesses := make([]*server.Server, 3), make([]*witness, 3)
	begin := func(i int) {
		configs[i].MaxSessionTimeout, configs[i].TickTime = time.Minute, time.Second // time enough on any machine
		witnesses[i] = &witness{Handler: slog.DiscardHandler}
		s, err := server.Start(configs[i], lines[i].ID, slog.New(witnesses[i]))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		servers[i] = s
	}
	var addrs []string
	for i, s := range lines {
		begin(i)
		addrs = append(addrs, s.ClientAddr)
	}
	clients := hold(t, addrs, 6)
	for round := range 6 {
		i := round % 3
		servers[i].Close()
		if w := witnesses[i]; w.leads && !w.hands {
			t.Errorf("server %d ended as leader, and did not hand over", i+1)
		}
		for k, c := range clients {
			eventually(t, "two of three do not serve", func() error {
				_, err := c.conn.Create(fmt.Sprintf("/%d-%d", round, k), nil, 0, zk.WorldACL(zk.PermAll))
				if err == zk.ErrNodeExists {
					err = nil // it was made, and the answer lost
				}
				return err
			})
		}
		begin(i)
		eventually(t, "the server that was restarted does not serve", func() error {
			if mode := askWord(t, addrs[i], "srvr"); len(mode) < 100 {
				return fmt.Errorf("%s", mode)
			}
			return nil
		})
	}
	for k, c := range clients {
		c.check(t, k)
	}
}

// holder is a client with an ephemeral.
type holder struct {
	conn    *zk.Conn
	session int64
	path    string
}

func hold(t *testing.T, addrs []string, n int) (list []*holder) {
	t.Helper()
	for k := range n {
		conn, _, err := zk.Connect(addrs, 40*time.Second, zk.WithLogger(silent{}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Close)
		h := &holder{conn: conn, path: fmt.Sprintf("/held-%d", k)}
		eventually(t, "no ephemeral is made", func() error {
			_, err := conn.Create(h.path, nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
			return err
		})
		h.session = conn.SessionID()
		list = append(list, h)
	}
	return list
}

func (h *holder) check(t *testing.T, k int) {
	t.Helper()
	eventually(t, "a client is not served", func() error {
		there, stat, err := h.conn.Exists(h.path)
		if err == nil && (!there || stat.EphemeralOwner != h.session || h.conn.SessionID() != h.session) {
			t.Errorf("client %d had session %#x, and now %#x; its ephemeral is there: %v, %+v", k, h.session,
				h.conn.SessionID(), there, stat)
		}
		return err
	})
}
