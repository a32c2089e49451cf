package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
)

// Page says where the page is that shows the jobs, and what opens the door to change them.
type Page struct {
	// Listen is where it is, HOST:PORT; without a host that is loopback.
	Listen string
	// Token is what a change has to bring along; "" draws one.
	Token string
	// Names are those by which browsers may ask for the page, besides localhost and addresses in figures. Another name
	// may be anyone's who has it lead here.
	Names []string
}

// tokenMin is how many bytes a token has at least.
const tokenMin = 16

// Check returns a sentence that says what means nothing, or nil.
func (p Page) Check() error {
	_, port, err := net.SplitHostPort(p.Listen)
	switch {
	case err != nil || !isPort(port):
		return fmt.Errorf("jobs: the page is at HOST:PORT or :PORT, and not at %q", p.Listen)
	case p.Token != "" && len(p.Token) < tokenMin:
		return fmt.Errorf("jobs: the token has %d bytes, and at least %d are wanted", len(p.Token), tokenMin)
	}
	for _, name := range p.Names {
		if name == "" || strings.ContainsAny(name, ":/ ") {
			return fmt.Errorf("jobs: %q is no name of a host, which has no port", name)
		}
	}
	return nil
}

func (p Page) filled() Page {
	if strings.HasPrefix(p.Listen, ":") {
		p.Listen = "127.0.0.1" + p.Listen
	}
	if p.Token == "" {
		p.Token = rand.Text()
	}
	return p
}

// Show serves the page until ctx is done. told hears, once, where it is and which token opens it. It returns an error
// if it can't listen, or is not who may see the jobs.
func Show(ctx context.Context, cfg Config, page Page, told func(addr, token string)) error {
	if err := errors.Join(cfg.Check(), page.Check()); err != nil {
		return UsageError{err}
	}
	cfg, page = cfg.filled(), page.filled()
	l, err := net.Listen("tcp", page.Listen)
	if err != nil {
		return err
	}
	k := &clerk{cfg: cfg, slots: make(chan struct{}, ordersMax)}
	k.board.Store(&board{Path: cfg.Path, Problem: "the servers have not been asked yet"})
	started := make(chan struct{})
	k.process = oshost.StartProcess(oshost.ProcessConfig{Self: "page", TLS: cfg.TLS, Logger: cfg.Logger},
		func(p host.Process) { <-started; k.serve(p) })
	close(started)
	s := &http.Server{
		Handler: door{k, page}.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug),
	}
	told(l.Addr().String(), page.Token)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case <-ctx.Done():
	case <-k.process.Done():
		err = k.err
	case err = <-ended:
	}
	s.Close()
	k.process.Stop()
	return err
}

const (
	// ordersMax is how many requests there may be at once.
	ordersMax = 32
	// orderWait is for how long one waits for the servers, and lookWait how long until it shows what was known before.
	orderWait = 10 * time.Second
	lookWait  = 2 * time.Second
	// readPause is how old what is shown may be, at least: jobs are read again when it is older. If to read them takes
	// long, they are read less often: a readShare-th of the time.
	readPause = 500 * time.Millisecond
	readShare = 5
)

// clerk is a process that reads the jobs for the page, when it is looked at, and changes them. All but the board
// and the slots belong to it.
type clerk struct {
	cfg     Config
	process *oshost.Process
	slots   chan struct{}
	board   atomic.Pointer[board]
	bell    host.Signal
	orders  []*order
	c       *client.Client
	admin   *schedule.Admin
	next    time.Duration // when jobs are read again
	err     error
}

// order is what one request wants: a look at the jobs, behind a change unless do is nil. It is not begun behind the end
// of ctx: none would hear of it.
type order struct {
	do     func(*schedule.Admin) error
	ctx    context.Context
	failed error
	filled chan struct{} // closed when it is
}

var errBusy = errors.New("jobs: too much is asked at once")

// fill has an order filled, and waits for that: for so long at most.
func (k *clerk) fill(ctx context.Context, o *order, wait time.Duration) error {
	select {
	case k.slots <- struct{}{}:
	default:
		return errBusy
	}
	defer func() { <-k.slots }()
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	o.ctx, o.filled = ctx, make(chan struct{})
	if !k.process.Do(func() { k.orders = append(k.orders, o); k.bell.Set() }) {
		return errors.New("jobs: the page is about to close")
	}
	select {
	case <-o.filled:
		return o.failed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *clerk) serve(p host.Process) {
	k.bell = p.NewSignal()
	for {
		for len(k.orders) == 0 {
			k.bell.Wait(-1)
		}
		list := k.orders
		k.orders = nil
		err := k.connect(p)
		if lasting(err) {
			k.err = err
			return
		}
		for _, o := range list {
			if o.do == nil || o.ctx.Err() != nil {
				continue
			}
			if o.failed = err; err == nil {
				o.failed = o.do(k.admin)
			}
			k.next = 0
		}
		if p.Now() >= k.next {
			k.read(p, err)
		}
		for _, o := range list {
			close(o.filled)
		}
	}
}

// connect sees to it that there is a session.
func (k *clerk) connect(p host.Process) error {
	if k.c != nil && k.c.Alive() {
		return nil
	}
	c, err := k.cfg.connect(p)
	if err != nil {
		return err
	}
	own, err := k.cfg.identities(c)
	if err != nil {
		c.Abandon()
		return err
	}
	k.c = c
	k.admin = schedule.NewAdmin(p, c, schedule.Config{Path: k.cfg.Path, ACL: aclOf(own), Zones: time.LoadLocation})
	return nil
}

// read shows the jobs anew, or says beside what was known before why it can't.
func (k *clerk) read(p host.Process, err error) {
	began := p.Now()
	var b *board
	if err == nil {
		b, err = k.look()
	}
	if err != nil {
		old := *k.board.Load()
		old.Problem = err.Error()
		b = &old
	}
	b.Path = k.cfg.Path
	k.board.Store(b)
	k.next = p.Now() + max(readPause, (readShare-1)*(p.Now()-began))
}

// look asks for all that the page shows.
func (k *clerk) look() (*board, error) {
	shares, err := k.admin.Shares(lookWait)
	if errors.Is(err, wire.NoNode) {
		return nil, errNoTree
	} else if err != nil {
		return nil, err
	}
	list, foreign, err := k.admin.List(orderWait)
	if err != nil {
		return nil, err
	}
	latest, err := k.admin.Latest(list, latestJobs, latestEach, orderWait)
	if err != nil {
		return nil, err
	}
	return newBoard(shares, list, foreign, latest, time.Now()), nil
}
