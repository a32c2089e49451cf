package server_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/cluster/zoocfg"
	"ordeal/host/oshost"
	"ordeal/server"
)

// changeable are servers of which the first three are the founders of an ensemble that clients may change, and the
// others know the founders and themselves.
func changeable(t *testing.T, n int) (lines []zoocfg.Server, configs []zoocfg.Config) {
	t.Helper()
	free := func() string {
		addr, err := oshost.FreeAddr()
		if err != nil {
			t.Fatal(err)
		}
		return addr
	}
	for i := range n {
		lines = append(lines, zoocfg.Server{ID: uint64(i + 1), Addr: free(), ElectionPort: 1, ClientAddr: free()})
	}
	for i := range n {
		c := zoocfg.Config{
			DataDir: filepath.Join(t.TempDir(), fmt.Sprint(i+1)), TickTime: 200 * time.Millisecond,
			Reconfig: true, SkipACL: true, Servers: lines[:3:3],
		}
		if i >= 3 {
			c.Servers = append(c.Servers, lines[i])
		}
		configs = append(configs, c)
	}
	return lines, configs
}

func serverLine(s zoocfg.Server) string { return fmt.Sprintf("server.%d=%s", s.ID, s) }

func TestServersJoinAndLeave(t *testing.T) {
	lines, configs := changeable(t, 4)
	servers := make([]*server.Server, 4)
	var addrs []string
	begin := func(i int) {
		s, err := server.Start(configs[i], uint64(i+1), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		servers[i] = s
	}
	for i := range servers {
		begin(i)
		addrs = append(addrs, lines[i].ClientAddr)
	}
	c, _, err := zk.Connect(addrs[:3], 10*time.Second, zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	until := func(what string, f func() error) {
		t.Helper()
		var err error
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if err = f(); err == nil {
				return
			}
		}
		t.Fatalf("%s: %v", what, err)
	}
	until("no server joins", func() error {
		_, err := c.IncrementalReconfig([]string{serverLine(lines[3])}, nil, -1)
		return err
	})
	until("a founder does not leave", func() error {
		_, err := c.IncrementalReconfig(nil, []string{"1"}, -1)
		return err
	})
	servers[0].Close()
	// A restarted server knows from its log who is in the ensemble and where, the one that joined included: its file
	// does not say. And what was answered needs only a majority of the new ensemble.
	servers[1].Close()
	begin(1)
	servers[2].Close()
	until("two of the three that are left do not serve", func() error {
		_, err := c.Create("/a", nil, zk.FlagSequence, zk.WorldACL(zk.PermAll))
		return err
	})
	data, _, err := c.Get("/zookeeper/config")
	if err != nil || strings.Contains(string(data), "server.1=") ||
		!strings.Contains(string(data), serverLine(lines[3])) {
		t.Errorf("the configuration reads %q, %v", data, err)
	}
}

type silent struct{}

func (silent) Printf(string, ...any) {}
