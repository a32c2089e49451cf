package shell_test

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"

	"ordeal/server/servertest"
	"ordeal/server/shell"
)

// running is a shell that a test talks to.
type running struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Reader
	stop context.CancelFunc
	end  chan error
}

func run(t *testing.T, servers []string, command ...string) *running {
	in, typed := io.Pipe()
	said, out := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{t, typed, bufio.NewReader(said), stop, make(chan error, 1)}
	go func() {
		err := shell.Run(ctx, shell.Config{Servers: servers, Command: command, In: in, Prompt: true, Out: out,
			Err: out})
		out.Close()
		r.end <- err
	}()
	t.Cleanup(stop)
	return r
}

func (r *running) types(line string) {
	r.t.Helper()
	if _, err := io.WriteString(r.in, line+"\n"); err != nil {
		r.t.Fatal(err)
	}
}

// says waits for a line that ends in want.
func (r *running) says(want string) {
	r.t.Helper()
	for {
		line, err := r.out.ReadString('\n')
		if strings.HasSuffix(line, want+"\n") {
			return
		} else if err != nil {
			r.t.Fatalf("it said %q, and not %q: %v", line, want, err)
		}
	}
}

func (r *running) ends() {
	r.t.Helper()
	go io.Copy(io.Discard, r.out)
	if err := <-r.end; err != nil {
		r.t.Errorf("it ended with %v", err)
	}
}

func TestEventsComeBetweenLines(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	r := run(t, servers)
	r.types("watch -R /a")
	r.types("sync /")
	r.says("Sync is OK")
	for _, c := range []struct {
		words []string
		event string
	}{
		{[]string{"create", "/a"}, "type:NodeCreated path:/a"},
		{[]string{"create", "/a/b"}, "type:NodeCreated path:/a/b"},
		{[]string{"set", "/a/b", "x"}, "type:NodeDataChanged path:/a/b"},
		{[]string{"deleteall", "/a"}, "type:NodeDeleted path:/a"},
	} {
		if _, err := one(servers, c.words...); err != nil {
			t.Fatal(err)
		}
		r.says("WatchedEvent state:SyncConnected " + c.event)
	}
	r.types("removewatches /a")
	r.types("quit")
	r.ends()
}

func TestAPromptAsksForLines(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	r := run(t, servers)
	r.types("sync /")
	r.types("sync /")
	r.says("[zk: " + servers[0] + "(CONNECTED) 1] Sync is OK")
	r.in.Close()
	r.ends()
}

func TestOneWatchRunsUntilItIsInterrupted(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	r := run(t, servers, "watch", "/a")
	// Nothing says when the watch is set, so create and delete until it tells.
	notified := make(chan struct{})
	go func() {
		for {
			select {
			case <-notified:
				return
			default:
				_, _ = one(servers, "create", "/a")
				_, _ = one(servers, "delete", "/a")
			}
		}
	}()
	r.says("type:NodeCreated path:/a")
	r.says("type:NodeDeleted path:/a")
	close(notified)
	r.stop()
	r.ends()
}

func TestOneReadWaitsForItsEvent(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	if _, err := one(servers, "create", "/a", "x"); err != nil {
		t.Fatal(err)
	}
	r := run(t, servers, "get", "-w", "/a")
	r.says("x")
	if _, err := one(servers, "set", "/a", "y"); err != nil {
		t.Fatal(err)
	}
	r.says("type:NodeDataChanged path:/a")
	r.ends()
}
