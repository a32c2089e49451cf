package oshost_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/oshost"
)

// calls is a program made of functions, for those of them that a test needs.
type calls struct {
	receive func(from host.Addr, payload []byte)
	frame   func(c host.Conn, payload []byte)
	closed  func(c host.Conn)
	wake    func()
}

func (p *calls) Receive(from host.Addr, payload []byte) { p.receive(from, payload) }
func (p *calls) Accept(host.Conn)                       {}
func (p *calls) Frame(c host.Conn, payload []byte)      { p.frame(c, payload) }
func (p *calls) Wake()                                  { p.wake() }
func (p *calls) Closed(c host.Conn) {
	if p.closed != nil {
		p.closed(c)
	}
}

func boots(p host.Program) host.Boot {
	return func(host.Host) (host.Program, error) { return p, nil }
}

var echoes = boots(&calls{frame: func(c host.Conn, payload []byte) { c.Send(payload) }})

// hears is a ConnHandler made of functions. What is nil does nothing.
type hears struct {
	frame  func([]byte)
	closed func()
}

func (h *hears) Opened() {}

func (h *hears) Frame(payload []byte) {
	if h.frame != nil {
		h.frame(payload)
	}
}

func (h *hears) Closed() {
	if h.closed != nil {
		h.closed()
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// alone is the configuration of a machine without peers.
func alone(t testing.TB) oshost.Config {
	return oshost.Config{Self: "n1", DataDir: filepath.Join(t.TempDir(), "data"), ClientListen: "127.0.0.1:0",
		PeerListen: "127.0.0.1:0", Logger: quiet()}
}

func start(t testing.TB, cfg oshost.Config, boot host.Boot) *oshost.Machine {
	t.Helper()
	m, err := oshost.Run(cfg, boot)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Kill)
	return m
}

func TestDirectoryInUse(t *testing.T) {
	cfg := alone(t)
	m := start(t, cfg, echoes)
	other := cfg
	other.Self = "n2"
	if _, err := oshost.Run(other, echoes); err == nil || !strings.Contains(err.Error(), "in use by n1") {
		t.Fatalf("a second machine on the directory: %v", err)
	}
	m.Close()
	start(t, other, echoes)
}

func TestRunRefuses(t *testing.T) {
	taken := start(t, alone(t), echoes)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	torn := errors.New("the log is torn")
	for _, c := range []struct {
		name, want string
		change     func(*oshost.Config)
		boot       host.Boot
	}{
		{"no name", "no name for a machine", func(c *oshost.Config) { c.Self = "" }, echoes},
		{"no directory", "needs a data directory", func(c *oshost.Config) { c.DataDir = "" }, echoes},
		{"own peer", "among its own peers", func(c *oshost.Config) { c.Peers = map[host.Addr]string{"n1": "x"} },
			echoes},
		{"directory is a file", "data directory", func(c *oshost.Config) { c.DataDir = file }, echoes},
		{"directory below a file", "data directory", func(c *oshost.Config) { c.DataDir = filepath.Join(file, "x") },
			echoes},
		{"client port in use", "can't listen", func(c *oshost.Config) { c.ClientListen = taken.ClientAddr() }, echoes},
		{"peer port in use", "can't listen", func(c *oshost.Config) { c.PeerListen = taken.ClientAddr() }, echoes},
		{"boot fails", "the log is torn", func(*oshost.Config) {},
			func(host.Host) (host.Program, error) { return nil, torn }},
		{"boot stops", "the log is torn", func(*oshost.Config) {}, func(h host.Host) (host.Program, error) {
			h.Stop(torn)
			return nil, nil
		}},
	} {
		good := alone(t)
		bad := good
		c.change(&bad)
		if _, err := oshost.Run(bad, c.boot); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		start(t, good, echoes).Close() // nothing was left locked
	}
}

func TestErr(t *testing.T) {
	reason := errors.New("the disk failed")
	stopped := start(t, alone(t), func(h host.Host) (host.Program, error) {
		h.Disk().Submit(nil, func(error) { h.Stop(reason) })
		return &calls{}, nil
	})
	<-stopped.Done()
	m := start(t, alone(t), echoes)
	up := m.Err()
	m.Close()
	if stopped.Err() != reason || up != nil || m.Err() != nil {
		t.Errorf("stopped: %v, up: %v, closed: %v", stopped.Err(), up, m.Err())
	}
}

// TestCloseFlushes closes a machine whose program has just submitted jobs and sent answers.
func TestCloseFlushes(t *testing.T) {
	const answers, size = 200, 20_000
	cfg := alone(t)
	answered := make(chan struct{})
	m := start(t, cfg, func(h host.Host) (host.Program, error) {
		return &calls{frame: func(c host.Conn, _ []byte) {
			for range answers {
				h.Disk().Submit(host.Job{host.Append("log", []byte("line\n")), host.Sync("log")}, func(error) {})
				c.Send(make([]byte, size))
			}
			close(answered)
		}}, nil
	})
	var got atomic.Int64
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()}, func(p host.Process) {
		closed := p.NewSignal()
		p.Dial(host.Addr(m.ClientAddr()), &hears{
			frame:  func(payload []byte) { got.Add(int64(len(payload))) },
			closed: closed.Set,
		}).Send(nil)
		closed.Wait(-1)
	})
	<-answered
	m.Close()
	<-p.Done()
	if got.Load() != answers*size {
		t.Errorf("the client got %d bytes of %d", got.Load(), answers*size)
	}
	data, err := os.ReadFile(filepath.Join(cfg.DataDir, "log"))
	if err != nil || len(data) != answers*len("line\n") {
		t.Errorf("the log has %d bytes, %v", len(data), err)
	}
}

// TestPeersFindEachOther restarts one of two machines again and again: messages come through each time.
func TestPeersFindEachOther(t *testing.T) {
	a, b := pair(t)
	got := make(chan struct{}, 1)
	start(t, a, ticker("n2", got))
	for range 3 {
		m := start(t, b, ticker("n1", nil))
		drained(got)
		await(t, "a message after the restart", got)
		m.Kill()
	}
}

// pair is the configuration of two machines, n1 and n2, that know each other, and of a third that never comes.
func pair(t *testing.T) (a, b oshost.Config) {
	a, b = alone(t), alone(t)
	a.PeerListen, b.PeerListen, b.Self = freePort(t), freePort(t), "n2"
	absent := freePort(t)
	a.Peers = map[host.Addr]string{"n2": b.PeerListen, "n3": absent}
	b.Peers = map[host.Addr]string{"n1": a.PeerListen, "n3": absent}
	return a, b
}

// ticker boots a program that echoes, sends messages to a peer all the time, and signals that it got some.
func ticker(to host.Addr, got chan<- struct{}) host.Boot {
	return func(h host.Host) (host.Program, error) {
		h.Clock().SetAlarm(0)
		return &calls{
			receive: func(host.Addr, []byte) { signal(got) },
			frame:   func(c host.Conn, payload []byte) { c.Send(payload) },
			wake: func() {
				h.Send(to, []byte("tick"))
				h.Clock().SetAlarm(h.Clock().Now() + time.Millisecond)
			},
		}, nil
	}
}

func signal(got chan<- struct{}) {
	select {
	case got <- struct{}{}:
	default:
	}
}

func drained(got <-chan struct{}) {
	select {
	case <-got:
	default:
	}
}

func await(t *testing.T, what string, got <-chan struct{}) {
	t.Helper()
	select {
	case <-got:
	case <-time.After(patience):
		t.Fatalf("waited %v for %s", patience, what)
	}
}

// TestNoGoroutineLeft ends machines and processes in both ways while everything is in use.
func TestNoGoroutineLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, end := range []func(*oshost.Machine){(*oshost.Machine).Close, (*oshost.Machine).Kill} {
		a, b := pair(t)
		messages, answers := make(chan struct{}, 1), make(chan struct{}, 1)
		m1, m2 := start(t, a, ticker("n2", nil)), start(t, b, ticker("n1", messages))
		p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()}, func(p host.Process) {
			for {
				answer := p.NewSignal()
				p.Dial(host.Addr(m1.ClientAddr()),
					&hears{frame: func([]byte) { answer.Set(); signal(answers) }}).Send(nil)
				answer.Wait(-1)
			}
		})
		for range 20 {
			await(t, "an answer", answers)
			await(t, "a message", messages)
		}
		end(m1)
		p.Stop()
		end(m2)
	}
	waitUntil(t, "the goroutines to be gone", func() bool { return runtime.NumGoroutine() <= before })
}
