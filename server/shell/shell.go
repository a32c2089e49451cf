package shell

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
)

// Config says where the service is, and what to do there.
type Config struct {
	// Servers are host:port each; there is at least one.
	Servers []string
	// SessionTimeout is what the shell asks for; 0 is 30 s.
	SessionTimeout time.Duration
	// Patience is how long a command may wait for its answer; 0 is 10 s.
	Patience time.Duration
	// TLS is spoken if it is not nil.
	TLS *tls.Config
	// Command is the one command to carry out. If it is empty, lines of In are.
	Command []string
	In      io.Reader
	// Prompt says that a person types the lines, and is prompted for them.
	Prompt   bool
	Out, Err io.Writer
}

// ErrFailed says that a line was not carried out; Err has which and why.
var ErrFailed = errors.New("a command failed")

// UsageError says that a command was not understood, so that nothing was done.
type UsageError struct{ text string }

func (e UsageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return UsageError{fmt.Sprintf(format, args...)} }

// Run opens a session, carries out what there is to do, and closes the session. Where there is one command, the error
// says what became of it: a UsageError, or what the service answered in ZooKeeper's words. A command that waits for
// events ends when ctx does. After Run a read of In may still be under way.
func Run(ctx context.Context, cfg Config) error {
	if cfg.SessionTimeout == 0 {
		cfg.SessionTimeout = 30 * time.Second
	}
	if cfg.Patience == 0 {
		cfg.Patience = 10 * time.Second
	}
	if len(cfg.Command) > 0 {
		// A command that can't be understood needs no session.
		if _, _, err := parse(cfg.Command); err != nil {
			return err
		}
	}
	s := &session{cfg: cfg}
	p := oshost.StartProcess(oshost.ProcessConfig{
		Self: "shell", TLS: cfg.TLS, Logger: slog.New(slog.DiscardHandler),
	}, s.run)
	stop := context.AfterFunc(ctx, func() { p.Do(s.interrupt) })
	defer stop()
	if len(cfg.Command) == 0 {
		go s.feed(p)
	}
	<-p.Done()
	return s.err
}

// session is one run of the shell. It belongs to its process.
type session struct {
	cfg  Config
	c    *client.Client
	wake host.Signal // set when a line, an event, the end of the input or an interrupt has come

	p host.Process
	// typed are the lines so far, for history and redo.
	typed []string

	lines       []string
	inputOver   bool
	interrupted bool
	events      int // that have come so far
	failed      bool
	quit        bool
	err         error
}

func (s *session) run(p host.Process) {
	s.p, s.wake = p, p.NewSignal()
	s.open(s.cfg.Servers)
	if len(s.cfg.Command) > 0 {
		s.err = s.carryOut(s.cfg.Command)
	} else {
		s.err = s.carryOutLines()
	}
	s.end()
}

// alone says whether there is one command and no more.
func (s *session) alone() bool { return len(s.cfg.Command) > 0 }

func (s *session) interrupt() {
	s.interrupted = true
	s.wake.Set()
}

func (s *session) event(_ int64, e wire.WatcherEvent) {
	s.events++
	s.printf("WatchedEvent state:SyncConnected type:%v path:%s\n", e.Type, e.Path)
	s.wake.Set()
}

// aliveEvery is how often who waits for events looks whether the session still lives.
const aliveEvery = time.Second

// awaitEvents waits until so many events have come, or for ever with a negative number. Between lines there is no wait:
// there events are printed as they come.
func (s *session) awaitEvents(n int) error {
	if !s.alone() {
		return nil
	}
	for !s.interrupted && (n < 0 || s.events < n) {
		if !s.c.Alive() {
			return client.ErrSessionExpired
		}
		s.wake.Wait(aliveEvery)
	}
	return nil
}

func (s *session) printf(format string, args ...any) { fmt.Fprintf(s.cfg.Out, format, args...) }

// carryOut carries out one command.
func (s *session) carryOut(words []string) error {
	c, a, err := parse(words)
	if err != nil {
		return err
	}
	if s.c == nil && !c.free() {
		return messageError{"Not connected"}
	}
	return inWords(c.run(s, a), strings.Join(a.rest[:min(1, len(a.rest))], ""))
}
