package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
)

// TestAcknowledgedWritesSurviveKills kills real servers with SIGKILL while clients write: each one in its turn, then
// all at once, then one whose log is left with a torn end. What was acknowledged must be there, on every server, and no
// session may end that its client kept alive.
func TestAcknowledgedWritesSurviveKills(t *testing.T) {
	e := startEnsemble(t, 3)
	writers := startWriters(t, e, 2)
	awaitWrites(t, writers, 30)
	for _, s := range e.servers {
		e.kill(s)
		awaitWrites(t, writers, 15)
		e.start(s)
		awaitWrites(t, writers, 15)
		checkServer(t, e, s, writers)
	}

	e.kill(e.servers...)
	for _, s := range e.servers {
		e.start(s)
	}
	awaitWrites(t, writers, 15)

	torn := e.servers[1]
	e.kill(torn)
	tearLog(t, torn.dataDir())
	e.start(torn)
	awaitWrites(t, writers, 15)
	endWriters(t, writers)
	for _, s := range e.servers {
		checkServer(t, e, s, writers)
	}
}

// tearLog leaves the end of a server's log as a crash in the middle of a write does: the head of a record is there, and
// the rest is not.
func tearLog(t *testing.T, dir string) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%s has no log: %v", dir, err)
	}
	path := logs[len(logs)-1]
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(whole[:21]); err != nil {
		t.Fatal(err)
	}
}

// writer creates znodes one after another and remembers which of them the service acknowledged.
type writer struct {
	folder string
	stop   atomic.Bool
	done   <-chan struct{}

	mu      sync.Mutex // guards what follows
	session int64
	acked   []string // names in folder; each znode holds its own name
	maybe   int      // writes of which it is not known
	broken  error    // why it ended early
}

func startWriters(t *testing.T, e *ensemble, count int) []*writer {
	var writers []*writer
	for i := range count {
		w := &writer{folder: fmt.Sprintf("/w%d", i+1)}
		w.done = startProcess(e, w.folder, w.run).Done()
		t.Cleanup(func() { w.stop.Store(true); <-w.done })
		writers = append(writers, w)
	}
	return writers
}

func startProcess(e *ensemble, name string, f func(host.Process)) *oshost.Process {
	return oshost.StartProcess(oshost.ProcessConfig{
		Self: host.Addr("client" + name), Servers: e.addresses(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, f)
}

var threeServers = []host.Addr{"n1", "n2", "n3"}

func newClient(p host.Process, servers []host.Addr) *client.Client {
	return client.New(p, client.Config{Servers: servers, SessionTimeout: time.Minute, RequestTimeout: 20 * time.Second})
}

// run writes until it is told to stop.
func (w *writer) run(p host.Process) {
	c := newClient(p, threeServers)
	defer c.Abandon()
	err := w.write(p, c)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = err
}

func (w *writer) write(p host.Process, c *client.Client) error {
	for {
		_, _, err := c.Create(w.folder, nil, 0)
		if err == nil || err == error(wire.NodeExists) {
			break
		}
		if w.stop.Load() || !c.Alive() {
			return fmt.Errorf("%s could not be made: %w", w.folder, err)
		}
		p.Sleep(10 * time.Millisecond)
	}
	if err := w.createAlive(c); err != nil {
		return err
	}
	for n := 0; !w.stop.Load(); n++ {
		name := fmt.Sprintf("v%06d", n)
		_, _, err := c.Create(w.folder+"/"+name, []byte(name), 0)
		if err := w.note(c, name, err); err != nil {
			return err
		}
	}
	return nil
}

// createAlive makes an ephemeral znode: it is gone if the session ends.
func (w *writer) createAlive(c *client.Client) error {
	_, _, err := c.Create(w.folder+"-alive", nil, wire.FlagEphemeral)
	if err != nil && !client.MaybeApplied(err) {
		return fmt.Errorf("%s-alive could not be made: %w", w.folder, err)
	}
	return nil
}

// note remembers how a write ended. What it returns ends the writer.
func (w *writer) note(c *client.Client, name string, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.session, _ = c.Session()
	switch {
	case err == nil:
		w.acked = append(w.acked, name)
	case !c.Alive():
		return fmt.Errorf("the session ended, although its client lived: %w", err)
	case errors.Is(err, client.ErrConnectionLoss):
		w.maybe++
	case !errors.Is(err, client.ErrNotSent):
		return fmt.Errorf("%s/%s: %w", w.folder, name, err)
	}
	return nil
}

func (w *writer) count() (acked int, broken error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acked), w.broken
}

// awaitWrites waits until every writer has so many more writes acknowledged.
func awaitWrites(t *testing.T, writers []*writer, more int) {
	t.Helper()
	for _, w := range writers {
		first, _ := w.count()
		until(t, fmt.Sprintf("%d more writes to %s", more, w.folder), func() bool {
			now, broken := w.count()
			if broken != nil {
				t.Fatal(broken)
			}
			return now >= first+more
		})
	}
}

// endWriters lets the writers finish what they are at. Their sessions go on.
func endWriters(t *testing.T, writers []*writer) {
	t.Helper()
	for _, w := range writers {
		w.stop.Store(true)
		<-w.done
		acked, broken := w.count()
		if broken != nil {
			t.Fatal(broken)
		}
		t.Logf("%s: %d writes acknowledged, %d unknown", w.folder, acked, w.maybe)
	}
}

// checkServer reads, through one server, everything that was acknowledged so far.
func checkServer(t *testing.T, e *ensemble, s *serving, writers []*writer) {
	t.Helper()
	var failed error
	p := startProcess(e, "-reader", func(p host.Process) {
		c := newClient(p, []host.Addr{s.name})
		defer c.Close()
		for _, w := range writers {
			failed = errors.Join(failed, w.missing(c))
		}
	})
	<-p.Done()
	if failed != nil {
		t.Errorf("%s: %v", s.name, failed)
	}
}

// missing says which acknowledged writes a client does not see.
func (w *writer) missing(c *client.Client) error {
	w.mu.Lock()
	acked, session := append([]string(nil), w.acked...), w.session
	w.mu.Unlock()
	var err error
	for try := 0; try == 0 || err != nil && try < 5; try++ { // a server that has just come up may not serve yet
		err = c.Sync(w.folder)
	}
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	var lost []string
	for _, name := range acked {
		data, _, err := c.Get(w.folder+"/"+name, nil)
		if err != nil || string(data) != name {
			lost = append(lost, fmt.Sprintf("%s is %q, %v", name, data, err))
		}
	}
	if len(lost) > 0 {
		return fmt.Errorf("%s: %d of %d acknowledged writes are lost: %s", w.folder, len(lost), len(acked),
			strings.Join(lost[:min(3, len(lost))], "; "))
	}
	stat, exists, err := c.Exists(w.folder+"-alive", nil)
	if err != nil || !exists || stat.EphemeralOwner != session {
		return fmt.Errorf("%s-alive is there: %v, of session %#x and not %#x, %v", w.folder, exists, stat.EphemeralOwner,
			session, err)
	}
	return nil
}
