package oshost

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"time"

	"ordeal/host"
	"ordeal/host/oshost/inbox"
)

// ProcessConfig says what a process is called and whom it can reach.
type ProcessConfig struct {
	// Self is the name of the machine that the process runs on.
	Self host.Addr
	// Servers are the client addresses of programs, as host:port. An address that is not among them is dialled as it
	// stands if it is a host:port itself.
	Servers map[host.Addr]string
	// Dial connects to an address, host:port; nil is from this machine, as ever.
	Dial func(ctx context.Context, address string) (net.Conn, error)
	// TLS is spoken on every connection if it is not nil.
	TLS *tls.Config
	// MaxFrame is the largest frame in bytes that a server may send; 0 is DefaultMaxFrame.
	MaxFrame int
	// Logger is nil for slog.Default.
	Logger *slog.Logger
	// Seed decides Process.Rand; 0 draws a seed from the operating system. Each process needs its own.
	Seed uint64
	// Turns, if it is not nil, is shared with other processes: see there.
	Turns *Turns
}

// Process is a straight-line process that runs, or has run, on the real machine.
type Process struct {
	die   context.CancelFunc
	done  chan struct{}
	inbox *inbox.Inbox[happening]
}

// StartProcess runs f as a process on a goroutine of its own. Connections that are open when f returns are closed, and
// what it asked for with After and has not run yet does not run. A panic in f ends the OS process.
func StartProcess(cfg ProcessConfig, f func(host.Process)) *Process {
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = defaultMaxFrame
	}
	cfg.Logger = loggerFor(cfg.Logger, cfg.Self)
	p := &Process{done: make(chan struct{}), inbox: inbox.New[happening]()}
	b := &body{cfg: cfg, rng: newRand(cfg.Seed), inbox: p.inbox, dialled: map[*dialled]struct{}{}}
	b.live, p.die = context.WithCancel(context.Background())
	go func() {
		defer close(p.done)
		defer p.die()
		defer b.end()
		b.cfg.Turns.take()
		f(b)
	}()
	return p
}

// Done is closed when the process has ended and its connections are closed.
func (p *Process) Done() <-chan struct{} { return p.done }

// Do has f called the next time the process waits, as what After asked for: f must not wait. It reports false if the
// process has ended; true promises nothing if it ends before it waits.
func (p *Process) Do(f func()) bool {
	return p.inbox.Put(happening{kind: happeningAsked, f: f}, 0)
}

// Stop breaks the process's connections, ends it the next time it waits, and returns when it has ended.
func (p *Process) Stop() {
	p.die()
	<-p.done
}

// body is the process as its function sees it. Only that goroutine touches it: what happens meanwhile (frames,
// timers) waits until the function waits, and is then called from there. So everything that belongs to the process
// runs one at a time, and in the order of its instants even when the machine is late.
type body struct {
	cfg                 ProcessConfig
	rng                 *rand.Rand
	timers              timers
	inbox               *inbox.Inbox[happening]
	taken               []happening // from the inbox, to be called; the first next of them have been
	next                int
	calling, timersTurn bool
	dialled             map[*dialled]struct{} // connections that are open as far as the process knows

	live  context.Context // canceled to stop the process
	tasks sync.WaitGroup
}

// happening is one call that waits for its turn: of a connection's handler, or asked for from outside.
type happening struct {
	conn    *dialled
	kind    happeningKind
	payload []byte
	f       func() // with happeningAsked, which has no conn
}

type happeningKind uint8

const (
	happeningOpened happeningKind = iota
	happeningFrame
	happeningClosed
	happeningAsked
)

func (b *body) Self() host.Addr        { return b.cfg.Self }
func (b *body) Now() time.Duration     { return now() }
func (b *body) Rand() *rand.Rand       { return b.rng }
func (b *body) Log() *slog.Logger      { return b.cfg.Logger }
func (b *body) NewSignal() host.Signal { return &signal{b: b} }

// Sleep implements host.Process.
func (b *body) Sleep(d time.Duration) {
	over := false
	b.timers.add(instant(d), func() { over = true })
	b.wait(func() bool { return over })
}

// After implements host.Process.
func (b *body) After(d time.Duration, f func()) (cancel func()) {
	t := b.timers.add(instant(d), f)
	return func() { b.timers.remove(t) }
}

// wait calls what happens, each thing in its turn, until the condition holds.
func (b *body) wait(holds func() bool) {
	if b.calling {
		panic("what a process is called with must not wait")
	}
	for !holds() {
		if b.live.Err() != nil {
			runtime.Goexit()
		}
		if !b.callNext() {
			b.rest()
		}
	}
}

// callNext makes one call, if there is one to make. Timers and connections take turns, so neither keeps the other from
// being heard.
func (b *body) callNext() bool {
	b.calling = true
	defer func() { b.calling = false }()
	b.timersTurn = !b.timersTurn
	if b.timersTurn {
		return b.callTimer() || b.callHandler()
	}
	return b.callHandler() || b.callTimer()
}

func (b *body) callTimer() bool {
	f := b.timers.due(now())
	if f == nil {
		return false
	}
	f()
	return true
}

func (b *body) callHandler() bool {
	if b.next == len(b.taken) {
		clear(b.taken)
		b.taken, b.next = b.inbox.Take(b.taken), 0
	}
	if b.next == len(b.taken) {
		return false
	}
	b.next++
	b.taken[b.next-1].call()
	return true
}

// rest waits for something to happen, a timer, or the end.
func (b *body) rest() {
	var timer <-chan time.Time
	if at, any := b.timers.next(); any {
		t := time.NewTimer(at - now())
		defer t.Stop()
		timer = t.C
	}
	b.cfg.Turns.give()
	defer b.cfg.Turns.take()
	select {
	case <-b.inbox.Ready:
	case <-timer:
	case <-b.live.Done():
	}
}

// end closes the connections that the function left open, after what was sent on them has gone out.
func (b *body) end() {
	b.cfg.Turns.give()
	for c := range b.dialled {
		c.Close()
	}
	b.inbox.Close()
	b.tasks.Wait()
}

// signal implements host.Signal.
type signal struct {
	b   *body
	set bool
}

func (s *signal) Set() { s.set = true }

func (s *signal) Wait(timeout time.Duration) bool {
	over := false
	if timeout >= 0 {
		t := s.b.timers.add(instant(timeout), func() { over = true })
		defer s.b.timers.remove(t)
	}
	s.b.wait(func() bool { return s.set || over })
	set := s.set
	s.set = false
	return set
}
